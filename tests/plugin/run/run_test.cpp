// SPDX-License-Identifier: GPL-3.0-or-later
// Whole runs, with a GIMP and a helper that are both fakes.
#include "tests/plugin/run/whole_runs.h"

#include "helper/messages/protocol.h"

#include <gtest/gtest.h>

#include <unistd.h>

extern "C" {
#include "plugin/run/recipe.h"
}

namespace maniera::test {
namespace {

TEST_F(RunTest, APictureThatComesBackUnchangedIsUnchanged) {
    const auto told = run_with("echo");
    ASSERT_GE(told->layer, 0) << told->message;
    EXPECT_TRUE(told->complete);
    EXPECT_EQ(drawable(told->layer).pixels, drawable(content_).pixels);
    EXPECT_TRUE(drawable(told->layer).in_image);
    EXPECT_TRUE(contains(drawable(told->layer).name, "Starry Night"));
    EXPECT_TRUE(contains(drawable(told->layer).attached.at(RECIPE_NAME), "fa4e"));
}

// In the helper's words where its name is not known, else in the user's language, once.
const std::vector<std::string> warnings = {
    "There is a <new> & odd warning.",
    "Memory is short: the painting goes on in smaller tiles, which takes longer."};

TEST_F(RunTest, AWarningIsToldOnce) {
    const auto told = run_with("warn:0");
    EXPECT_GE(told->layer, 0) << told->message;
    EXPECT_EQ(told->warnings, warnings);
}

TEST_F(RunTest, WithoutADialogGimpShowsTheWarning) {
    const Environment fake("MANIERA_FAKE", "warn:0");
    EXPECT_GE(run_to_end(request_, nullptr), 0);
    EXPECT_EQ(fake_host().messages, warnings);
}

TEST_F(RunTest, TheHelpersPaintingIsTheNewLayerAndTheSelectionItsPlace) {
    FakeDrawable selection;
    selection.kind = HOST_SELECTION;
    selection.image_name = "picture1.xcf";
    selection.width = 80;
    selection.height = 60;
    selection.pixels.assign(80 * 60, 0.5f);
    fake_host().add(selection);
    for (const bool selected : {false, true}) {
        fake_host().selection_is_empty = !selected;
        const auto told = run_with("invert");
        ASSERT_GE(told->layer, 0) << told->message;
        const auto& from = drawable(content_).pixels;
        const auto& to = drawable(told->layer).pixels;
        ASSERT_EQ(to.size(), from.size());
        for (std::size_t i = 0; i < to.size(); ++i) {
            const float painted = i % 4 == 3 ? from[i] : 1 - from[i];
            ASSERT_NEAR(to[i], selected ? (from[i] + painted) / 2 : painted, 1e-5) << i;
        }
        fake_host().drawables.erase(told->layer);
    }
}

TEST_F(RunTest, WhateverEndsTheHelperTheImageIsAsItWas) {
    const auto before = fake_host().drawables.size();
    const auto pixels = drawable(content_).pixels;
    for (const auto& [mode, code] : std::initializer_list<std::pair<const char*, int>>{
             {"crash", PAINT_ERROR_HELPER_DIED},
             {"kill", PAINT_ERROR_HELPER_DIED},
             {"leave", PAINT_ERROR_HELPER_DIED},
             {"babble", PAINT_ERROR_PROTOCOL_ERROR},
             {"endless", PAINT_ERROR_PROTOCOL_ERROR},
             {"other-protocol", PAINT_ERROR_PROTOCOL_MISMATCH},
             {"error:out-of-memory", PAINT_ERROR_OUT_OF_MEMORY},
             {"error:no-model", PAINT_ERROR_NO_MODEL}}) {
        const auto told = run_with(mode);
        EXPECT_EQ(told->finished, 1) << mode;
        EXPECT_EQ(told->layer, -1) << mode;
        EXPECT_EQ(told->code, code) << mode << ": " << told->message;
        EXPECT_EQ(fake_host().drawables.size(), before) << mode;
        EXPECT_EQ(drawable(content_).pixels, pixels) << mode;
    }
}

TEST_F(RunTest, AMissingHelperIsRefusedBeforeAnythingStarts) {
    const Environment missing("MANIERA_HELPER", "/no/such/helper");
    Told told;
    g_autoptr(GError) error = nullptr;
    EXPECT_EQ(run_start(request_, 0, &listener, &told, &error), nullptr);
    ASSERT_NE(error, nullptr);
    EXPECT_EQ(error->code, PAINT_ERROR_NO_HELPER);
    EXPECT_EQ(told.finished, 0);
}

TEST_F(RunTest, ALayerThatGimpDoesNotTakeIsNotLeft) {
    fake_host().takes_layers = false;
    const auto before = fake_host().drawables.size();
    const auto told = run_with("echo");
    EXPECT_EQ(told->code, PAINT_ERROR_HOST);
    EXPECT_EQ(fake_host().drawables.size(), before);
    EXPECT_TRUE(fake_host().canvases.empty()) << "an image without the painting";
}

class ArrivalTest : public RunTest {
protected:
    // A run during which something changes.
    template <class Change>
    std::unique_ptr<Told> while_painting(Change change) {
        const Environment fake("MANIERA_FAKE", "slow:0.4");
        const std::vector<float> before = drawable(content_).pixels;
        const FakeDrawable content = drawable(content_);
        auto told = std::make_unique<Told>();
        start(*told);
        change(fake_host().drawables.at(content_));
        EXPECT_TRUE(wait_until([&] { return told->finished > 0; }));
        EXPECT_GE(told->layer, 0) << told->message;
        if (told->layer >= 0) {
            const FakeDrawable& painted = drawable(told->layer);
            EXPECT_TRUE(painted.in_image);
            EXPECT_EQ(painted.pixels.size(), before.size());
            EXPECT_NEAR(painted.pixels.at(0), 1 - before.at(0), 1e-5);
            EXPECT_EQ(painted.attached.count(RECIPE_NAME), 1u);
        }
        fake_host().drawables[content_] = content;
        return told;
    }

