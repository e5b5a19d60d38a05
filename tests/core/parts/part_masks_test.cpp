// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/parts/part_masks.h"

#include <gtest/gtest.h>

#include <cmath>

namespace maniera {
namespace {

constexpr int width = 96, height = 64;

// Two clusters side by side on a grid of 12x8 cells of 8 px; the cells' border is at x = 48.
std::vector<Image> halves(int dark_from) {
    Clusters clusters;
    clusters.count = 2;
    clusters.centers = {1, 0, 0, 1};
    std::vector<float> positions;
    for (int i = 0; i < 12 * 8; ++i) {
        const bool left = i % 12 < 6;
        positions.push_back(left ? 1 : 0);
        positions.push_back(left ? 0 : 1);
    }
    Image picture(width, height, 3);
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x)
            for (int c = 0; c < 3; ++c)
                picture.at(x, y)[c] = x < dark_from ? 0.9f : 0.1f;
    return part_masks(clusters, positions, {12, 8}, picture);
}

TEST(PartMasks, AreSharesInStepsThatSumToOne) {
    const std::vector<Image> masks = halves(48);
    ASSERT_EQ(masks.size(), 2u);
    int clean = 0;
    for (std::size_t i = 0; i < masks[0].pixels.size(); ++i) {
        const double a = 255.0 * masks[0].pixels[i], b = 255.0 * masks[1].pixels[i];
        EXPECT_NEAR(a, std::round(a), 1e-4);
        EXPECT_NEAR(a + b, 255, 1e-4);
        clean += a == 0 || b == 0;
    }
    EXPECT_GT(clean, width * height * 3 / 4); // a part costs what it covers
    EXPECT_EQ(*masks[0].at(2, 30), 1);
    EXPECT_EQ(*masks[1].at(width - 3, 30), 1);
}

// Deep features know to two cells where a part ends, the picture to a pixel.
TEST(PartMasks, EndAtThePicturesEdges) {
    for (const int edge : {36, 45, 48, 59}) {
        SCOPED_TRACE(edge);
        const std::vector<Image> masks = halves(edge);
        EXPECT_GT(*masks[0].at(edge - 1, 30), 0.9f);
        EXPECT_LT(*masks[0].at(edge, 30), 0.1f);
    }
}

} // namespace
} // namespace maniera
