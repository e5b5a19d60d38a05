// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/parts/part_masks.h"

#include <gtest/gtest.h>

#include <cmath>
#include <utility>

namespace maniera {
namespace {

constexpr int width = 96, height = 64;

// Two clusters on a grid of 12x8 cells of 8 px: each column of cells is of one, and each column of
// pixels is light or dark.
template <typename Cell, typename Pixel>
std::vector<Image> masks_of(const Cell& is_first, const Pixel& is_light) {
    Clusters clusters;
    clusters.count = 2;
    clusters.centers = {1, 0, 0, 1};
    clusters.of_centers = {0, 1};
    std::vector<float> positions;
    for (int i = 0; i < 12 * 8; ++i) {
        positions.push_back(is_first(i % 12) ? 1 : 0);
        positions.push_back(is_first(i % 12) ? 0 : 1);
    }
    Image picture(width, height, 3);
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x)
            for (int c = 0; c < 3; ++c)
                picture.at(x, y)[c] = is_light(x) ? 0.9f : 0.1f;
    return part_masks(clusters, positions, {12, 8}, picture);
}

// Side by side; the cells' border is at x = 48.
std::vector<Image> halves(int dark_from) {
    return masks_of([](int column) { return column < 6; }, [&](int x) { return x < dark_from; });
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

// In which no cell is sure.
TEST(PartMasks, OfNarrowStripesFollowThem) {
    const std::vector<Image> masks =
        masks_of([](int column) { return column % 2 == 0; }, [](int x) { return x / 8 % 2 == 0; });
    for (int x = 4; x < width; x += 8)
        EXPECT_NEAR(*masks[0].at(x, 30), x / 8 % 2 == 0 ? 1 : 0, 0.2) << x;
}

// What is left and right of something else, and looks otherwise, is one part with two centers.
TEST(PartMasks, CoverWhatAllCentersOfAPartDo) {
    Clusters clusters;
    clusters.count = 2;
    clusters.centers = {1, 0, 0, 0, 1, 0, 0, 0, 1};
    clusters.of_centers = {0, 1, 0};
    std::vector<float> positions;
    for (int i = 0; i < 12 * 8; ++i)
        for (int center = 0; center < 3; ++center)
            positions.push_back(i % 12 / 4 == center ? 1 : 0);
    Image picture(width, height, 3);
    for (int y = 0; y < height; ++y)
        for (int x = width / 3; x < 2 * width / 3; ++x)
            picture.at(x, y)[1] = 1;
    const std::vector<Image> masks = part_masks(clusters, positions, {12, 8}, picture);
    ASSERT_EQ(masks.size(), 2u);
    for (const auto& [x, first] : {std::pair(3, 1), {width / 2, 0}, {width - 4, 1}})
        EXPECT_EQ(*masks[0].at(x, 30), first) << x;
}

} // namespace
} // namespace maniera