    void expect_note(const std::string& words) const {
        ASSERT_EQ(fake_host().messages.size(), 1u);
        EXPECT_TRUE(contains(fake_host().messages[0], words)) << fake_host().messages[0];
    }

    // One color with another right half.
    static std::function<GdkPixbuf*(int)> look(guint32 left, guint32 right) {
        return [=](int side) {
            GdkPixbuf* picture = gdk_pixbuf_new(GDK_COLORSPACE_RGB, FALSE, 8, side, side);
            gdk_pixbuf_fill(picture, left);
            GdkPixbuf* half = gdk_pixbuf_new_subpixbuf(picture, side / 2, 0, side / 2, side);
            gdk_pixbuf_fill(half, right);
            g_object_unref(half);
            return picture;
        };
    }
};

TEST_F(ArrivalTest, WhatWasMovedIsPaintedInItsNewPlace) {
    const auto told = while_painting([](FakeDrawable& content) { content.x = 7; });
    EXPECT_EQ(drawable(told->layer).place.above, content_);
    EXPECT_EQ(drawable(told->layer).place.x, 7);
    EXPECT_EQ(drawable(told->layer).place.width, 0);
    EXPECT_TRUE(fake_host().messages.empty());
}

TEST_F(ArrivalTest, WhatWasPaintedOverMeanwhileKeepsTheBlendOfTheSelection) {
    FakeDrawable selection;
    selection.kind = HOST_SELECTION;
    selection.width = 80;
    selection.height = 60;
    selection.pixels.assign(80 * 60, 0);
    selection.pixels[0] = 1;
    const int id = fake_host().add(selection);
    fake_host().selection_is_empty = false;
    const std::vector<float> before = drawable(content_).pixels;
    const auto told = while_painting(
        [](FakeDrawable& content) { content.pixels.assign(content.pixels.size(), 0.5f); });
    EXPECT_EQ(drawable(told->layer).pixels.at(100), before.at(100));
    fake_host().drawables.erase(id);
}

TEST_F(ArrivalTest, WhatWasScaledIsFittedAndSaidSo) {
    fake_host().drawables.at(content_).thumbnail = look(0x000000ff, 0xffffffff);
    const auto told = while_painting([](FakeDrawable& content) {
        content.width = 30;
        content.height = 18;
    });
    const HostPlace& place = drawable(told->layer).place;
    EXPECT_EQ(place.above, content_);
    EXPECT_EQ(place.width, 30);
    EXPECT_EQ(place.height, 18);
    expect_note("fitted");
}

TEST_F(ArrivalTest, WhatWasCroppedOrTurnedGetsAnImageOfItsOwn) {
    // A crop to the same shape shows something else.
    fake_host().drawables.at(content_).thumbnail = look(0x000000ff, 0xffffffff);
    auto told = while_painting([](FakeDrawable& content) {
        content.width = 30;
        content.height = 18;
        content.thumbnail = look(0x000000ff, 0x000000ff);
    });
    expect_note("new image");
    EXPECT_EQ(fake_host().shown, std::vector<int>{drawable(told->layer).image});
    EXPECT_EQ(fake_host().canvases.at(drawable(told->layer).image), std::pair(61, 37));
    fake_host().messages.clear();
    told = while_painting([](FakeDrawable& content) { std::swap(content.width, content.height); });
    expect_note("new image");
}

TEST_F(ArrivalTest, ALayerThatWasFlattenedIsPaintedAtTheTop) {
    fake_host().drawables.at(content_).x = 5;
    const auto told = while_painting([&](FakeDrawable&) { fake_host().drawables.erase(content_); });
    EXPECT_EQ(drawable(told->layer).image, 1);
    EXPECT_EQ(drawable(told->layer).place.above, -1);
    EXPECT_EQ(drawable(told->layer).place.x, 5);
    expect_note("top of its image");
}

TEST_F(ArrivalTest, AnImageThatWasClosedOrCroppedWithoutTheLayerIsANewOne) {
    for (const bool closed : {true, false}) {
        const auto told = while_painting([&](FakeDrawable&) {
            fake_host().drawables.erase(content_);
            if (closed)
                fake_host().closed.insert(1);
            else
                fake_host().canvases[1] = {40, 30};
        });
        EXPECT_GT(drawable(told->layer).image, 1000);
        expect_note("new image");
        fake_host().messages.clear();
        fake_host().closed.clear();
    }
}

TEST_F(ArrivalTest, WhereGimpRefusesTheLayerThePaintingIsANewImage) {
    fake_host().full.insert(1); // as beside a floating selection
    const auto told = while_painting([](FakeDrawable&) {});
    EXPECT_GT(drawable(told->layer).image, 1000);
    expect_note("new image");
}

TEST_F(ArrivalTest, ThePaintingIsActiveOnlyWhereNothingElseBecameActive) {
    auto told = while_painting([](FakeDrawable&) {});
    EXPECT_TRUE(drawable(told->layer).place.active);
    told = while_painting([](FakeDrawable&) { fake_host().active = "another"; });
    EXPECT_FALSE(drawable(told->layer).place.active);
}

// Where paintings go.

class OutputTest : public ArrivalTest {
protected:
    std::unique_ptr<Told> paint(gint placement, gint layer_mode = LAYER_MODE_NORMAL) {
        request_->output = {placement, layer_mode};
        fake_host().undo_steps = 0;
        auto told = run_with("invert");
        EXPECT_EQ(fake_host().undo_depth, 0);
        EXPECT_GE(told->layer, 0) << told->message;
        return told;
    }
};

TEST_F(OutputTest, ReplacingGivesTheLayerItselfThePixelsAndTheRecipe) {
    const std::vector<float> before = drawable(content_).pixels;
    const auto count = fake_host().drawables.size();
    EXPECT_EQ(paint(PLACEMENT_REPLACE)->layer, content_);
    EXPECT_EQ(fake_host().drawables.size(), count) << "a layer is left";
    EXPECT_EQ(fake_host().undo_steps, 1);
    EXPECT_NEAR(drawable(content_).pixels.at(0), 1 - before.at(0), 1e-5);
    // Its photograph is gone: painted again, it is its own.
    int again = 4711;
    const std::string recipe = drawable(content_).attached.at(RECIPE_NAME);
    ASSERT_TRUE(recipe_content(recipe.c_str(), 1, &again, nullptr));
    EXPECT_TRUE(again == content_ || again == -1) << again;
}

TEST_F(OutputTest, WhatIsLockedOrLooksOtherwiseNowKeepsItsPixels) {
    fake_host().drawables.at(content_).thumbnail = look(0x000000ff, 0xffffffff);
    request_->output.placement = PLACEMENT_REPLACE;
    for (const bool locked : {true, false}) {
        const auto told = while_painting([&](FakeDrawable& content) {
            content.locked = locked;
            if (!locked)
                content.thumbnail = look(0xffffffff, 0x000000ff); // as mirrored
        });
        EXPECT_NE(told->layer, content_);
        EXPECT_EQ(drawable(told->layer).place.above, content_);
        expect_note("is a new layer");
        fake_host().messages.clear();
    }
}

TEST_F(OutputTest, WhatIsMadeOfSomethingElseOrHasEffectsIsNotReplaced) {
    const std::vector<float> before = drawable(content_).pixels;
    fake_host().drawables.at(content_).is_pixels = false;
    const auto told = paint(PLACEMENT_REPLACE);
    EXPECT_EQ(drawable(told->layer).place.above, content_);
    EXPECT_EQ(drawable(content_).pixels, before);
    expect_note("text, a linked file or paths");
}

TEST_F(OutputTest, TheOriginalIsHiddenWhereItIsAskedForInTheSameStepOfUndo) {
    const auto told = paint(PLACEMENT_HIDE_ORIGINAL);
    EXPECT_EQ(drawable(told->layer).place.above, content_);
    EXPECT_FALSE(drawable(content_).visible);
    EXPECT_EQ(fake_host().undo_steps, 1);
}

TEST_F(OutputTest, AnOpaqueOriginalStaysToBeSeen) {
    paint(PLACEMENT_NEW_LAYER);
    EXPECT_TRUE(drawable(content_).visible);
    fake_host().drawables.at(content_).pixels[3] = 0; // a hole lets nothing of it through
    paint(PLACEMENT_NEW_LAYER);
    EXPECT_TRUE(drawable(content_).visible);
    paint(PLACEMENT_NEW_LAYER, LAYER_MODE_INHERITED); // of a layer with nothing to inherit
    EXPECT_TRUE(drawable(content_).visible);
}

TEST_F(OutputTest, AnOriginalThatWouldShineThroughIsHidden) {
    fake_host().drawables.at(content_).pixels[3] = 0.5f;
    paint(PLACEMENT_NEW_LAYER);
    EXPECT_FALSE(drawable(content_).visible) << "alpha";
    FakeDrawable& content = fake_host().drawables.at(content_);
    content.pixels[3] = 1;
    content.visible = true;
    FakeDrawable mask;
    mask.kind = HOST_LAYER_MASK;
    mask.width = 61;
    mask.height = 37;
    mask.pixels.assign(61 * 37, 0.5f);
    content.mask = fake_host().add(mask);
    paint(PLACEMENT_NEW_LAYER);
    EXPECT_FALSE(drawable(content_).visible) << "mask";
    fake_host().drawables.at(content_).mask = -1;
    fake_host().drawables.at(content_).visible = true;
    fake_host().drawables.at(content_).plain = false;
    EXPECT_EQ(drawable(paint(PLACEMENT_NEW_LAYER)->layer).inherits, -1);
    EXPECT_TRUE(drawable(content_).visible) << "an opaque painting hides it";
    EXPECT_EQ(drawable(paint(PLACEMENT_NEW_LAYER, LAYER_MODE_INHERITED)->layer).inherits, content_);
    EXPECT_FALSE(drawable(content_).visible) << "mode";
}

TEST_F(OutputTest, ANewImageIsNoCauseForANote) {
    const auto told = paint(PLACEMENT_NEW_IMAGE, LAYER_MODE_INHERITED);
    EXPECT_EQ(fake_host().shown, std::vector<int>{drawable(told->layer).image});
    EXPECT_EQ(drawable(told->layer).inherits, -1);
    EXPECT_TRUE(fake_host().messages.empty());
}

TEST_F(OutputTest, RecipesHoldItWhereItIsNotTheDefault) {
    g_autofree char* plain = recipe_text(request_);
    EXPECT_FALSE(contains(plain, "output"));
    request_->output = {PLACEMENT_HIDE_ORIGINAL, LAYER_MODE_INHERITED};
    g_autofree char* recipe = recipe_text(request_);
    for (const char* text : {recipe, plain}) {
        g_autoptr(Request) other = request_new(1, content_);
        ASSERT_TRUE(recipe_apply(text, other, nullptr, nullptr));
        EXPECT_EQ(other->output.placement,
                  text == plain ? PLACEMENT_NEW_LAYER : PLACEMENT_HIDE_ORIGINAL);
        EXPECT_EQ(other->output.layer_mode,
                  text == plain ? LAYER_MODE_NORMAL : LAYER_MODE_INHERITED);
    }
}

TEST_F(RunTest, ThePhotographOfACopiedImageIsTheOneOfTheCopy) {
    g_autofree char* recipe = recipe_text(request_);
    const int copy = fake_host().add_layer("Background", 3, 61, 37);
    for (const int image : {1, 2, 3}) {
        int found = -1;
        ASSERT_TRUE(recipe_content(recipe, image, &found, nullptr));
        EXPECT_EQ(found, image == 3 ? copy : content_);
    }
}

TEST_F(RunTest, AnImageAndALayerOfAnotherAreRefused) {
    request_->image = 2;
    Told told;
    g_autoptr(GError) error = nullptr;
    EXPECT_EQ(run_start(request_, 0, &listener, &told, &error), nullptr);
    ASSERT_NE(error, nullptr);
    EXPECT_TRUE(contains(error->message, "of another image")) << error->message;
    request_->image = 1;
}

TEST_F(RunTest, AShortSideThatIsTooShortIsSaidWithItsPixels) {
    const auto refusal = [&] {
        Told told;
        g_autoptr(GError) error = nullptr;
        told.run = run_start(request_, 0, &listener, &told, &error);
        return std::string(error ? error->message : "accepted");
    };
    FakeDrawable& content = fake_host().drawables.at(content_);
    const FakeDrawable before = content;
    content.width = 300;
    content.height = 20;
    EXPECT_TRUE(contains(refusal(), "\"Background\" has 300 \u00d7 20 pixels")) << refusal();
    EXPECT_TRUE(contains(refusal(), "at least 32")) << refusal();
    content = before;
    fake_host().drawables.at(style_).height = 31;
    EXPECT_TRUE(contains(refusal(), "\"Starry Night\" has 50 \u00d7 31 pixels")) << refusal();
    fake_host().drawables.at(style_).height = 40;
    char message[MANIERA_MESSAGE_MAX];
    maniera_option_set(&request_->options, "size", "40", message);
    EXPECT_TRUE(contains(refusal(), "At the size 40 the short side has 24 pixels")) << refusal();
}

TEST_F(RunTest, ALayerIsNeverItsOwnStyle) {
    static_cast<StyleChoice*>(g_ptr_array_index(request_->styles, 0))->drawable = content_;
    Told told;
    g_autoptr(GError) error = nullptr;
    EXPECT_EQ(run_start(request_, 0, &listener, &told, &error), nullptr);
    ASSERT_NE(error, nullptr);
    EXPECT_TRUE(contains(error->message, "its own style")) << error->message;
}

TEST_F(RunTest, ProgressAndPreviewsComeWhileItPaints) {
    const Environment fake("MANIERA_FAKE", "slow:2");
    Told told;
    start(told, 32);
    ASSERT_TRUE(wait_until([&] { return told.finished > 0; }));
    EXPECT_GT(told.progress, 5);
    EXPECT_EQ(told.previews, told.progress);
    EXPECT_EQ(told.preview_width, 32);
    EXPECT_EQ(told.preview_height, 19); // 37 of 61
    EXPECT_TRUE(told.complete);
}

TEST_F(RunTest, StopAndKeepMakesALayer) {
    const Environment fake("MANIERA_FAKE", "slow:60");
    Told told;
    Painting* run = start(told);
    run_main_loop(0.4);
    run_stop_and_keep(run);
    ASSERT_TRUE(wait_until([&] { return told.finished > 0; }, 10));
    EXPECT_GE(told.layer, 0);
    EXPECT_FALSE(told.complete);
}

TEST_F(RunTest, CancelIsQuietAndQuick) {
    const auto before = fake_host().drawables.size();
    for (const char* mode : {"slow:60", "mute", "hang"}) {
        const Environment fake("MANIERA_FAKE", mode);
        Told told;
        Painting* run = start(told);
        run_main_loop(0.3);
        run_cancel(run);
        ASSERT_TRUE(wait_until([&] { return told.finished > 0; }, 5)) << mode;
        EXPECT_EQ(told.finished, 1);
        EXPECT_EQ(told.code, PAINT_ERROR_STOPPED) << mode;
        EXPECT_EQ(fake_host().drawables.size(), before);
    }
}

TEST_F(RunTest, ARunMayBeFreedAtAnyTime) {
    for (const char* mode : {"slow:60", "crash", "echo"}) {
        const Environment fake("MANIERA_FAKE", mode);
        Told inside;
        inside.free_inside = true;
        Painting* run = start(inside);
        if (std::string(mode) == "slow:60") {
            run_main_loop(0.2);
            run_stop_and_keep(run);
        }
        EXPECT_TRUE(wait_until([&] { return inside.finished > 0; })) << mode;
        EXPECT_EQ(inside.run, nullptr);
        Told at_once;
        run_free(start(at_once));
        at_once.run = nullptr;
        run_main_loop(0.05);
        EXPECT_EQ(at_once.finished, 0) << "one that is freed says nothing";
    }
}

TEST_F(RunTest, TwoRunsAtOnceBothFinish) {
    const Environment fake("MANIERA_FAKE", "slow:0.7");
    Told first, second;
    start(first);
    start(second);
    ASSERT_TRUE(wait_until([&] { return first.finished && second.finished; }));
    EXPECT_GE(first.layer, 0);
    EXPECT_GE(second.layer, 0);
    EXPECT_NE(first.layer, second.layer);
}

} // namespace
} // namespace maniera::test
