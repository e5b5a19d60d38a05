// SPDX-License-Identifier: GPL-3.0-or-later
// Small paintings to be looked at, with a GIMP and a helper that are both fakes.
#include "tests/plugin/talk.h"
#include "tests/support/fake_host.h"
#include "tests/support/process.h"

#include "helper/messages/protocol.h"

#include <gtest/gtest.h>

#include <array>
#include <sstream>

extern "C" {
#include "plugin/run/draft.h"
}

namespace maniera::test {
namespace {

struct Looks {
    int came = 0;
    GdkPixbuf* last = nullptr;
    std::string errors;

    ~Looks() { g_clear_object(&last); }

    static void take(GdkPixbuf* picture, const GError* error, gpointer data) {
        auto* looks = static_cast<Looks*>(data);
        looks->errors += error ? error->message : "";
        ++looks->came;
        g_set_object(&looks->last, picture);
    }

    std::array<int, 4> pixel(int x, int y) const {
        const guint8* at =
            gdk_pixbuf_read_pixels(last) + y * gdk_pixbuf_get_rowstride(last) + x * 4;
        return {at[0], at[1], at[2], at[3]};
    }
};

// The half to the left of a drawable has one value, the rest another.
std::vector<float> halves(int width, int height, float left, float right) {
    std::vector<float> pixels;
    for (int i = 0; i < width * height; ++i)
        pixels.push_back(i % width < width / 2 ? left : right);
    return pixels;
}

// A painting of 1600 x 800 like a style of 400 x 200, both in one gray.
class DraftTest : public testing::Test {
protected:
    DraftTest() : helper_("MANIERA_HELPER", MANIERA_FAKE_HELPER) {
        fake_host().clear();
        content_ = gray_layer("Background", 1, 1600, 800, 0.2f);
        style_ = gray_layer("Starry Night", 2, 400, 200, 0.6f);
        request_ = request_new(1, content_);
        choice_ = style_choice_new();
        choice_->drawable = style_;
        g_ptr_array_add(request_->styles, choice_);
        const std::string first = folder_ / "first"; // what GLib keeps open is open from now on
        paint("echo", first);
        before_ = Traces::settled();
    }

    ~DraftTest() override {
        expect_no_more_than(before_);
        request_free(request_);
        fake_host().clear();
    }

    static int gray_layer(const char* name, int image, int width, int height, float gray) {
        FakeDrawable layer;
        layer.name = name;
        layer.image = image;
        layer.width = width;
        layer.height = height;
        for (int i = 0; i < width * height * 4; ++i)
            layer.pixels.push_back(i % 4 == 3 ? 0.8f : gray);
        return fake_host().add(layer);
    }

    void set(const char* name, const char* value) {
        char message[MANIERA_MESSAGE_MAX];
        ASSERT_TRUE(maniera_option_set(&request_->options, name, value, message)) << message;
    }

    // The draft of the request by a helper in this mode.
    std::unique_ptr<Looks> paint(const char* mode, const std::string& log) {
        const Environment fake("MANIERA_FAKE", mode);
        const Environment written("MANIERA_FAKE_LOG", log.c_str());
        auto looks = std::make_unique<Looks>();
        Estimator* estimator = estimator_new();
        SmallWork* work = small_work_new();
        draft_paint(work, estimator, request_, 3, Looks::take, looks.get());
        EXPECT_TRUE(wait_until([&] { return looks->came > 0; })) << mode;
        small_work_free(work);
        estimator_free(estimator);
        return looks;
    }

    std::unique_ptr<Looks> paint(const char* mode) { return paint(mode, log_); }

    std::vector<Json> heard(const std::string& method) const {
        std::vector<Json> calls;
        std::istringstream lines(std::filesystem::exists(log_) ? read_text(log_) : "");
        for (std::string line; std::getline(lines, line);)
            if (line.rfind('{', 0) == 0) {
                Json call = parse(line);
                if (method == json_object_get_string_member(call.get(), "method"))
                    calls.push_back(std::move(call));
            }
        return calls;
    }

