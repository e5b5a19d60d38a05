// SPDX-License-Identifier: GPL-3.0-or-later
// What is painted with a style pack is what is painted with its paintings.

#include "core/run/make_style_pack.h"

#include "core/stylize.h"
#include "tests/support/pictures.h"
#include "tests/support/refusal.h"
#include "tests/support/settings.h"
#include "tests/support/tiny_model.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <memory>

namespace maniera {
namespace {

using test::contains;
using test::make_mask;
using test::make_picture;
using test::Settings;

ManieraOptions with(const Settings& settings) { return test::repeatable("4", settings); }

const Model& model() {
    static const Model tiny = test::make_tiny_model();
    return tiny;
}

StyleInput painting(int width, int height, std::uint32_t seed) {
    StyleInput style;
    style.picture = make_picture(width, height, seed);
    return style;
}

// Through a file, as it comes to a run.
StyleInput packed(const std::vector<StyleInput>& paintings, const Settings& settings = {},
                  int largest = 2048) {
    StylePack pack = make_style_pack(model(), paintings, with(settings), largest);
    StyleInput style;
    style.pack =
        std::make_shared<StylePack>(style_pack_from(style_pack_bytes(pack), "p.maniera-style"));
    return style;
}

Inputs inputs_of(const std::vector<StyleInput>& styles) {
    Inputs inputs;
    inputs.content = make_picture(128, 96, 1);
    inputs.styles = styles;
    return inputs;
}

// How far the terms at the photograph are from each other, in parts of them.
double apart(const std::vector<StyleInput>& a, const std::vector<StyleInput>& b,
             Settings settings) {
    settings.emplace_back("match-parts", "off");
    const auto at = [&](const std::vector<StyleInput>& styles) {
        return measure(model(), make_picture(128, 96, 1), inputs_of(styles), with(settings));
    };
    const Measurement first = at(a), second = at(b);
    double most = std::abs(second.gradient_l2 / first.gradient_l2 - 1);
    for (std::size_t i = 0; i < first.style.size(); ++i)
        most = std::max(most, std::abs(second.style[i].second / first.style[i].second - 1));
    return most;
}

TEST(MakeStylePack, IsExactAtItsSizes) {
    const StyleInput style = painting(200, 150, 2);
    const StyleInput pack = packed({style});
    ASSERT_EQ(pack.pack->sizes.size(), 5u); // 64, 91, 128, 181 and its own
    for (const char* term : {"wasserstein", "gram"})
        for (const char* size : {"64", "91", "128", "181", "200", "400"})
            EXPECT_LT(apart({style}, {pack}, {{"style-term", term}, {"size", size}}), 2e-5)
                << term << " at " << size;
}

TEST(MakeStylePack, IsNearerBetweenItsSizesThanTheNearestOfThemIs) {
    const StyleInput style = painting(200, 150, 2);
    const StyleInput pack = packed({style});
    for (const char* size : {"76", "108", "153"}) {
        const Settings at{{"style-layers", "relu1_1,relu2_1"}, {"size", size}};
        const double between = apart({style}, {pack}, at);
        EXPECT_GT(between, 1e-3) << size; // or nothing was mixed
        EXPECT_LT(between, 0.25) << size;
        for (const double scale : {0.844, 1.188}) {
            StyleInput nearest = pack;
            nearest.scale = scale;
            EXPECT_LT(between, apart({style}, {nearest}, at) / 2) << size << ", " << scale;
        }
    }
}

TEST(MakeStylePack, ServesNoLargerSizeThanAsked) {
    const StyleInput style = painting(200, 150, 2);
    const StyleInput pack = packed({style}, {}, 128);
    EXPECT_EQ(pack.pack->size, (Size{128, 96}));
    StyleInput smaller;
    smaller.picture = resize(style.picture, Size{128, 96});
    EXPECT_LT(apart({smaller}, {pack}, {{"size", "300"}}), 2e-3); // but for rounding to 8 bits
}

TEST(MakeStylePack, MixesPaintingsAndTakesTheirMasks) {
    std::vector<StyleInput> styles = {painting(200, 150, 2), painting(140, 200, 3)};
    styles[0].weight = 3;
    styles[0].style_mask = make_mask(50, 40, 0.5, 0.2);
    styles[1].picture.alpha = make_mask(140, 200, 0.7);
    EXPECT_LT(apart(styles, {packed(styles)}, {}), 2e-5);
    // As one of a run's styles, with a weight and a mask of its own.
    StyleInput other = painting(100, 100, 4), pack = packed({styles[0]}), whole = styles[0];
    other.mask = make_mask(60, 50, 0.4, 0.1);
    pack.weight = whole.weight = 2;
    EXPECT_LT(apart({other, whole}, {other, pack}, {}), 2e-5);
    pack.scale = whole.scale = 0.5;
    EXPECT_LT(apart({other, whole}, {other, pack}, {}), 2e-5);
}

// There a style is stretched to the photograph's shape, which this one has.
TEST(MakeStylePack, ServesTheObjectiveGatys) {
    const Settings gatys{{"objective", "gatys"}};
    StyleInput style = painting(128, 96, 2), pack = packed({style}, gatys);
    EXPECT_LT(apart({style}, {pack}, gatys), 2e-5);
    // A mask multiplies features: gray all over, it is the same at any place of the style.
    Image gray(128, 96, 1);
    std::fill(gray.pixels.begin(), gray.pixels.end(), 0.6f);
    style.mask = pack.mask = gray;
    EXPECT_LT(apart({style}, {pack}, gatys), 2e-5);
}

struct Painted {
    Result result;
    int told = 0; // that there is nothing to match parts with
};

Painted paint(const std::vector<StyleInput>& styles, const Settings& settings) {
    Painted run;
    run.result = stylize(model(), inputs_of(styles), with(settings), {}, nullptr,
                         [&](Notice, const std::string& text) {
                             run.told += contains(text, "no painting in it to match parts with");
                         });
    return run;
}

TEST(MakeStylePack, PaintsWhatItsPaintingDoes) {
    const StyleInput style = painting(200, 150, 2), pack = packed({style});
    const Settings off{{"match-parts", "off"}};
    for (const char* colors : {"style", "content"}) {
        Settings settings = off;
        settings.emplace_back("colors", colors);
        const Image a = paint({style}, settings).result.picture.color;
        const Image b = paint({pack}, settings).result.picture.color;
        EXPECT_LT(test::rms_difference(a, b), 0.01) << colors;
    }
    const Image start =
        paint({style}, {{"match-parts", "off"}, {"iterations", "1"}}).result.picture.color;
    EXPECT_GT(test::rms_difference(start, paint({pack}, off).result.picture.color), 0.01);
}

TEST(MakeStylePack, HasNoPartsToMatchAndSaysSoOnce) {
    const StyleInput style = painting(200, 150, 2), pack = packed({style});
    // Two scales: what the smaller one hands on depends on whether parts are matched.
    const Painted off = paint({pack}, {{"match-parts", "off"}, {"size", "200"}});
    const Painted on = paint({pack}, {{"match-parts", "auto"}, {"size", "200"}});
    ASSERT_EQ(on.result.scale_seconds.size(), 2u);
    EXPECT_EQ(off.told, 0);
    EXPECT_EQ(on.told, 1);
    EXPECT_EQ(on.result.picture.color.pixels, off.result.picture.color.pixels);
    // Beside a painting, that one is matched still.
    const Painted both = paint({painting(150, 200, 1), pack}, {{"match-parts", "auto"}});
    const Painted neither = paint({painting(150, 200, 1), pack}, {{"match-parts", "off"}});
    EXPECT_EQ(both.told, 1);
    EXPECT_GT(test::rms_difference(both.result.picture.color, neither.result.picture.color), 1e-3);
}

// A gray style makes a gray picture, whatever the network sees.
TEST(MakeStylePack, KeepsTheLineOfItsColors) {
    StyleInput gray = painting(200, 150, 2);
    for (std::size_t i = 0; i < gray.picture.color.pixels.size(); i += 3)
        for (std::size_t c = 1; c < 3; ++c)
            gray.picture.color.pixels[i + c] = gray.picture.color.pixels[i];
    const Image result = paint({packed({gray})}, {}).result.picture.color;
    for (std::size_t i = 0; i < result.pixels.size(); i += 3)
        ASSERT_NEAR(result.pixels[i], result.pixels[i + 2], 1e-3);
}

TEST(MakeStylePack, PaintsManyPicturesAsOne) {
    Inputs styles;
    styles.styles = {packed({painting(200, 150, 2)})};
    Session session(model(), styles, with({}));
    for (const Size size : {Size{150, 100}, Size{100, 150}, Size{150, 100}}) {
        Inputs inputs = styles;
        inputs.content = make_picture(size.width, size.height, 5);
        EXPECT_EQ(
            session.stylize(make_picture(size.width, size.height, 5), {}).picture.color.pixels,
            stylize(model(), inputs, with({}), {}).picture.color.pixels);
    }
}

TEST(MakeStylePack, IsRefusedWhereThePaintingIsNeeded) {
    const StyleInput pack = packed({painting(100, 80, 2)});
    const auto refusal = [&](const StyleInput& style, const Settings& settings) {
        return test::refusal([&] { stylize(model(), inputs_of({style}), with(settings), {}); });
    };
    StyleInput masked = pack;
    masked.style_mask = make_mask(50, 40, 0.5);
    EXPECT_TRUE(contains(refusal(masked, {}), "leave --style-mask out"));
    EXPECT_TRUE(contains(refusal(pack, {{"parts", "auto"}}), "leave --parts"));
    ManieraOptions by_default = with({});
    maniera_option_unset(&by_default, "parts");
    EXPECT_EQ(test::refusal([&] { stylize(model(), inputs_of({pack}), by_default, {}); }),
              "accepted");
    EXPECT_TRUE(contains(refusal(pack, {{"colors", "match"}}), "take --colors content"));
    EXPECT_TRUE(contains(refusal(pack, {{"init", "style"}}), "leave --init style out"));
    EXPECT_TRUE(contains(refusal(pack, {{"objective", "gatys"}}),
                         "was made with --objective painterly, and this run has gatys"));
    EXPECT_TRUE(contains(refusal(pack, {{"pooling", "average"}}), "--pooling average"));
    EXPECT_TRUE(
        contains(refusal(pack, {{"style-layers", "relu1_1,relu3_2"}}), "has no layer relu3_2"));
    EXPECT_TRUE(contains(test::refusal([&] { make_style_pack(model(), {pack}, with({}), 512); }),
                         "is a style pack already"));
    Model other = model();
    other.manifest.sha256 = std::string(64, 'b');
    const auto with_other = [&] { stylize(other, inputs_of({pack}), with({}), {}); };
    EXPECT_TRUE(contains(test::refusal(with_other), "was made with other weights"));
    EXPECT_TRUE(contains(test::refusal([&] {
                             measure(other, make_picture(64, 64, 1), inputs_of({pack}), with({}));
                         }),
                         "was made with other weights"));
    // A stranger may say that a layer has other channels than the network's.
    StylePack wrong = *pack.pack;
    wrong.layers[0].channels += 1;
    StyleInput style;
    style.pack = std::make_shared<StylePack>(wrong);
    EXPECT_TRUE(contains(refusal(style, {}), "has not the model's layer"));
}

} // namespace
} // namespace maniera
