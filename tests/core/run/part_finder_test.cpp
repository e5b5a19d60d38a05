// SPDX-License-Identifier: GPL-3.0-or-later
// Parts from pictures to paintings.

#include "core/stylize.h"

#include "tests/support/pictures.h"
#include "tests/support/refusal.h"
#include "tests/support/settings.h"
#include "tests/support/tiny_model.h"
#include "tests/support/two_textures.h"

#include <ATen/Parallel.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <unistd.h>

namespace maniera {
namespace {

using test::Settings;

ManieraOptions with(const Settings& settings) { return test::repeatable("3", settings); }

bool left(double x, double) { return x < 0.4; }
bool below(double, double y) { return y > 0.5; }
bool right(double x, double) { return x > 0.5; }

// Striped at its left; the styles below and at their right.
Inputs pair(int styles = 1) {
    Inputs inputs;
    inputs.content = test::make_two_textures(192, 160, left, 0.3f);
    inputs.styles.resize(static_cast<std::size_t>(styles));
    inputs.styles[0].picture = test::make_two_textures(160, 176, below, 0.35f);
    if (styles > 1)
        inputs.styles[1].picture = test::make_two_textures(176, 160, right, 0.25f);
    return inputs;
}

// The share of a mask's weight that lies in a part of the picture.
double share_in(const Image& mask, bool (*inside)(double x, double y)) {
    double in = 0, all = 0;
    for (int y = 0; y < mask.height; ++y)
        for (int x = 0; x < mask.width; ++x) {
            all += *mask.at(x, y);
            if (inside((x + 0.5) / mask.width, (y + 0.5) / mask.height))
                in += *mask.at(x, y);
        }
    return in / all;
}

// Which of two parts is the striped one.
const PartPair& striped(const std::vector<PartPair>& parts) {
    return share_in(parts[0].mask, left) > share_in(parts[1].mask, left) ? parts[0] : parts[1];
}

void expect_equal(const std::vector<PartPair>& a, const std::vector<PartPair>& b) {
    ASSERT_EQ(a.size(), b.size());
    for (std::size_t i = 0; i < a.size(); ++i) {
        EXPECT_EQ(a[i].mask.pixels, b[i].mask.pixels);
        for (std::size_t s = 0; s < a[i].style_masks.size(); ++s)
            EXPECT_EQ(a[i].style_masks[s].pixels, b[i].style_masks[s].pixels);
    }
}

TEST(Parts, AreFoundWhereverTheyLie) {
    const std::vector<PartPair> parts =
        find_parts(test::make_tiny_model(), pair(2), with({{"parts", "2"}}));
    ASSERT_EQ(parts.size(), 2u);
    const PartPair& stripes = striped(parts);
    EXPECT_GT(share_in(stripes.mask, left), 0.75);
    ASSERT_EQ(stripes.style_masks.size(), 2u);
    EXPECT_GT(share_in(stripes.style_masks[0], below), 0.75);
    EXPECT_GT(share_in(stripes.style_masks[1], right), 0.75);
}

TEST(Parts, OfWhatLooksAlikeEverywhereLieAlike) {
    const auto nowhere = [](double, double) { return false; };
    Inputs inputs = pair();
    inputs.content = test::make_two_textures(192, 160, nowhere, 0.3f);
    inputs.styles[0].picture = test::make_two_textures(160, 176, nowhere, 0.35f);
    const std::vector<PartPair> parts =
        find_parts(test::make_tiny_model(), inputs, with({{"parts", "2"}}));
    ASSERT_EQ(parts.size(), 2u);
    const std::size_t lower = share_in(parts[0].mask, below) < 0.5 ? 1 : 0;
    EXPECT_GT(share_in(parts[lower].mask, below), 0.75);
    EXPECT_GT(share_in(parts[lower].style_masks[0], below), 0.75);
    EXPECT_LT(share_in(parts[1 - lower].mask, below), 0.25);
    EXPECT_LT(share_in(parts[1 - lower].style_masks[0], below), 0.25);
}

TEST(Parts, HaveTheSameBitsAtAnyNumberOfThreads) {
    const Model model = test::make_tiny_model();
    const std::vector<PartPair> one =
        find_parts(model, pair(2), with({{"parts", "3"}, {"threads", "1"}}));
    ASSERT_FALSE(one.empty());
    for (const char* threads : {"2", "3", "5"})
        expect_equal(one, find_parts(model, pair(2), with({{"parts", "3"}, {"threads", threads}})));
    EXPECT_EQ(at::get_num_threads(), 5); // as asked for: finding parts gives them back
}

TEST(Parts, AreNotLookedForAnyLongerWhenStopped) {
    const Model model = test::make_tiny_model();
    int asked = 0;
    const auto search = [&](int last) {
        asked = 0;
        return find_parts(model, pair(2), with({{"parts", "auto"}}),
                          [&] { return ++asked == last; });
    };
    search(0); // to its end
    const int often = asked;
    EXPECT_GT(often, 5);
    for (int last = 1; last <= often; ++last) {
        ErrorCode code = ErrorCode::internal;
        test::refusal([&] { search(last); }, &code);
        EXPECT_EQ(code, ErrorCode::stopped);
        EXPECT_EQ(asked, last);
    }
}

TEST(Parts, StayWithinTheMasksOfTheirStyles) {
    Inputs inputs = pair(2);
    inputs.styles[0].mask = test::make_mask(192, 160, 0.7);
    for (const PartPair& part : find_parts(test::make_tiny_model(), inputs, with({{"parts", "2"}})))
        EXPECT_NE(part.style_masks[0].empty(), part.style_masks[1].empty());
}

TEST(Parts, ThatHaveNoCounterpartAreDroppedAndNothingChanges) {
    const Model model = test::make_tiny_model();
    Inputs inputs = pair();
    inputs.content = test::make_two_textures(48, 33, left, 0.3f);
    inputs.styles[0].mask = test::make_mask(48, 33, 0.03); // too few places to say anything
    std::string said;
    const auto notice = [&](Notice, const std::string& text) { said += text; };
    const Result found = stylize(model, inputs, with({{"parts", "auto"}}), {}, nullptr, notice);
    EXPECT_NE(said.find("no parts in common"), std::string::npos) << said;
    EXPECT_EQ(found.picture.color.pixels,
              stylize(model, inputs, with({}), {}).picture.color.pixels);
}

// Nobody says anything of parts.
ManieraOptions by_default(const Settings& settings = {}) {
    ManieraOptions options = with(settings);
    maniera_option_unset(&options, "parts");
    return options;
}

TEST(Parts, AreFoundByDefaultWhereOnePaintingIsTheStyle) {
    const Model model = test::make_tiny_model();
    const auto painted = [&](const Inputs& inputs, const ManieraOptions& options) {
        return stylize(model, inputs, options, {}).picture.color.pixels;
    };
    const auto asked = with({{"parts", "auto"}}), off = with({});
    EXPECT_NE(painted(pair(), asked), painted(pair(), off));
    EXPECT_EQ(painted(pair(), by_default()), painted(pair(), asked));
    Inputs weightless = pair(2), masked = pair(), in_part = pair();
    weightless.styles[1].weight = 0;
    EXPECT_EQ(painted(weightless, by_default()), painted(pair(), asked));
    masked.styles[0].mask = test::make_mask(64, 48, 0.6);
    in_part.styles[0].style_mask = test::make_mask(64, 48, 0.6);
    for (const Inputs& inputs : {pair(2), masked, in_part})
        EXPECT_EQ(painted(inputs, by_default()), painted(inputs, off));
}

TEST(Parts, AreNotLookedForByDefaultWithAModelThatDoesNotTellThem) {
    Model model = test::make_tiny_model();
    auto& layers = model.manifest.layers;
    layers.erase(std::find(layers.begin(), layers.end(), "conv3_3"), layers.end());
    const Settings shallow{
        {"style-layers", "relu2_1"}, {"content-layers", "relu3_2"}, {"match-parts", "auto"}};
    const auto painted = [&](const ManieraOptions& options) {
        return stylize(model, pair(), options, {}).picture.color.pixels;
    };
    EXPECT_EQ(painted(by_default(shallow)), painted(with(shallow)));
    Settings asked = shallow;
    asked.emplace_back("parts", "auto");
    EXPECT_NE(test::refusal([&] { painted(with(asked)); }).find("leave --parts out"),
              std::string::npos);
}

// What other settings than those of the pictures' parts do not change is not looked for again, and
// what is recalled is what would be found.
TEST(Parts, OfTheSamePicturesAreRecalled) {
    const Model model = test::make_tiny_model();
    const auto painted = [&](const Inputs& inputs, const char* parts, const char* precision) {
        const ManieraOptions options = with({{"parts", parts}, {"precision", precision}});
        return stylize(model, inputs, options, {}).picture.color.pixels;
    };
    const auto by_own = [&](Inputs inputs, const char* parts, const char* precision) {
        inputs.parts =
            find_parts(model, inputs, with({{"parts", parts}, {"precision", precision}}));
        return painted(inputs, "off", precision);
    };
    Inputs first = pair(), other = pair(), masked = pair();
    other.styles[0].picture = test::make_two_textures(160, 176, right, 0.35f);
    masked.styles[0].style_mask = test::make_mask(160, 176, 0.7);
    const auto expect_own = [&](const Inputs& inputs, const char* parts,
                                const char* precision = "fp32") {
        EXPECT_EQ(painted(inputs, parts, precision), by_own(inputs, parts, precision));
    };
    for (int twice = 0; twice < 2; ++twice) {
        expect_own(first, "2");
        expect_own(first, "2", "bf16");
        expect_own(first, "3");
        expect_own(other, "2");
        expect_own(masked, "2");
    }
}

// A small copy, as for a quick look, is not taken for something simpler than its picture.
TEST(Parts, AreThoseOfASmallCopy) {
    const Model model = test::make_tiny_model();
    Inputs inputs = pair();
    const auto found = [&] { return find_parts(model, inputs, with({{"parts", "2"}})); };
    const std::vector<PartPair> large = found();
    ASSERT_EQ(large.size(), 2u);
    inputs.content = test::make_two_textures(96, 80, left, 0.3f);
    const std::vector<PartPair> small = found();
    ASSERT_EQ(small.size(), 2u);
    EXPECT_EQ(small[0].mask.width, large[0].mask.width);
    EXPECT_GT(share_in(striped(small).mask, left), 0.75);
}

// What the parts of one texture are painted like is in the painting's colors there.
TEST(Parts, ArePaintedLikeTheirCounterparts) {
    const Model model = test::make_tiny_model();
    Inputs inputs = pair();
    inputs.parts = find_parts(model, pair(), with({{"parts", "2"}}));
    const Image apart = stylize(model, inputs, with({}), {}).picture.color;
    const auto red = [](const Image& image, bool inside) {
        double sum = 0;
        int count = 0;
        for (int y = 0; y < image.height; ++y)
            for (int x = 0; x < image.width; ++x)
                if (left((x + 0.5) / image.width, 0) == inside) {
                    sum += image.at(x, y)[0] - image.at(x, y)[2];
                    ++count;
                }
        return sum / count;
    };
    // In the style the stripes are red, and the rest is blue.
    EXPECT_GT(red(apart, true), 0.15);
    EXPECT_LT(red(apart, false), -0.15);
    // Their counterparts exchanged.
    std::swap(inputs.parts[0].style_masks, inputs.parts[1].style_masks);
    const Image exchanged = stylize(model, inputs, with({}), {}).picture.color;
    EXPECT_LT(red(exchanged, true), red(apart, true) - 0.2);
    EXPECT_GT(red(exchanged, false), red(apart, false) + 0.2);
}

TEST(Parts, ArePaintedAlikeInTiles) {
    const Model model = test::make_tiny_model();
    for (const int styles : {1, 2}) {
        const Image whole = stylize(model, pair(styles), with({{"parts", "2"}}), {}).picture.color;
        const Image tiled =
            stylize(model, pair(styles), with({{"parts", "2"}, {"tile", "64"}}), {}).picture.color;
        EXPECT_LT(test::mean_difference(whole, tiled), 1e-3);
        EXPECT_GT(
            test::mean_difference(whole, stylize(model, pair(styles), with({}), {}).picture.color),
            5e-3);
    }
}

TEST(Parts, AreThoseOfEachPictureOfASession) {
    const Model model = test::make_tiny_model();
    const ManieraOptions options = with({{"parts", "2"}});
    Inputs styles = pair(2);
    styles.content = PictureSource();
    Session session(model, styles, options);
    for (const auto inside : {left, below, left}) {
        const Picture content = test::make_two_textures(192, 160, inside, 0.3f);
        Inputs inputs = pair(2);
        inputs.content = content;
        EXPECT_EQ(session.stylize(content, {}).picture.color.pixels,
                  stylize(model, inputs, options, {}).picture.color.pixels);
    }
}

TEST(Parts, AreTheSameAfterAStop) {
    const Model model = test::make_tiny_model();
    const ManieraOptions options = with({{"parts", "2"}, {"iterations", "4"}});
    const Image one = stylize(model, pair(), options, {}).picture.color;
    const std::string path = "/tmp/maniera-parts-" + std::to_string(getpid());
    std::fclose(std::fopen(path.c_str(), "w"));
    int steps = 0;
    stylize(model, pair(), options, [&](const Progress& progress) {
        if (++steps < 3)
            return true;
        CheckpointWriter writer(path);
        progress.save(writer);
        writer.finish();
        return false;
    });
    {
        const CheckpointReader reader(path);
        EXPECT_EQ(stylize(model, pair(), options, {}, &reader).picture.color.pixels, one.pixels);
    }
    std::remove(path.c_str());
}

} // namespace
} // namespace maniera
