// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/stylize.h"

#include "core/base/checkpoint.h"
#include "core/error.h"
#include "core/image/color_transfer.h"
#include "core/image/pyramid.h"

#include "tests/support/pictures.h"
#include "tests/support/process.h"
#include "tests/support/settings.h"
#include "tests/support/tensor_memory.h"
#include "tests/support/tiny_model.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace maniera {
namespace {

using test::largest_difference;
using test::make_mask;
using test::make_picture;

constexpr int width = 181, height = 133; // two scales: 128 and 181

using test::Settings;

ManieraOptions with(const Settings& settings) { return test::repeatable("12", settings); }

Inputs make_inputs(int w = width, int h = height, std::size_t styles = 1) {
    Inputs inputs;
    inputs.content = make_picture(w, h, 20);
    for (std::size_t i = 0; i < styles; ++i) {
        StyleInput style;
        style.picture = make_picture(150, 117, static_cast<std::uint32_t>(31 + i));
        inputs.styles.push_back(style);
    }
    return inputs;
}

Image content_of(const Inputs& inputs) { return take_whole(inputs.content.color); }

Result paint(const Inputs& inputs, const Settings& settings = {},
             const ProgressCallback& progress = {}) {
    return stylize(test::make_tiny_model(), inputs, with(settings), progress);
}

double style_value(const PictureSource& picture, const Inputs& inputs,
                   const Settings& settings = {}) {
    const Measurement m = measure(test::make_tiny_model(), picture, inputs, with(settings));
    double weight = 256, sum = 0;
    for (const auto& [layer, value] : m.style) {
        sum += weight * value;
        weight /= 4;
    }
    return sum;
}

ProgressCallback stop_after(int steps) {
    return [steps, done = 0](const Progress&) mutable { return ++done < steps; };
}

Image constant(int w, int h, float value) {
    Image image(w, h, 1);
    std::fill(image.pixels.begin(), image.pixels.end(), value);
    return image;
}

bool is_picture(const Image& image, int w, int h) {
    return image.width == w && image.height == h && image.channels == 3 &&
           std::all_of(image.pixels.begin(), image.pixels.end(),
                       [](float v) { return v >= 0 && v <= 1; });
}

TEST(Stylize, LowersTheStyleTerm) {
    const Inputs inputs = make_inputs();
    for (const char* term : {"wasserstein", "gram"})
        for (const char* optimizer : {"adam", "lbfgs"}) {
            const Settings settings{
                {"style-term", term}, {"optimizer", optimizer}, {"iterations", "60,40"}};
            const Result result = paint(inputs, settings);
            EXPECT_TRUE(result.complete);
            EXPECT_EQ(result.steps, 100);
            EXPECT_EQ(result.precision, "fp32");
            ASSERT_TRUE(is_picture(result.picture.color, width, height));
            const double before = style_value(inputs.content, inputs, settings);
            const double after = style_value(result.picture, inputs, settings);
            EXPECT_LT(after, before / 4) << term << " " << optimizer;
        }
}

TEST(Stylize, LowersTheTotalOfGatys) {
    const Inputs inputs = make_inputs();
    const Settings settings{{"objective", "gatys"}, {"iterations", "60"}};
    const Result result = paint(inputs, settings);
    EXPECT_EQ(result.steps, 60);
    const Model model = test::make_tiny_model();
    const Measurement before = measure(model, inputs.content, inputs, with(settings));
    const Measurement after = measure(model, result.picture, inputs, with(settings));
    EXPECT_LT(after.total, before.total / 20);
}

TEST(Stylize, FollowsEveryStyleOfAMixture) {
    Inputs inputs = make_inputs(width, height, 2);
    const double before = style_value(inputs.content, inputs);
    const Result both = paint(inputs);
    EXPECT_LT(style_value(both.picture, inputs), before);
    inputs.styles[1].weight = 0;
    const Result first = paint(inputs);
    inputs.styles.pop_back();
    EXPECT_EQ(largest_difference(first.picture.color, paint(inputs).picture.color), 0);
    EXPECT_GT(largest_difference(first.picture.color, both.picture.color), 0.02);
}

TEST(Stylize, GivesTheSamePictureForTheSameSeed) {
    const Inputs inputs = make_inputs();
    const Settings noise{{"init", "noise"}, {"seed", "5"}};
    const Image first = paint(inputs, noise).picture.color;
    EXPECT_EQ(largest_difference(first, paint(inputs, noise).picture.color), 0);
    const Image other = paint(inputs, {{"init", "noise"}, {"seed", "6"}}).picture.color;
    EXPECT_GT(largest_difference(first, other), 0.1);
}

// Rounding alone differs: few steps make little of it, but for single pixels. With a margin, a
// mask, and a picture that no tile sees whole.
TEST(Stylize, PaintsTheSameInTiles) {
    Inputs inputs = make_inputs(291, 212, 2);
    inputs.styles[0].mask = make_mask(291, 212, 0.5, 0.3);
    for (const char* objective : {"painterly", "gatys"})
        for (const char* optimizer : {"lbfgs", "adam"}) {
            Settings settings{
                {"objective", objective}, {"optimizer", optimizer}, {"iterations", "3"}};
            const Image wanted = paint(inputs, settings).picture.color;
            settings.emplace_back("tile", "96");
            const Image tiled = paint(inputs, settings).picture.color;
            EXPECT_LT(test::mean_difference(tiled, wanted), 5e-4) << objective << " " << optimizer;
            EXPECT_EQ(largest_difference(tiled, paint(inputs, settings).picture.color), 0);
        }
}

TEST(Stylize, MatchesPartsAlikeInTiles) {
    Inputs inputs = make_inputs(291, 212, 2);
    inputs.styles[0].mask = make_mask(291, 212, 0.5, 0.3);
    Settings settings{{"match-parts", "auto"}, {"iterations", "3"}};
    const Image wanted = paint(inputs, settings).picture.color;
    const Settings unmatched{{"match-parts", "off"}, {"iterations", "3"}};
    EXPECT_GT(test::mean_difference(wanted, paint(inputs, unmatched).picture.color), 5e-3);
    settings.emplace_back("tile", "96");
    EXPECT_LT(test::mean_difference(paint(inputs, settings).picture.color, wanted), 1e-3);
}

// At 400 px a draft's last scale has neither content's nor relu4_1's layers.
TEST(Stylize, LooksAtShallowLayersOfALargeDraftAlikeInTiles) {
    Inputs inputs = make_inputs(400, 291, 2);
    inputs.styles[0].mask = make_mask(400, 291, 0.5, 0.3);
    Settings settings{{"quality", "draft"}, {"match-parts", "auto"}, {"iterations", "3"}};
    const Image wanted = paint(inputs, settings).picture.color;
    Settings deep = settings;
    deep.emplace_back("content-layers", "relu4_2");
    EXPECT_GT(test::mean_difference(wanted, paint(inputs, deep).picture.color), 1e-3);
    settings.emplace_back("tile", "96");
    EXPECT_LT(test::mean_difference(paint(inputs, settings).picture.color, wanted), 1e-3);
}

// A wall: all over the same, but for a little noise.
Picture make_wall(int width, int height) {
    Picture picture = make_picture(width, height, 1);
    for (float& value : picture.color.pixels)
        value = 0.6f + 1e-4f * (value - 0.5f);
    return picture;
}

TEST(Stylize, MatchesNothingInAWall) {
    Inputs inputs = make_inputs();
    inputs.content = make_wall(300, 220);
    std::vector<std::string> told;
    const auto note = [&](Notice, const std::string& text) { told.push_back(text); };
    const Model model = test::make_tiny_model();
    const auto paint_wall = [&](const char* match) {
        const ManieraOptions options = with({{"size", "96"}, {"match-parts", match}});
        return stylize(model, inputs, options, {}, nullptr, note).picture.color;
    };
    const Image whole = paint_wall("off"), found = paint_wall("auto");
    EXPECT_EQ(largest_difference(found, whole), 0);
    const auto says = [](const std::string& text) {
        return text.find("without matched parts") != std::string::npos;
    };
    EXPECT_EQ(std::count_if(told.begin(), told.end(), says), 1);
}

TEST(Stylize, MatchesNoStyleWithoutWeight) {
    Inputs inputs = make_inputs(width, height, 2);
    const Settings matched{{"match-parts", "auto"}};
    const Image both = paint(inputs, matched).picture.color;
    inputs.styles[1].weight = 0;
    const Image first = paint(inputs, matched).picture.color;
    inputs.styles.pop_back();
    EXPECT_EQ(largest_difference(first, paint(inputs, matched).picture.color), 0);
    EXPECT_GT(largest_difference(first, both), 0.02);
}

TEST(Stylize, StartsFromWhatIsAsked) {
    Inputs inputs = make_inputs();
    const Settings slow{
        {"iterations", "1"}, {"scales", "1"}, {"optimizer", "adam"}, {"learning-rate", "0.001"}};
    const auto start_of = [&](const char* init) {
        Settings settings = slow;
        settings.emplace_back("init", init);
        return paint(inputs, settings).picture.color;
    };
    const Size size{width, height};
    // One step of Adam moves a pixel by the rate.
    EXPECT_LT(largest_difference(start_of("content"), content_of(inputs)), 0.0011);
    EXPECT_LT(largest_difference(start_of("style"), resize(inputs.styles[0].picture.color, size)),
              0.0011);
    EXPECT_NEAR(test::mean(start_of("noise"), 0), 0.5, 0.02);
    inputs.initial = make_picture(60, 50, 9).color; // is what it starts from, whatever init says
    const Image given = resize(inputs.initial.whole, size);
    for (const char* init : {"start.png", "recolored", "noise"})
        EXPECT_LT(largest_difference(start_of(init), given), 0.0011) << init;
}

TEST(Stylize, StartsInTheColorsOfEachRegionsStyles) {
    Inputs inputs = make_inputs(width, height, 2);
    for (std::size_t i = 0; i < 2; ++i)
        for (std::size_t p = 0; p < inputs.styles[i].picture.color.pixels.size(); ++p) {
            float& value = inputs.styles[i].picture.color.pixels[p];
            value = p % 3 == i ? 0.6f + 0.2f * value : 0.2f + 0.2f * value; // reds, then greens
        }
    const auto start = [&] {
        return paint(inputs, {{"iterations", "1"},
                              {"scales", "1"},
                              {"optimizer", "adam"},
                              {"learning-rate", "0.001"}})
            .picture.color;
    };
    Image mixed = start();
    const Image red = inputs.styles[0].picture.color, green = inputs.styles[1].picture.color;
    for (int c = 0; c < 3; ++c)
        EXPECT_NEAR(test::mean(mixed, c), (test::mean(red, c) + test::mean(green, c)) / 2, 0.02);

    // The left half in the first style's colours, and nothing where no style acts.
    inputs.styles.pop_back();
    inputs.styles[0].mask = make_mask(width, height, 0.5);
    const Image half = start();
    const Image left = crop(half, 0, 0, width / 2 - 2, height);
    const Image right = crop(half, width / 2 + 2, 0, width / 2 - 2, height);
    for (int c = 0; c < 3; ++c)
        EXPECT_NEAR(test::mean(left, c), test::mean(red, c), 0.02);
    EXPECT_EQ(largest_difference(right,
                                 crop(content_of(inputs), width / 2 + 2, 0, width / 2 - 2, height)),
              0);
    inputs.styles[0].weight = 0; // and another one, so that there is something to paint
    inputs.styles.push_back(make_inputs(width, height, 2).styles[1]);
    inputs.styles[1].mask = constant(width, height, 0.01f);
    EXPECT_LT(largest_difference(start(), content_of(inputs)), 0.02);
}

TEST(Stylize, GivesALargerScaleTheContentsDetail) {
    const Inputs inputs = make_inputs();
    const Image content = content_of(inputs);
    const auto apart = [&](const Image& image) {
        double sum = 0;
        for (std::size_t i = 0; i < image.pixels.size(); ++i)
            sum += std::abs(image.pixels[i] - content.pixels[i]);
        return sum;
    };
    // Hardly painted at all: what remains of the content after two scales.
    const Image kept = paint(inputs, {{"iterations", "1,1"},
                                      {"init", "content"},
                                      {"optimizer", "adam"},
                                      {"learning-rate", "0.0001"},
                                      {"match-parts", "off"}})
                           .picture.color;
    const Image enlarged =
        resize(resize(content, fit_long_side({width, height}, 128)), {width, height});
    EXPECT_NEAR(apart(kept) / apart(enlarged), 0.5, 0.05); // half of it
}

TEST(Stylize, DoesAllStepsAtFullSizeWhenAskedForOneScale) {
    int calls = 0;
    const Result result =
        paint(make_inputs(), {{"scales", "1"}, {"iterations", "25"}}, [&](const Progress& p) {
            ++calls;
            EXPECT_EQ(p.width, width);
            EXPECT_EQ(p.height, height);
            return true;
        });
    EXPECT_EQ(result.steps, 25);
    EXPECT_EQ(calls, 25);
}

TEST(Stylize, TakesTheSizeAskedFor) {
    const Result larger = paint(make_inputs(97, 75), {{"size", "143"}});
    EXPECT_TRUE(is_picture(larger.picture.color, 143, 111)); // 75 * 143 / 97 = 110.6
    const Result smaller = paint(make_inputs(), {{"size", "47"}});
    EXPECT_TRUE(is_picture(smaller.picture.color, 47, 35));
}

TEST(Stylize, PaintsAPanorama) {
    const Inputs inputs = make_inputs(408, 51); // 8:1
    const Result result = paint(inputs);
    EXPECT_TRUE(is_picture(result.picture.color, 408, 51));
    EXPECT_LT(style_value(result.picture, inputs), style_value(inputs.content, inputs));
}

TEST(Stylize, TheStyleScaleDecidesWhatIsSeenOfTheStyle) {
    Inputs inputs = make_inputs();
    inputs.styles[0].picture = make_picture(101, 79, 31); // smaller than both scales
    const Image plain = paint(inputs).picture.color;
    const Image halved = paint(inputs, {{"style-scale", "0.4"}}).picture.color;
    EXPECT_GT(largest_difference(plain, halved), 0.02);
    inputs.styles[0].scale = 0.4; // a style's own wins over the option
    const Image own = paint(inputs, {{"style-scale", "0.7"}}).picture.color;
    EXPECT_EQ(largest_difference(own, halved), 0);
    inputs.styles[0].scale = 4; // a style is never enlarged: 101 pixels are all there is
    EXPECT_EQ(largest_difference(paint(inputs).picture.color, plain), 0);
}

TEST(Progress, RisesToOne) {
    double fraction = 0, seconds = 0;
    int scale = 0, step = 0, calls = 0;
    paint(make_inputs(), {{"iterations", "7,4"}}, [&](const Progress& p) {
        ++calls;
        EXPECT_EQ(p.scales, 2);
        EXPECT_EQ(p.scale, calls > 7);
        EXPECT_EQ(p.step, calls > 7 ? calls - 7 : calls);
        EXPECT_EQ(p.steps, calls > 7 ? 4 : 7);
        EXPECT_EQ(p.width, calls > 7 ? 181 : 128);
        EXPECT_EQ(p.height, calls > 7 ? 133 : 94);
        EXPECT_GT(p.fraction, fraction);
        EXPECT_GE(p.seconds, seconds);
        EXPECT_GE(p.seconds_left, 0);
        EXPECT_TRUE(std::isfinite(p.loss));
        EXPECT_TRUE(p.step != 2 || is_picture(p.picture(), p.width, p.height));
        fraction = p.fraction;
        seconds = p.seconds;
        scale = p.scale;
        step = p.step;
        return true;
    });
    EXPECT_EQ(calls, 11);
    EXPECT_EQ(scale, 1);
    EXPECT_EQ(step, 4);
    EXPECT_DOUBLE_EQ(fraction, 1);
}

TEST(Stop, GivesThePictureSoFarAtTheFullSize) {
    const Inputs inputs = make_inputs();
    for (int steps : {1, 9, 16}) { // the first scale has 12
        Image seen;
        const Result result = paint(inputs, {}, [&](const Progress& p) {
            seen = p.picture();
            return p.scale * 12 + p.step < steps;
        });
        EXPECT_FALSE(result.complete);
        EXPECT_EQ(result.steps, steps);
        ASSERT_TRUE(is_picture(result.picture.color, width, height));
        EXPECT_LT(largest_difference(result.picture.color, resize(seen, {width, height})), 1e-5);
        // The first scale's picture is enlarged, and not yet as good as the photograph's detail.
        EXPECT_TRUE(steps < 12 ||
                    style_value(result.picture, inputs) < style_value(inputs.content, inputs));
    }
}

TEST(Stop, AtTheLastStepChangesNothing) {
    const Inputs inputs = make_inputs();
    const Result stopped = paint(inputs, {}, stop_after(24));
    EXPECT_TRUE(stopped.complete);
    EXPECT_EQ(largest_difference(stopped.picture.color, paint(inputs).picture.color), 0);
}

TEST(Stop, OfLbfgsGivesNothingWorseThanTheStart) {
    const Inputs inputs = make_inputs();
    const Settings settings{{"objective", "gatys"}};
    const Model model = test::make_tiny_model();
    const double start = measure(model, inputs.content, inputs, with(settings)).total;
    for (int steps = 1; steps < 6; ++steps) {
        const Result result = paint(inputs, settings, stop_after(steps));
        EXPECT_FALSE(result.complete);
        EXPECT_LE(measure(model, result.picture, inputs, with(settings)).total, start * 1.0001)
            << steps;
    }
}

TEST(Stop, ComesWithTheTimeLimit) {
    const Result result = paint(make_inputs(), {{"iterations", "100000"}, {"time-limit", "0.3"}});
    EXPECT_FALSE(result.complete);
    EXPECT_GE(result.steps, 1);
    EXPECT_LT(result.steps, 100000);
    EXPECT_GE(result.seconds, 0.3);
    EXPECT_LT(result.seconds, 20); // one step's time over, on however busy a machine
    EXPECT_TRUE(is_picture(result.picture.color, width, height));
}

// Pixels where the mask is 0, and the largest change there and elsewhere.
std::pair<double, double> changes(const Result& result, const Inputs& inputs) {
    const Image mask = take_whole(inputs.styles[0].mask), content = content_of(inputs);
    double outside = 0, inside = 0;
    for (std::size_t i = 0; i < mask.pixels.size(); ++i)
        for (int c = 0; c < 3; ++c) {
            const double change =
                std::abs(result.picture.color.pixels[3 * i + c] - content.pixels[3 * i + c]);
            (mask.pixels[i] == 0 ? outside : inside) =
                std::max(mask.pixels[i] == 0 ? outside : inside, change);
        }
    return {outside, inside};
}

TEST(Masks, LeaveWhatTheyDoNotCoverUntouched) {
    Inputs inputs = make_inputs();
    inputs.styles[0].mask = make_mask(width, height, 0.45, 0.2);
    for (const char* objective : {"painterly", "gatys"}) {
        const auto [outside, inside] = changes(paint(inputs, {{"objective", objective}}), inputs);
        EXPECT_EQ(outside, 0) << objective;
        EXPECT_GT(inside, 0.02) << objective;
    }
}

// Once the coverage of a stopped run came from the small scale, and its soft edge spread.
TEST(Masks, LeaveWhatTheyDoNotCoverUntouchedAfterAnEarlyStop) {
    Inputs inputs = make_inputs();
    inputs.styles[0].mask = make_mask(width, height, 0.45);
    const Result result = paint(inputs, {}, stop_after(5));
    EXPECT_FALSE(result.complete);
    const auto [outside, inside] = changes(result, inputs);
    EXPECT_EQ(outside, 0);
    EXPECT_GT(inside, 0.02);
}

TEST(Masks, BringEachStyleToItsPlace) {
    Inputs inputs = make_inputs(width, height, 2);
    // One style is dark, the other bright.
    for (float& value : inputs.styles[0].picture.color.pixels)
        value *= 0.3f;
    for (float& value : inputs.styles[1].picture.color.pixels)
        value = 1 - 0.3f * value;
    inputs.styles[0].mask = make_mask(width, height, 0.5);
    const Result result = paint(inputs, {{"iterations", "60,30"}, {"content-weight", "0"}});
    const auto mean_from = [&](int left) {
        return test::mean(crop(result.picture.color, left, 0, 70, height), 1);
    };
    EXPECT_LT(mean_from(0), 0.35);
    EXPECT_GT(mean_from(width - 70), 0.65);
}

TEST(Masks, AreTakenAtAnySize) {
    Inputs inputs = make_inputs();
    inputs.styles[0].mask = make_mask(400, 31, 0.5);
    inputs.styles[0].style_mask = make_mask(13, 17, 0.7);
    const Result result = paint(inputs);
    EXPECT_EQ(*result.picture.color.at(170, 60), *inputs.content.color.whole.at(170, 60));
    EXPECT_NE(*result.picture.color.at(20, 60), *inputs.content.color.whole.at(20, 60));
}

// A division by the weights of the styles without a mask made the whole picture not a number.
TEST(Masks, WorkBesideAStyleOfNoWeight) {
    Inputs inputs = make_inputs(width, height, 2);
    inputs.styles[0].mask = make_mask(width, height, 0.5);
    inputs.styles[1].weight = 0;
    const Result result = paint(inputs);
    EXPECT_TRUE(std::isfinite(result.loss));
    const auto [outside, inside] = changes(result, inputs);
    EXPECT_EQ(outside, 0);
    EXPECT_GT(inside, 0.02);
}

TEST(Alpha, ComesBack) {
    Inputs inputs = make_inputs();
    inputs.content.alpha = make_mask(width, height, 0.6, 0.3);
    const Result same = paint(inputs);
    EXPECT_EQ(largest_difference(same.picture.alpha, take_whole(inputs.content.alpha)), 0);
    EXPECT_TRUE(is_picture(same.picture.color, width, height));
    const Result small = paint(inputs, {{"size", "97"}});
    EXPECT_LT(largest_difference(small.picture.alpha, resize(inputs.content.alpha.whole, {97, 71})),
              1e-6);
    EXPECT_TRUE(paint(make_inputs()).picture.alpha.empty());
}

TEST(Alpha, WhatItHidesHasNoSay) {
    Inputs inputs = make_inputs();
    inputs.content.alpha = make_mask(width, height, 0.5);
    inputs.styles[0].picture.alpha = make_mask(150, 117, 0.7);
    const Image first = paint(inputs).picture.color;
    Picture content = take_whole(inputs.content);
    for (Picture* picture : {&content, &inputs.styles[0].picture})
        for (std::size_t i = 0; i < picture->alpha.pixels.size(); ++i)
            if (picture->alpha.pixels[i] == 0)
                picture->color.pixels[3 * i + 1] = 1;
    inputs.content = std::move(content);
    EXPECT_EQ(largest_difference(paint(inputs).picture.color, first), 0);
}

TEST(Colors, OfTheContentAreKept) {
    const Inputs inputs = make_inputs();
    const Image painted = paint(inputs).picture.color;
    const Image kept = paint(inputs, {{"colors", "content"}}).picture.color;
    EXPECT_LT(largest_difference(kept, keep_colors(painted, content_of(inputs))), 1e-6);
    EXPECT_GT(largest_difference(kept, painted), 0.05);
}

TEST(Colors, MatchRecoloursTheStyleFirst) {
    Inputs inputs = make_inputs();
    for (std::size_t i = 0; i < inputs.styles[0].picture.color.pixels.size(); i += 3)
        inputs.styles[0].picture.color.pixels[i] = 1; // a style of reds
    const Settings settings{{"iterations", "30,15"}};
    const double red = test::mean(paint(inputs, settings).picture.color, 0);
    const Image matched =
        paint(inputs, {{"iterations", "30,15"}, {"colors", "match"}}).picture.color;
    EXPECT_GT(red, test::mean(content_of(inputs), 0) + 0.1);
    EXPECT_NEAR(test::mean(matched, 0), test::mean(content_of(inputs), 0), 0.05);
    Image& style = inputs.styles[0].picture.color;
    style = match_colors(style, sum_colors(style, {}), sum_colors(content_of(inputs), {}));
    EXPECT_EQ(largest_difference(paint(inputs, settings).picture.color, matched), 0);
}

Image grays(Image image) {
    for (std::size_t i = 0; i < image.pixels.size(); i += 3)
        image.pixels[i + 1] = image.pixels[i + 2] = image.pixels[i];
    return image;
}

// Of these columns: the largest difference between the channels of a pixel.
float chroma(const Image& image, int left, int right) {
    float most = 0;
    for (int y = 0; y < image.height; ++y)
        for (int x = left; x < right; ++x) {
            const float* p = image.at(x, y);
            most = std::max(most, *std::max_element(p, p + 3) - *std::min_element(p, p + 3));
        }
    return most;
}

TEST(Colors, OfGrayStylesAreGray) {
    Inputs inputs = make_inputs(width, height, 2);
    for (StyleInput& style : inputs.styles)
        style.picture.color = grays(style.picture.color);
    for (const char* objective : {"painterly", "gatys"})
        EXPECT_EQ(chroma(paint(inputs, {{"objective", objective}}).picture.color, 0, width), 0);
    EXPECT_EQ(chroma(paint(inputs, {}, stop_after(5)).picture.color, 0, width), 0);
    EXPECT_GT(chroma(paint(inputs, {{"colors", "content"}}).picture.color, 0, width), 0.2);
    inputs.styles[1].picture = make_picture(150, 117, 32); // one in colors
    EXPECT_GT(chroma(paint(inputs).picture.color, 0, width), 0.1);
}

TEST(Colors, OfAGrayStyleAreGrayInItsMask) {
    Inputs inputs = make_inputs(width, height, 2);
    inputs.styles[0].picture.color = grays(inputs.styles[0].picture.color);
    inputs.styles[0].mask = make_mask(width, height, 0.5);
    const Image result = paint(inputs).picture.color;
    EXPECT_LT(chroma(result, 0, width / 2 - 2), 1e-6);
    EXPECT_GT(chroma(result, width / 2 + 2, width), 0.1);
}

TEST(Colors, OfOneInkStayBetweenItAndItsPaper) {
    Inputs inputs = make_inputs();
    Image& style = inputs.styles[0].picture.color;
    style = grays(style);
    for (std::size_t i = 0; i < style.pixels.size(); i += 3) { // from (0.1,0.2,0.6) to white
        style.pixels[i] = 0.1f + 0.9f * style.pixels[i];
        style.pixels[i + 1] = 0.2f + 0.8f * style.pixels[i + 1];
        style.pixels[i + 2] = 0.6f + 0.4f * style.pixels[i + 2];
    }
    const Image result = paint(inputs).picture.color;
    for (std::size_t i = 0; i < result.pixels.size(); i += 3) {
        const float paper = (result.pixels[i + 1] - 0.2f) / 0.8f;
        if (paper < 0 || paper > 1) // clipped
            continue;
        EXPECT_NEAR((result.pixels[i] - 0.1f) / 0.9f, paper, 1e-3);
        EXPECT_NEAR((result.pixels[i + 2] - 0.6f) / 0.4f, paper, 1e-3);
    }
}

// What is refused, before any work

void expect_refusal(const Inputs& inputs, ErrorCode code, const std::string& part,
                    const Settings& settings = {}) {
    try {
        paint(inputs, settings, [](const Progress&) {
            ADD_FAILURE() << "work was begun";
            return false;
        });
        ADD_FAILURE() << "nothing was refused: " << part;
    } catch (const Error& error) {
        const std::string text = error.what();
        EXPECT_EQ(error.code(), code) << text;
        EXPECT_NE(text.find(part), std::string::npos) << text;
        EXPECT_EQ(text.find('\n'), std::string::npos) << text;
        EXPECT_EQ(text.back(), '.') << text;
    }
}

constexpr float nan_value = std::numeric_limits<float>::quiet_NaN();
constexpr float infinite = std::numeric_limits<float>::infinity();

TEST(Refused, ArePicturesThatAreTooSmall) {
    for (Size size : {Size{1, 1}, Size{1, 20000}, Size{20000, 1}, Size{31, 97}}) {
        Inputs inputs = make_inputs();
        inputs.content = make_picture(size.width, size.height, 3);
        expect_refusal(inputs, ErrorCode::unreadable_image, "picture 3");
        inputs = make_inputs();
        inputs.styles[0].picture = make_picture(size.width, size.height, 4);
        expect_refusal(inputs, ErrorCode::unreadable_image, "picture 4");
    }
    EXPECT_TRUE(paint(make_inputs(32, 97)).complete);
}

TEST(Refused, IsASizeThatLeavesTooLittle) {
    expect_refusal(make_inputs(408, 51), ErrorCode::invalid_option, "--size", {{"size", "200"}});
}

TEST(Refused, AreMissingPictures) {
    Inputs inputs = make_inputs();
    inputs.styles.clear();
    expect_refusal(inputs, ErrorCode::invalid_request, "style");
    inputs = make_inputs();
    inputs.content = Picture();
    expect_refusal(inputs, ErrorCode::unreadable_image, "content");
    inputs = make_inputs();
    inputs.styles[0].picture = Picture();
    expect_refusal(inputs, ErrorCode::unreadable_image, "style");
    expect_refusal(make_inputs(), ErrorCode::invalid_option, "start", {{"init", "missing.png"}});
}

TEST(Refused, AreValuesThatAreNotNumbers) {
    for (float bad : {nan_value, infinite, -infinite}) {
        const auto with_bad = [&](Image image, std::size_t at) {
            image.pixels[at] = bad;
            return image;
        };
        Inputs inputs = make_inputs();
        inputs.content.color = with_bad(content_of(inputs), 1000);
        expect_refusal(inputs, ErrorCode::unreadable_image, "picture 20");
        inputs = make_inputs();
        inputs.styles[0].picture.color.pixels.back() = bad;
        expect_refusal(inputs, ErrorCode::unreadable_image, "picture 31");
        inputs = make_inputs();
        inputs.content.alpha = with_bad(constant(width, height, 1), 7);
        expect_refusal(inputs, ErrorCode::unreadable_image, "picture 20");
        inputs = make_inputs();
        inputs.styles[0].mask = with_bad(constant(9, 9, 1), 4);
        expect_refusal(inputs, ErrorCode::unreadable_image, "mask of picture 31");
        inputs = make_inputs();
        inputs.styles[0].style_mask = constant(9, 9, 1);
        inputs.styles[0].style_mask.pixels[4] = bad;
        expect_refusal(inputs, ErrorCode::unreadable_image, "style mask of picture 31");
        inputs = make_inputs();
        inputs.initial = with_bad(make_picture(50, 50, 8).color, 3);
        expect_refusal(inputs, ErrorCode::unreadable_image, "start", {{"init", "start.png"}});
    }
}

TEST(Refused, AreBlackMasksAndFullTransparency) {
    Inputs inputs = make_inputs();
    inputs.styles[0].mask = constant(width, height, 0);
    expect_refusal(inputs, ErrorCode::unreadable_image, "black");
    inputs = make_inputs();
    inputs.styles[0].style_mask = constant(50, 40, 0);
    expect_refusal(inputs, ErrorCode::unreadable_image, "black");
    inputs = make_inputs();
    inputs.content.alpha = constant(width, height, 0);
    expect_refusal(inputs, ErrorCode::unreadable_image, "transparent");
    inputs = make_inputs();
    inputs.styles[0].picture.alpha = constant(150, 117, 0);
    expect_refusal(inputs, ErrorCode::unreadable_image, "transparent");
}

TEST(Refused, AreWeightsThatMeanNothing) {
    for (double bad : {-1.0, static_cast<double>(nan_value), static_cast<double>(infinite)}) {
        Inputs inputs = make_inputs(width, height, 2);
        inputs.styles[1].weight = bad;
        expect_refusal(inputs, ErrorCode::invalid_option, "weight of picture 32");
    }
    Inputs inputs = make_inputs(width, height, 2);
    inputs.styles[0].weight = inputs.styles[1].weight = 0;
    expect_refusal(inputs, ErrorCode::invalid_option, "zero");
    inputs = make_inputs();
    inputs.styles[0].scale = nan_value;
    expect_refusal(inputs, ErrorCode::invalid_option, "scale of picture 31");
}

TEST(Refused, AreOptionsThatDoNotFit) {
    const Inputs inputs = make_inputs();
    const auto refused = [&](const char* name, const char* value, const char* part) {
        expect_refusal(inputs, ErrorCode::invalid_option, part, {{name, value}});
    };
    refused("iterations", "5,5,5", "3 numbers of iterations for 2 scales");
    refused("style-layers", "relu9_1", "relu9_1");
    refused("content-layers", "fc6", "fc6");
    refused("device", "gpu", "gpu");
    expect_refusal(inputs, ErrorCode::invalid_option, "style scale",
                   {{"objective", "gatys"}, {"style-scale", "0.5"}});
    expect_refusal(inputs, ErrorCode::invalid_option, "match",
                   {{"objective", "gatys"}, {"match-parts", "auto"}});
}

TEST(Refused, IsAnythingBadByMeasureToo) {
    const Model model = test::make_tiny_model();
    Inputs inputs = make_inputs();
    Picture picture = make_picture(width, height, 3);
    picture.color.pixels[5] = nan_value;
    EXPECT_THROW(measure(model, picture, inputs, with({})), Error);
    EXPECT_THROW(measure(model, make_picture(20, 97, 3), inputs, with({})), Error);
    inputs.styles[0].weight = -1;
    EXPECT_THROW(measure(model, make_picture(width, height, 3), inputs, with({})), Error);
}

TEST(Measure, TakesThePictureAtItsOwnSizeUnlessAskedOtherwise) {
    const Model model = test::make_tiny_model();
    const Inputs inputs = make_inputs();
    const Picture picture = make_picture(97, 75, 3);
    const Measurement own = measure(model, picture, inputs, with({}));
    EXPECT_EQ(own.width, 97);
    EXPECT_EQ(own.height, 75);
    const Measurement asked = measure(model, picture, inputs, with({{"size", "65"}}));
    EXPECT_EQ(asked.width, 65);
    EXPECT_EQ(asked.height, 50);
}

TEST(Stylize, GoesOnInSmallerTilesWhereMemoryIsShort) {
    const Model model = test::make_wide_model();
    Inputs inputs;
    inputs.content = test::make_picture(720, 720, 1);
    inputs.styles.emplace_back();
    inputs.styles[0].picture = test::make_picture(64, 64, 2);
    ManieraOptions options = with({{"scales", "1"}, {"iterations", "2"}, {"memory", "100000"}});
    const Result wanted = stylize(model, inputs, options, {});

    std::vector<std::string> told;
    const auto note = [&](Notice kind, const std::string& text) {
        if (kind == Notice::smaller_tiles)
            told.push_back(text);
    };
    Result found;
    ErrorCode code = ErrorCode::internal;
    std::string message;
    try {
        const test::TensorMemoryLimit limit(180 << 20); // untiled 492 MiB, in bfloat16 247
        found = stylize(model, inputs, options, {}, nullptr, note);
    } catch (const Error& error) {
        message = error.what();
    }
    EXPECT_EQ(message, "");
    ASSERT_FALSE(told.empty());
    EXPECT_NE(told[0].find("Memory is short"), std::string::npos) << told[0];
    ASSERT_EQ(found.picture.color.pixels.size(), wanted.picture.color.pixels.size());
    double largest = 0;
    for (std::size_t i = 0; i < found.picture.color.pixels.size(); ++i)
        largest = std::max<double>(
            largest, std::abs(found.picture.color.pixels[i] - wanted.picture.color.pixels[i]));
    EXPECT_LT(largest, 0.02);

    // And says so where no tile is small enough.
    try {
        const test::TensorMemoryLimit limit(30 << 20);
        stylize(model, inputs, options, {}, nullptr, note);
    } catch (const Error& error) {
        code = error.code();
    }
    EXPECT_EQ(code, ErrorCode::out_of_memory);
}

// Abandoned steps

// Asks to stop at the n-th time that it is asked.
StopCallback stop_at(int n, int& asked) {
    asked = 0;
    return [n, &asked] { return ++asked >= n; };
}

Result interrupted(const Inputs& inputs, const Settings& settings, const StopCallback& stop,
                   const ProgressCallback& progress = {}) {
    return stylize(test::make_tiny_model(), inputs, with(settings), progress, nullptr, {},
                   local_communicator(), stop);
}

TEST(Stylize, AbandonsAStepBetweenTilesAndKeepsThePainting) {
    const Inputs inputs = make_inputs();
    for (const char* optimizer : {"lbfgs", "adam"}) {
        const Settings tiled = {{"tile", "64"}, {"optimizer", optimizer}, {"scales", "1"}};
        const Result whole = paint(inputs, tiled, stop_after(2));
        // So many questions are asked before the third step that the next is in the middle of it.
        int asked = 0, before = 0, steps = 0;
        interrupted(inputs, tiled, stop_at(1 << 30, asked), [&](const Progress&) {
            before = asked;
            return ++steps < 2;
        });
        int last_step = 0, calls = 0;
        const Result result =
            interrupted(inputs, tiled, stop_at(before + 5, asked), [&](const Progress& progress) {
                ++calls;
                last_step = progress.step;
                return true; // the answer to `stop` was enough
            });
        EXPECT_EQ(asked, before + 5) << optimizer;
        EXPECT_FALSE(result.complete);
        EXPECT_EQ(result.steps, 2);
        EXPECT_EQ(last_step, 2);
        EXPECT_EQ(calls, 3); // once more, for a checkpoint
        EXPECT_EQ(result.picture.color.pixels, whole.picture.color.pixels) << optimizer;
    }
}

TEST(Stylize, GoesOnFromAnAbandonedStepAsIfItHadNotBegun) {
    const Inputs inputs = make_inputs();
    const test::ScratchFolder folder;
    for (const char* optimizer : {"lbfgs", "adam"})
        for (const char* tile : {"512", "64"}) {
            const Settings settings = {{"tile", tile}, {"optimizer", optimizer}};
            test::write_text(folder / "c", "");
            int asked = 0, steps = 0;
            bool stop = false;
            stylize(
                test::make_tiny_model(), inputs, with(settings),
                [&](const Progress& progress) {
                    stop = ++steps == 4; // from now on, so that it is noticed in the fifth step
                    if (steps == 5) {
                        EXPECT_EQ(progress.step, 4);
                        CheckpointWriter writer(folder / "c");
                        progress.save(writer);
                        writer.finish();
                    }
                    return true;
                },
                nullptr, {}, local_communicator(), [&] { return stop && ++asked > 5; });
            EXPECT_EQ(steps, 5);
            const CheckpointReader reader(folder / "c");
            const Result resumed =
                stylize(test::make_tiny_model(), inputs, with(settings), {}, &reader);
            EXPECT_TRUE(resumed.complete);
            EXPECT_EQ(resumed.picture.color.pixels, paint(inputs, settings).picture.color.pixels)
                << optimizer << " " << tile;
        }
}

TEST(Stylize, AbandonsTheMakingOfAScale) {
    const Inputs inputs = make_inputs();
    const Settings tiled = {{"tile", "64"}};
    int asked = 0, at_end = 0;
    interrupted(inputs, tiled, stop_at(1 << 30, asked), [&](const Progress& progress) {
        if (progress.scale == 0 && progress.step == progress.steps)
            at_end = asked;
        return true;
    });
    const Result result = interrupted(inputs, tiled, stop_at(at_end + 1, asked));
    EXPECT_FALSE(result.complete);
    EXPECT_EQ(result.steps, 12); // all of the first scale's
    EXPECT_TRUE(is_picture(result.picture.color, width, height));
    EXPECT_GT(largest_difference(result.picture.color, content_of(inputs)), 0.05);
}

TEST(Stylize, StoppedBeforeAllStepsGivesWhereItWouldHaveBegun) {
    Inputs inputs = make_inputs();
    inputs.styles[0].mask = make_mask(40, 30, 5);
    for (const char* scales : {"1", "2"}) {
        int asked = 0, calls = 0;
        const Result result =
            interrupted(inputs, {{"init", "content"}, {"scales", scales}}, stop_at(1, asked),
                        [&](const Progress&) { return ++calls > 0; });
        EXPECT_FALSE(result.complete);
        EXPECT_EQ(result.steps, 0);
        EXPECT_EQ(calls, 0); // there is nothing to save
        EXPECT_TRUE(is_picture(result.picture.color, width, height));
        EXPECT_LT(largest_difference(result.picture.color, content_of(inputs)), 0.5);
    }
}

} // namespace
} // namespace maniera
