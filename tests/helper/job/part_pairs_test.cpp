// SPDX-License-Identifier: GPL-3.0-or-later
// Parts that a person sent to other counterparts, or took out.

#include "helper/job/part_pairs.h"

#include "core/image/pyramid.h"
#include "core/stylize.h"
#include "tests/support/pictures.h"
#include "tests/support/settings.h"
#include "tests/support/tiny_model.h"
#include "tests/support/two_textures.h"

#include <gtest/gtest.h>

#include <cmath>

namespace maniera {
namespace {

Image gray(float value) {
    Image image(2, 2, 1);
    image.pixels.assign(4, value);
    return image;
}

// Parts whose masks say whose they are: 0.1 k in the content, 0.1 k + 0.01 s in style s.
PartPair part(int k, const std::vector<bool>& styles) {
    PartPair result{"part" + std::to_string(k), gray(0.1f * static_cast<float>(k)), {}};
    for (std::size_t s = 0; s < styles.size(); ++s)
        result.style_masks.push_back(
            styles[s] ? gray(0.1f * static_cast<float>(k) + 0.01f * static_cast<float>(s))
                      : Image());
    return result;
}

std::vector<JobStyle> styles_with_masks(const std::vector<bool>& masked) {
    std::vector<JobStyle> styles(masked.size());
    for (std::size_t s = 0; s < masked.size(); ++s)
        styles[s].mask.file = masked[s] ? "mask.png" : "";
    return styles;
}

float shade(const Image& image) { return image.empty() ? -1 : image.pixels[0]; }

class PartPairs : public testing::Test {
protected:
    std::vector<PartPair> make(const std::vector<PartPair>& found,
                               const std::vector<std::size_t>& counterparts,
                               const std::vector<bool>& masked) {
        remarks_.clear();
        return paired(found, counterparts, styles_with_masks(masked), remarks_);
    }
    std::vector<std::string> remarks_;
};

TEST_F(PartPairs, KeepTheirOwnCounterpartsOrTakeOthers) {
    const std::vector<PartPair> found = {part(1, {true, true}), part(2, {true, false}),
                                         part(3, {false, true})};
    const std::vector<PartPair> parts = make(found, {1, 3}, {false, false});
    ASSERT_EQ(parts.size(), 3u);
    EXPECT_EQ(remarks_, std::vector<std::string>());
    EXPECT_EQ(parts[1].name, "part2");
    EXPECT_FLOAT_EQ(shade(parts[1].mask), 0.2f);
    EXPECT_FLOAT_EQ(shade(parts[1].style_masks[0]), -1);
    EXPECT_FLOAT_EQ(shade(parts[1].style_masks[1]), 0.31f);
    for (const std::size_t own : {0u, 2u})
        for (std::size_t s = 0; s < 2; ++s)
            EXPECT_FLOAT_EQ(shade(parts[own].style_masks[s]), shade(found[own].style_masks[s]));
}

TEST_F(PartPairs, ThatAreOffLeaveAllOfTheStylesToTheRest) {
    const std::vector<PartPair> parts =
        make({part(1, {true, false, false}), part(2, {true, false, false})}, {1, 0},
             {false, false, true});
    ASSERT_EQ(parts.size(), 2u);
    EXPECT_EQ(parts[0].name, "part1");
    EXPECT_EQ(shade(parts[1].mask), 0);
    EXPECT_EQ(shade(parts[1].style_masks[0]), 1);
    EXPECT_EQ(shade(parts[1].style_masks[1]), 1);
    EXPECT_EQ(shade(parts[1].style_masks[2]), -1); // it acts elsewhere
}

TEST_F(PartPairs, NeverCrossAMask) {
    const std::vector<PartPair> found = {part(1, {true, false}), part(2, {false, true})};
    const std::vector<PartPair> parts = make(found, {2, 2}, {true, false});
    ASSERT_EQ(parts.size(), 2u);
    EXPECT_FLOAT_EQ(shade(parts[0].style_masks[0]), 0.1f);
    EXPECT_FLOAT_EQ(shade(parts[0].style_masks[1]), -1);
    ASSERT_EQ(remarks_.size(), 1u);
    EXPECT_EQ(remarks_[0], "Part 1 was to be painted like part 2, which lies in another style's "
                           "mask; it is painted like its own counterpart.");
}

TEST_F(PartPairs, ThatAreNotThereAreSaid) {
    const std::vector<PartPair> parts =
        make({part(1, {true}), part(2, {true})}, {3, 1, 0}, {false});
    ASSERT_EQ(parts.size(), 2u);
    EXPECT_FLOAT_EQ(shade(parts[0].style_masks[0]), 0.1f);
    EXPECT_FLOAT_EQ(shade(parts[1].style_masks[0]), 0.1f);
    ASSERT_EQ(remarks_.size(), 1u);
    EXPECT_EQ(remarks_[0], "Part 1 was to be painted like part 3, but there are 2; it is painted "
                           "like its own counterpart.");
}

bool left(double x, double) { return x < 0.4; }
bool below(double, double y) { return y > 0.5; }

// Striped at the left of the content; in the style stripes are red and below, checks blue.
class PaintedPairs : public testing::Test {
protected:
    static Inputs inputs() {
        Inputs inputs;
        inputs.content = test::make_two_textures(128, 96, left, 0.3f);
        inputs.styles.resize(1);
        inputs.styles[0].picture = test::make_two_textures(112, 112, below, 0.35f);
        return inputs;
    }

