// SPDX-License-Identifier: GPL-3.0-or-later
// Clusters and their agreement against numbers worked out by hand.

#include "core/parts/part_clusters.h"

#include <gtest/gtest.h>

#include <cmath>

namespace maniera {
namespace {

// Unit vectors in the plane at these angles in degrees, all of the same weight.
Positions at_angles(const std::vector<double>& degrees) {
    Positions positions;
    positions.directions = 2;
    for (const double angle : degrees) {
        const double radians = angle * std::acos(-1.0) / 180;
        positions.values.push_back(static_cast<float>(std::cos(radians)));
        positions.values.push_back(static_cast<float>(std::sin(radians)));
        positions.weights.push_back(1 / static_cast<double>(degrees.size()));
    }
    return positions;
}

TEST(PartClusters, AreTheGroupsThatBothSidesHave) {
    const Clusters found = cluster(at_angles({0, 4, 90, 94, 92}), at_angles({-2, 88, 2, 0}), 2);
    const int right = found.content[0], up = 1 - right;
    EXPECT_EQ(found.content, (std::vector<int>{right, right, up, up, up}));
    EXPECT_EQ(found.style, (std::vector<int>{right, up, right, right}));
    // The mean of the unit vectors of a group, each side half of all: here 0 and 4 degrees weigh a
    // tenth each, -2, 2 and 0 an eighth.
    double x = 0, y = 0;
    for (const auto& [angle, weight] :
         {std::pair(0.0, 0.1), {4.0, 0.1}, {-2.0, 0.125}, {2.0, 0.125}, {0.0, 0.125}}) {
        x += weight * std::cos(angle * std::acos(-1.0) / 180);
        y += weight * std::sin(angle * std::acos(-1.0) / 180);
    }
    const float* center = &found.centers[2 * static_cast<std::size_t>(right)];
    EXPECT_NEAR(center[0], x / std::hypot(x, y), 1e-6);
    EXPECT_NEAR(center[1], y / std::hypot(x, y), 1e-6);
}

// Content: three of five in cluster 0; style: one of four. Nearest neighbors: two of the three of
// cluster 0 meet it, both of cluster 1 do; of the style all do but one.
TEST(PartClusters, AgreeAsWorkedOutByHand) {
    const std::vector<int> content = {0, 0, 0, 1, 1}, style = {0, 1, 1, 1};
    const Nearest nearest = {{0, 0, 1, 2, 3}, {1, 3, 4, 0}};
    const Agreement a = agreement_of(2, content, std::vector<double>(5, 0.2), style,
                                     std::vector<double>(4, 0.25), nearest);
    EXPECT_NEAR(a.content[0], 0.6, 1e-12);
    EXPECT_NEAR(a.style[0], 0.25, 1e-12);
    // By content: (0,0) .4, (0,1) .2, (1,1) .4. By style: (0,0) .25, (1,1) .5, (0,1) .25.
    const double chance0 = std::sqrt(0.6 * 0.25), chance1 = std::sqrt(0.4 * 0.75);
    EXPECT_NEAR(a.own[0], (std::sqrt(2.0 / 3) - chance0) / (1 - chance0), 1e-12);
    EXPECT_NEAR(a.own[1], (std::sqrt(2.0 / 3) - chance1) / (1 - chance1), 1e-12);
    const double observed = (0.8 + 0.75) / 2;
    const double expected = (0.6 * 0.4 + 0.4 * 0.6 + 0.25 * 0.5 + 0.75 * 0.5) / 2;
    EXPECT_NEAR(a.kappa, (observed - expected) / (1 - expected), 1e-12);
    // Joint: .325, .225, 0, .45.
    EXPECT_NEAR(a.information,
                0.325 * std::log(0.325 / (0.55 * 0.325)) +
                    0.225 * std::log(0.225 / (0.55 * 0.675)) +
                    0.45 * std::log(0.45 / (0.45 * 0.675)),
                1e-12);
}

TEST(PartClusters, AreKeptWhereBothSidesHaveEnoughOfThem) {
    Agreement a;
    a.content = {0.5, 0.03, 0.27, 0.2};
    a.style = {0.3, 0.3, 0.2, 0.2};
    a.own = {0.5, 0.9, 0.19, 0.2};
    EXPECT_EQ(kept_clusters(a), (std::vector<std::size_t>{0, 3}));
}

TEST(PartClusters, AreAsManyAsThePicturesHave) {
    const Positions content = at_angles({0, 3, 6, 120, 123, 126, 240, 243, 246});
    const Positions style = at_angles({1, 4, 121, 124, 241, 244});
    // Alike within each group, whichever of it.
    const Nearest nearest = {{1, 0, 0, 3, 2, 2, 5, 4, 4}, {2, 0, 5, 3, 8, 6}};
    EXPECT_EQ(choose_clusters(content, style, {nearest, nearest}, 0).count, 3u);
    EXPECT_EQ(choose_clusters(content, style, {nearest, nearest}, 2).count, 2u);
    // Neighbors that say nothing of the clusters: of all that is compared, or where what they show
    // is left.
    const Nearest random = {{2, 4, 0, 2, 0, 4, 0, 2, 4}, {3, 6, 0, 6, 3, 0}};
    EXPECT_EQ(choose_clusters(content, style, {random, nearest}, 0).count, 0u);
    EXPECT_EQ(choose_clusters(content, style, {nearest, random}, 0).count, 0u);
}

// Of three groups two are taken for each other.
TEST(PartClusters, AreJoinedWhereTheyAreTakenForEachOther) {
    const Positions content = at_angles({0, 3, 6, 120, 123, 126, 240, 243, 246});
    const Positions style = at_angles({1, 4, 121, 124, 241, 244});
    const Nearest nearest = {{1, 0, 0, 4, 5, 3, 2, 5, 3}, {2, 0, 7, 4, 3, 6}};
    const Clusters found = choose_clusters(content, style, {nearest, nearest}, 0);
    ASSERT_EQ(found.count, 2u);
    const int right = found.content[0], left = 1 - right;
    EXPECT_EQ(found.content,
              (std::vector<int>{right, right, right, left, left, left, left, left, left}));
    EXPECT_EQ(found.style, (std::vector<int>{right, right, left, left, left, left}));
    ASSERT_EQ(found.centers.size(), 2 * found.of_centers.size());
    for (std::size_t k = 0; k < found.of_centers.size(); ++k)
        EXPECT_EQ(found.of_centers[k], found.centers[2 * k] > 0.5 ? right : left);
}

} // namespace
} // namespace maniera