    // The last job's member, such as {"options"}.
    JsonObject* job(const Json& call) const {
        JsonObject* params = json_object_get_object_member(call.get(), "params");
        return json_object_get_object_member(params, "job");
    }

    JsonObject* style_of(JsonObject* job) const {
        JsonObject* inputs = json_object_get_object_member(job, "inputs");
        return json_array_get_object_element(json_object_get_array_member(inputs, "styles"), 0);
    }

    const Environment helper_;
    const ScratchFolder folder_;
    const std::string log_ = folder_ / "log";
    int content_, style_;
    Request* request_;
    StyleChoice* choice_; // of the request
    Traces before_;
};

TEST_F(DraftTest, ItIsThePaintingInTheContentsShapeWithItsAlpha) {
    const auto looks = paint("invert");
    EXPECT_EQ(gdk_pixbuf_get_width(looks->last), 256);
    EXPECT_EQ(gdk_pixbuf_get_height(looks->last), 128);
    EXPECT_EQ(looks->pixel(0, 0), (std::array{204, 204, 204, 204}));
    EXPECT_EQ(looks->pixel(255, 127), (std::array{204, 204, 204, 204}));
}

TEST_F(DraftTest, ItHasTheRunsLookAndASizeOfItsOwn) {
    set("strength", "70");
    set("colors", "content");
    set("iterations", "500");
    set("size", "800");
    paint("echo");
    const auto calls = heard("stylize");
    JsonObject* options = json_object_get_object_member(job(calls.at(0)), "options");
    EXPECT_EQ(print(options), print(parse(R"({"size": 256, "quality": "draft", "colors": "content",
        "strength": 70.0, "parts": "auto", "time-limit": 3.0})")
                                        .get()));
}

// A draft's own quality has none; what the painting will have it has too.
TEST_F(DraftTest, ItHasThePartsThatThePaintingWillHave) {
    const auto parts = [&] {
        const std::size_t before = heard("stylize").size();
        paint("echo");
        const auto calls = heard("stylize");
        JsonObject* options = json_object_get_object_member(job(calls.at(before)), "options");
        return std::string(json_object_get_string_member(options, "parts"));
    };
    EXPECT_EQ(parts(), "auto");
    set("quality", "draft");
    EXPECT_EQ(parts(), "off");
    set("parts", "3");
    EXPECT_EQ(parts(), "3");
    maniera_option_unset(&request_->options, "parts");
    set("quality", "high");
    StyleChoice* other = style_choice_new();
    other->file = g_strdup(choice_->file);
    other->drawable = choice_->drawable;
    g_ptr_array_add(request_->styles, other);
    EXPECT_EQ(parts(), "off");
}

TEST_F(DraftTest, StrokesHaveTheSameShareOfThePainting) {
    paint("echo"); // 400 of 1600 pixels
    set("size", "200");
    paint("echo"); // 200 of 200, as the run has it
    choice_->scale = 0.5;
    paint("echo");
    const auto calls = heard("stylize");
    EXPECT_DOUBLE_EQ(json_object_get_double_member(style_of(job(calls.at(0))), "style-scale"),
                     0.25);
    EXPECT_DOUBLE_EQ(json_object_get_double_member(style_of(job(calls.at(1))), "style-scale"), 1);
    EXPECT_DOUBLE_EQ(json_object_get_double_member(style_of(job(calls.at(2))), "style-scale"), 0.5);
}

TEST_F(DraftTest, OutsideOfTheSelectionNothingIsPainted) {
    FakeDrawable selection;
    selection.kind = HOST_SELECTION;
    selection.width = 1600;
    selection.height = 800;
    selection.pixels = halves(1600, 800, 1, 0);
    fake_host().add(selection);
    fake_host().selection_is_empty = false;
    const auto looks = paint("invert");
    EXPECT_EQ(looks->pixel(10, 64)[0], 204);
    EXPECT_EQ(looks->pixel(245, 64)[0], 51);
}

TEST_F(DraftTest, AMaskLiesWhereItLiesInTheImage) {
    FakeDrawable mask; // over the right half of the layer, white on its left
    mask.kind = HOST_CHANNEL;
    mask.width = mask.x = 800;
    mask.height = 800;
    mask.pixels = halves(800, 800, 1, 0);
    choice_->mask = fake_host().add(mask);
    const auto looks = paint("show:mask0");
    EXPECT_EQ(looks->pixel(64, 64)[0], 51); // where no mask reaches, the content
    EXPECT_EQ(looks->pixel(160, 64)[0], 255);
    EXPECT_EQ(looks->pixel(224, 64)[0], 51);
}

TEST_F(DraftTest, TheNextStopsTheLast) {
    const Environment fake("MANIERA_FAKE", "slow:0.5");
    const Environment written("MANIERA_FAKE_LOG", log_.c_str());
    Looks looks;
    Estimator* estimator = estimator_new();
    SmallWork* work = small_work_new();
    draft_paint(work, estimator, request_, 3, Looks::take, &looks);
    ASSERT_TRUE(wait_until([&] { return heard("stylize").size() == 1; }));
    for (const char* strength : {"60", "70", "80"}) {
        set("strength", strength);
        draft_paint(work, estimator, request_, 3, Looks::take, &looks);
    }
    ASSERT_TRUE(wait_until([&] { return looks.came > 0; }));
    run_main_loop(0.1);
    EXPECT_EQ(looks.came, 1);
    EXPECT_EQ(heard("stop").size(), 1u);
    const auto calls = heard("stylize"); // two of the four: the first and the newest
    ASSERT_EQ(calls.size(), 2u);
    EXPECT_EQ(json_object_get_double_member(
                  json_object_get_object_member(job(calls.at(1)), "options"), "strength"),
              80);
    small_work_free(work);
    estimator_free(estimator);
}

TEST_F(DraftTest, OneThatWasStoppedIsNotShown) {
    const Environment written("MANIERA_FAKE_LOG", log_.c_str());
    for (const char* mode : {"slow:0.3", "invert"}) { // the other has answered before it hears it
        const Environment fake("MANIERA_FAKE", mode);
        Looks looks;
        Estimator* estimator = estimator_new();
        SmallWork* work = small_work_new();
        draft_paint(work, estimator, request_, 3, Looks::take, &looks);
        small_work_stop(work, &looks);
        run_main_loop(0.6);
        EXPECT_EQ(looks.came, 0) << mode;
        small_work_free(work);
        estimator_free(estimator);
    }
    EXPECT_EQ(heard("stylize").size(), 2u);
}

TEST_F(DraftTest, NothingRemainsOfOneThatIsLeftWhileItIsPainted) {
    const Environment fake("MANIERA_FAKE", "slow:60");
    const Environment written("MANIERA_FAKE_LOG", log_.c_str());
    for (const std::size_t begun : {1u, 2u}) {
        Looks looks;
        Estimator* estimator = estimator_new();
        SmallWork* work = small_work_new();
        draft_paint(work, estimator, request_, 3, Looks::take, &looks);
        ASSERT_TRUE(wait_until([&] { return heard("stylize").size() == begun; }));
        small_work_stop(work, &looks);
        estimator_free(estimator);
        small_work_free(work);
        run_main_loop(0.05);
        EXPECT_EQ(looks.came, 0);
        expect_no_more_than(before_);
    }
}

TEST_F(DraftTest, AnEstimateIsAnsweredBesideIt) {
    struct Told {
        int answers = 0, errors = 0;
    } told;
    const Environment fake("MANIERA_FAKE", "invert");
    Looks looks;
    Estimator* estimator = estimator_new();
    SmallWork* work = small_work_new();
    for (int i = 0; i < 3; ++i) {
        estimator_ask(
            estimator, request_,
            [](const RunEstimate*, const GError* error, gpointer data) {
                auto* told = static_cast<Told*>(data);
                ++told->answers;
                told->errors += error != nullptr;
            },
            &told);
        draft_paint(work, estimator, request_, 3, Looks::take, &looks);
        ASSERT_TRUE(wait_until([&] { return looks.came == i + 1 && told.answers == i + 1; }));
    }
    EXPECT_EQ(told.errors, 0);
    small_work_free(work);
    estimator_free(estimator);
}

TEST_F(DraftTest, ManyNeedNoMoreMemoryThanOne) {
    const Environment fake("MANIERA_FAKE", "echo");
    Looks looks;
    Estimator* estimator = estimator_new();
    SmallWork* work = small_work_new();
    std::vector<gint64> sizes;
    for (int i = 1; i <= 3; ++i) {
        draft_paint(work, estimator, request_, 3, Looks::take, &looks);
        ASSERT_TRUE(wait_until([&] { return looks.came == i; }));
        SharedMemory* memory = nullptr;
        ASSERT_NE(estimator_helper(estimator, &memory, nullptr), nullptr);
        sizes.push_back(memory->size);
    }
    EXPECT_GT(sizes.at(0), 0);
    EXPECT_EQ(sizes, std::vector<gint64>(3, sizes.at(0)));
    small_work_free(work);
    estimator_free(estimator);
}

TEST_F(DraftTest, AHelperThatDiesAtItIsStartedAgain) {
    Looks looks;
    Estimator* estimator = estimator_new();
    SmallWork* work = small_work_new();
    const Environment written("MANIERA_FAKE_LOG", log_.c_str());
    {
        const Environment fake("MANIERA_FAKE", "crash");
        draft_paint(work, estimator, request_, 3, Looks::take, &looks);
        ASSERT_TRUE(wait_until([&] { return looks.came == 1; }));
        EXPECT_EQ(looks.last, nullptr);
        EXPECT_NE(looks.errors.find("ended"), std::string::npos) << looks.errors;
        ASSERT_TRUE(wait_until([&] { return Traces::now().children == before_.children; }));
    }
    const Environment fake("MANIERA_FAKE", "invert");
    draft_paint(work, estimator, request_, 3, Looks::take, &looks);
    EXPECT_TRUE(wait_until([&] { return looks.last != nullptr; }));
    small_work_free(work);
    estimator_free(estimator);
}

TEST_F(DraftTest, WhoAsksBesideAnotherWaitsForThat) {
    const Environment fake("MANIERA_FAKE", "slow:0.3");
    const Environment written("MANIERA_FAKE_LOG", log_.c_str());
    Looks first, second, third;
    Estimator* estimator = estimator_new();
    SmallWork* work = small_work_new();
    for (Looks* looks : {&first, &second, &third})
        draft_paint(work, estimator, request_, 3, Looks::take, looks);
    small_work_stop(work, &second);
    ASSERT_TRUE(wait_until([&] { return first.came == 1; }));
    EXPECT_EQ(third.came, 0);
    ASSERT_TRUE(wait_until([&] { return third.came == 1; }));
    EXPECT_NE(third.last, nullptr);
    EXPECT_EQ(second.came, 0);
    EXPECT_TRUE(heard("stop").empty());
    small_work_free(work);
    estimator_free(estimator);
}

TEST_F(DraftTest, WhatTheRunWouldRefuseIsNotPainted) {
    choice_->drawable = content_;
    const Environment written("MANIERA_FAKE_LOG", log_.c_str());
    Looks looks;
    Estimator* estimator = estimator_new();
    SmallWork* work = small_work_new();
    draft_paint(work, estimator, request_, 3, Looks::take, &looks);
    EXPECT_EQ(looks.came, 0); // not before it returns
    ASSERT_TRUE(wait_until([&] { return looks.came == 1; }));
    EXPECT_EQ(looks.last, nullptr);
    EXPECT_NE(looks.errors.find("cannot be its own style"), std::string::npos) << looks.errors;
    EXPECT_TRUE(heard("stylize").empty());
    small_work_free(work);
    estimator_free(estimator);
}

} // namespace
} // namespace maniera::test
