// SPDX-License-Identifier: GPL-3.0-or-later
// A frame that stays near the painting of the one before it.

#include "core/image/pyramid.h"
#include "core/stylize.h"

#include "tests/support/pictures.h"
#include "tests/support/refusal.h"
#include "tests/support/settings.h"
#include "tests/support/tiny_model.h"

#include <gtest/gtest.h>

namespace maniera {
namespace {

using test::make_mask;
using test::make_picture;
using test::rms_difference;
using test::Settings;

constexpr int width = 150, height = 110;

// Two scales.
ManieraOptions with(Settings settings) {
    settings.emplace_back("scales", "2");
    return test::repeatable("6,4", settings);
}

Inputs one_style() {
    Inputs inputs;
    inputs.styles.resize(1);
    inputs.styles[0].picture = make_picture(120, 90, 31);
    return inputs;
}

TemporalTarget near(const Image& painting, Image weights, double weight, int steps = 4) {
    TemporalTarget target;
    target.painting = painting;
    target.shown = copy(weights);
    target.weights = std::move(weights);
    target.weight = weight;
    target.steps = steps;
    return target;
}

Image everywhere() { return make_mask(width, height, 2); }

Result painted(const TemporalTarget& temporal, const Settings& settings = {}) {
    Inputs inputs = one_style();
    inputs.content = make_picture(width, height, 20);
    inputs.temporal = temporal;
    return stylize(test::make_tiny_model(), inputs, with(settings), {});
}

TEST(Temporal, AFrameStaysTheNearerTheMoreTheTermWeighs) {
    const Image before = make_picture(width, height, 8).color;
    double last = 1;
    for (const double weight : {0.0, 30.0, 10000.0}) {
        const double distance =
            rms_difference(painted(near(before, everywhere(), weight)).picture.color, before);
        EXPECT_LT(distance, 0.9 * last) << weight;
        last = distance;
    }
    EXPECT_LT(last, 0.02);
}

TEST(Temporal, WhatTheFrameBeforeDidNotShowIsFree) {
    const Image before = make_picture(width, height, 8).color;
    const Image painting = painted(near(before, make_mask(width, height, 0.5), 1000)).picture.color;
    const int half = width / 2 - 8;
    EXPECT_LT(rms_difference(crop(painting, 0, 0, half, height), crop(before, 0, 0, half, height)),
              0.03);
    EXPECT_GT(rms_difference(crop(painting, width - half, 0, half, height),
                             crop(before, width - half, 0, half, height)),
              0.1);
}

TEST(Temporal, AFrameThatFollowsTakesFewStepsAtFullSizeAlone) {
    const Image before = make_picture(width, height, 8).color;
    EXPECT_EQ(painted({}).steps, 6 + 4);
    EXPECT_EQ(painted(near(before, everywhere(), 1, 3)).steps, 3);
    EXPECT_EQ(painted(near(before, everywhere(), 1, 0)).steps, 2); // half of the last scale's
}

TEST(Temporal, ARoughPictureLeavesTheLastScaleOutAndIsAsLarge) {
    TemporalTarget rough;
    rough.steps = 3;
    const Result result = painted(rough);
    EXPECT_EQ(result.steps, 3); // of 6 + 4
    EXPECT_EQ(size_of(result.picture.color), (Size{width, height}));
    EXPECT_TRUE(result.complete);
    EXPECT_EQ(painted(rough, {{"scales", "1"}}).steps, 3); // of the only one
}

// Whether there are counterparts is decided at a shot's first frame.
TEST(Temporal, ARoughPictureKeepsTheShotsDecisionOnCounterparts) {
    const Model model = test::make_tiny_model();
    Session session(model, one_style(), with({{"match-parts", "auto"}}));
    int unmatched = 0;
    const auto painted_without = [&](const Picture& content) {
        session.stylize(content, {}, nullptr, [&](Notice, const std::string& text) {
            unmatched += test::contains(text, "without matched parts");
        });
        return unmatched;
    };
    const Picture scene = make_picture(width, height, 20);
    Picture sky = scene;
    std::fill(sky.color.pixels.begin(), sky.color.pixels.end(), 0.5f);
    EXPECT_EQ(painted_without(sky), 1);
    TemporalTarget rough;
    rough.steps = 3;
    session.set_temporal(rough);
    EXPECT_EQ(painted_without(scene), 2);
    session.set_temporal({});
    EXPECT_EQ(painted_without(scene), 2);
}

TEST(Temporal, IsTheSameInTiles) {
    const Image before = make_picture(width, height, 8).color;
    const TemporalTarget target = near(before, make_mask(width, height, 0.6, 0.4), 50);
    const Result whole = painted(target), tiled = painted(target, {{"tile", "48"}});
    EXPECT_NEAR(tiled.loss, whole.loss, 1e-4 * whole.loss);
    EXPECT_LT(rms_difference(tiled.picture.color, whole.picture.color), 1e-3);
}

TEST(Temporal, ASessionPaintsTheNextPictureFreelyAgain) {
    const Model model = test::make_tiny_model();
    Session session(model, one_style(), with({}));
    const Picture content = make_picture(width, height, 20);
    const Result lone = session.stylize(content, {});
    session.set_temporal(near(make_picture(width, height, 8).color, everywhere(), 1));
    EXPECT_NE(session.stylize(content, {}).picture.color.pixels, lone.picture.color.pixels);
    session.set_temporal({});
    EXPECT_EQ(session.stylize(content, {}).picture.color.pixels, lone.picture.color.pixels);
}

TEST(Temporal, GatysHasNoSuchTerm) {
    const TemporalTarget target = near(make_picture(width, height, 8).color, everywhere(), 1);
    EXPECT_TRUE(test::contains(test::refusal([&] {
                                   painted(target, {{"objective", "gatys"}});
                               }),
                               "no temporal term"));
}

} // namespace
} // namespace maniera
