// SPDX-License-Identifier: GPL-3.0-or-later
// Against OpenCV and from files: row_source_test.cpp.

#include "core/image/resampling.h"

#include "tests/support/pictures.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

namespace maniera {
namespace {

Image resampled(const Image& picture, Size to, int strip) {
    const Size from{picture.width, picture.height};
    Resampling resampling(from, picture.channels, to, {0, to.height});
    const Span wanted = resampling.wanted();
    for (int row = wanted.begin; row < wanted.end; row += strip) {
        const int rows = std::min(strip, wanted.end - row);
        resampling.add({picture.at(0, row), picture.width, rows, picture.channels}, row);
    }
    return resampling.result();
}

TEST(InterpolatedRow, WeighsFourRowsThatSumToOne) {
    for (const auto& [from, to] : {std::pair{10, 25}, {1, 7}, {3, 4}, {100, 101}})
        for (int row = 0; row < to; ++row) {
            const RowSum sum = interpolated_row(row, from, to);
            EXPECT_GE(sum.first, 0);
            EXPECT_LE(sum.end(), from);
            EXPECT_LE(sum.weights.size(), 4u);
            EXPECT_NEAR(std::accumulate(sum.weights.begin(), sum.weights.end(), 0.0), 1, 1e-6)
                << row << " of " << to << " from " << from;
        }
}

TEST(InterpolatedRow, TakesARowAsItIsWhereTheSizeStays) {
    const RowSum sum = interpolated_row(5, 10, 10);
    for (int row = sum.first; row < sum.end(); ++row)
        EXPECT_EQ(sum.weights[static_cast<std::size_t>(row - sum.first)], row == 5 ? 1 : 0) << row;
}

TEST(Resampling, AveragesWhatItShrinks) {
    Image picture(2, 4, 1);
    picture.pixels = {0, 0.5, 1, 0.5, 0.25, 0.25, 0.75, 0.75};
    const Image half = resampled(picture, {1, 2}, 4);
    ASSERT_EQ(half.pixels.size(), 2u);
    EXPECT_FLOAT_EQ(half.pixels[0], 0.5);
    EXPECT_FLOAT_EQ(half.pixels[1], 0.5);
}

// Cubic interpolation overshoots beside an edge; a picture's values do not.
TEST(Resampling, StaysWithinAPicturesValues) {
    const Image large = resampled(test::make_mask(16, 16, 0.5), {61, 61}, 16);
    EXPECT_EQ(*std::min_element(large.pixels.begin(), large.pixels.end()), 0);
    EXPECT_EQ(*std::max_element(large.pixels.begin(), large.pixels.end()), 1);
}

TEST(Resampling, HasTheSameBitsHoweverThePictureIsCut) {
    const Image picture = test::make_noise(37, 53, 3, 1);
    for (const Size to : {Size{20, 30}, {80, 90}, {80, 30}, {20, 90}}) {
        const Image whole = resampled(picture, to, 53);
        for (const int strip : {1, 2, 7, 52})
            EXPECT_EQ(resampled(picture, to, strip).pixels, whole.pixels)
                << to.width << "x" << to.height << " in strips of " << strip;
    }
}

} // namespace
} // namespace maniera