    Image paint(const std::vector<PartPair>& parts) const {
        Inputs with = inputs();
        Image& style = with.styles[0].picture.color;
        for (int y = 0; y < style.height; ++y)
            for (int x = 0; x < style.width; ++x)
                for (const int channel : {1, below(0, (y + 0.5) / style.height) ? 2 : 0})
                    style.at(x, y)[channel] *= 0.3f;
        with.parts = parts;
        return stylize(model_, std::move(with), test::repeatable("8", {{"match-parts", "off"}}), {})
            .picture.color;
    }

    std::vector<PartPair> pair(const std::vector<std::size_t>& counterparts) const {
        std::vector<std::string> remarks;
        return paired(found_, counterparts, styles_with_masks({false}), remarks);
    }

    // How much more red than blue there is where a part lies.
    double redness(const Image& painting, std::size_t part) const {
        const Image mask = resize(found_[part].mask, {painting.width, painting.height});
        double sum = 0, all = 0;
        for (std::size_t i = 0; i < mask.pixels.size(); ++i) {
            sum += mask.pixels[i] * (painting.pixels[3 * i] - painting.pixels[3 * i + 2]);
            all += mask.pixels[i];
        }
        return sum / all;
    }

    const Model model_ = test::make_tiny_model();
    const std::vector<PartPair> found_ =
        find_parts(model_, inputs(), test::repeatable("8", {{"parts", "2"}}));
};

TEST_F(PaintedPairs, TakeTheColorsOfWhatTheyWereSentTo) {
    ASSERT_EQ(found_.size(), 2u);
    const Image own = paint(pair({1, 2}));
    const std::size_t red = redness(own, 0) > redness(own, 1) ? 0 : 1, blue = 1 - red;
    EXPECT_GT(redness(own, red), redness(own, blue) + 0.2);
    const Image crossed = paint(pair({2, 1}));
    EXPECT_GT(redness(crossed, blue), redness(crossed, red) + 0.2);
    const Image alike = paint(pair({blue + 1, blue + 1}));
    EXPECT_NEAR(redness(alike, red), redness(own, blue), 0.1);
    EXPECT_NEAR(redness(alike, blue), redness(own, blue), 0.1);
}

TEST_F(PaintedPairs, ThatAreOffAreAsIfThereWereNone) {
    const Image whole = paint({}), off = paint(pair({0, 0}));
    EXPECT_LT(test::largest_difference(off, whole), 0.02);
    EXPECT_GT(test::largest_difference(paint(pair({1, 2})), whole), 0.1);
    // One of two has the colors of all of the style, which is half red and half blue.
    const double own = redness(paint(pair({1, 2})), 0), alone = redness(paint(pair({0, 2})), 0);
    EXPECT_GT(std::abs(own), 0.3);
    EXPECT_LT(std::abs(alone), 0.15);
}

} // namespace
} // namespace maniera
