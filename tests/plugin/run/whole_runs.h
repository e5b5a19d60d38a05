// SPDX-License-Identifier: GPL-3.0-or-later
// Whole runs, with a GIMP and a helper that are both fakes.

#pragma once

#include "tests/plugin/talk.h"
#include "tests/support/fake_host.h"
#include "tests/support/process.h"
#include "tests/support/refusal.h"

#include <gtest/gtest.h>

extern "C" {
#include "plugin/run/run.h"
}

namespace maniera::test {

using Painting = Run; // testing::Test has a member of that name

// What a run told.
struct Told {
    Painting* run = nullptr;
    int finished = 0;
    int layer = -1;
    bool complete = false;
    int code = -1;
    std::string message;
    int progress = 0, previews = 0, changed = 0;
    int scale = 0, scales = 0; // the last one
    std::vector<std::string> warnings;
    double fraction = -1;
    int preview_width = 0, preview_height = 0;
    bool free_inside = false;

    ~Told() { run_free(run); }
};

inline const RunListener listener = {
    [](const RunProgress* progress, gpointer data) {
        auto* told = static_cast<Told*>(data);
        ++told->progress;
        told->changed += progress->changed;
        told->scale = progress->scale;
        told->scales = progress->scales;
        EXPECT_GE(progress->fraction, told->fraction);
        told->fraction = progress->fraction;
        if (progress->preview) {
            ++told->previews;
            told->preview_width = gdk_pixbuf_get_width(progress->preview);
            told->preview_height = gdk_pixbuf_get_height(progress->preview);
        }
    },
    [](const char* text, gpointer data) { static_cast<Told*>(data)->warnings.emplace_back(text); },
    [](gint layer, gboolean complete, const GError* error, gpointer data) {
        auto* told = static_cast<Told*>(data);
        ++told->finished;
        told->layer = layer;
        told->complete = complete;
        if (error) {
            told->code = error->code;
            told->message = error->message;
        }
        if (told->free_inside)
            run_free(g_steal_pointer(&told->run));
    }};

class RunTest : public testing::Test {
protected:
    static void SetUpTestSuite() { gegl_init(nullptr, nullptr); }

    RunTest() : helper_("MANIERA_HELPER", MANIERA_FAKE_HELPER) {
        fake_host().clear();
        content_ = fake_host().add_layer("Background", 1, 61, 37);
        style_ = fake_host().add_layer("Starry Night", 2, 50, 40);
        request_ = request_new(1, content_);
        StyleChoice* style = style_choice_new();
        style->drawable = style_;
        g_ptr_array_add(request_->styles, style);
        run_with("echo"); // what GLib and GEGL keep open is open from now on
        fake_host().drawables.erase(fake_host().newest);
        before_ = Traces::settled();
    }

    ~RunTest() override {
        expect_no_more_than(before_);
        request_free(request_);
        fake_host().clear();
    }

    Painting* start(Told& told, int preview_side = 0) {
        g_autoptr(GError) error = nullptr;
        told.run = run_start(request_, preview_side, &listener, &told, &error);
        EXPECT_NE(told.run, nullptr) << (error ? error->message : "");
        return told.run;
    }

    // Runs to the end with a helper in this mode.
    std::unique_ptr<Told> run_with(const char* mode) {
        const Environment fake("MANIERA_FAKE", mode);
        auto told = std::make_unique<Told>();
        start(*told);
        EXPECT_TRUE(wait_until([&] { return told->finished > 0; })) << mode;
        return told;
    }

    const FakeDrawable& drawable(int id) const { return fake_host().drawables.at(id); }

    const Environment helper_;
    int content_, style_;
    Request* request_;
    Traces before_;
};

} // namespace maniera::test
