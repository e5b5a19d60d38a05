// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/objective/regions.h"

#include "tests/support/pictures.h"

#include <gtest/gtest.h>

namespace maniera {
namespace {

constexpr int width = 10, height = 4;

Image level(float value) {
    Image image(width, height, 1);
    std::fill(image.pixels.begin(), image.pixels.end(), value);
    return image;
}

TEST(Regions, WithoutMasksThereIsOneOfAllStyles) {
    const RegionPlan plan = plan_regions(convention_of(MANIERA_OBJECTIVE_PAINTERLY), width, height,
                                         {{{}, 1}, {{}, 3}}, {});
    ASSERT_EQ(plan.regions.size(), 1u);
    EXPECT_TRUE(plan.regions[0].weights.empty());
    EXPECT_TRUE(plan.coverage.empty());
    EXPECT_EQ(plan.regions[0].factors, (std::vector<double>{0.25, 0.75}));
}

TEST(Regions, TheStyleWithoutAMaskTakesTheRest) {
    const Image mask = test::make_mask(width, height, 0.5, 0.4);
    const RegionPlan plan = plan_regions(convention_of(MANIERA_OBJECTIVE_PAINTERLY), width, height,
                                         {{mask, 2}, {{}, 5}}, {});
    ASSERT_EQ(plan.regions.size(), 2u);
    EXPECT_EQ(plan.regions[0].factors, (std::vector<double>{2})); // a region's own, not shared
    EXPECT_EQ(plan.regions[1].factors, (std::vector<double>{1}));
    for (std::size_t i = 0; i < mask.pixels.size(); ++i)
        EXPECT_FLOAT_EQ(plan.regions[1].weights.pixels[i], 1 - mask.pixels[i]);
    EXPECT_TRUE(plan.coverage.empty());
}

TEST(Regions, OverlapsBeyondOneAreDivided) {
    const Image a = level(0.9f), b = level(0.6f);
    const RegionPlan plan = plan_regions(convention_of(MANIERA_OBJECTIVE_PAINTERLY), width, height,
                                         {{a, 1}, {b, 1}, {{}, 1}}, {});
    ASSERT_EQ(plan.regions.size(), 3u);
    EXPECT_FLOAT_EQ(plan.regions[0].weights.pixels[7], 0.6f);
    EXPECT_FLOAT_EQ(plan.regions[1].weights.pixels[7], 0.4f);
    EXPECT_FLOAT_EQ(plan.regions[2].weights.pixels[7], 0);
}

TEST(Regions, CoverageIsWhereAnyMaskIs) {
    const Image a = test::make_mask(width, height, 0.3), b = level(0.25f);
    const RegionPlan plan = plan_regions(convention_of(MANIERA_OBJECTIVE_PAINTERLY), width, height,
                                         {{a, 1}, {b, 1}}, {});
    EXPECT_FLOAT_EQ(*plan.coverage.at(0, 0), 1);
    EXPECT_FLOAT_EQ(*plan.coverage.at(9, 0), 0.25f);
}

TEST(Regions, AreCutByTheirPartsAndWhatTheseLeave) {
    const Image a = level(0.25f), b = level(0.5f);
    const RegionPlan plan = plan_regions(convention_of(MANIERA_OBJECTIVE_PAINTERLY), width, height,
                                         {{{}, 1}, {{}, 3}}, {});
    const std::vector<Region> regions =
        split_regions(plan.regions, width, height, {{a, {true, true}}, {b, {false, true}}});
    ASSERT_EQ(regions.size(), 3u);
    EXPECT_EQ(regions[0].part, 0);
    EXPECT_EQ(regions[0].styles, (std::vector<std::size_t>{0, 1}));
    EXPECT_EQ(regions[0].factors, (std::vector<double>{0.25, 0.75}));
    EXPECT_EQ(regions[1].part, 1);
    EXPECT_EQ(regions[1].styles, (std::vector<std::size_t>{1}));
    EXPECT_EQ(regions[1].factors, (std::vector<double>{1}));
    EXPECT_EQ(regions[2].part, Region::rest);
    EXPECT_EQ(regions[2].styles, (std::vector<std::size_t>{0, 1}));
    EXPECT_FLOAT_EQ(regions[0].weights.pixels[7], 0.25f);
    EXPECT_FLOAT_EQ(regions[1].weights.pixels[7], 0.5f);
    EXPECT_FLOAT_EQ(regions[2].weights.pixels[7], 0.25f);
}

// Parts painted over by hand may overlap, and rounding leaves next to nothing: that is nothing.
TEST(Regions, PartsThatOverlapAreDivided) {
    const Image a = level(1), b = level(0.6f), little = level(0.999f);
    const RegionPlan plan =
        plan_regions(convention_of(MANIERA_OBJECTIVE_PAINTERLY), width, height, {{{}, 1}}, {});
    const std::vector<Region> over =
        split_regions(plan.regions, width, height, {{a, {true}}, {b, {true}}});
    EXPECT_FLOAT_EQ(over[0].weights.pixels[7], 0.625f);
    EXPECT_FLOAT_EQ(over[1].weights.pixels[7], 0.375f);
    EXPECT_EQ(over[2].weights.pixels[7], 0);
    EXPECT_EQ(split_regions(plan.regions, width, height, {{little, {true}}})[1].weights.pixels[7],
              0);
}

// The masks that a person gave stay the borders of everything.
TEST(Regions, NoPartCrossesAMask) {
    const Image mask = test::make_mask(width, height, 0.5), all = level(1);
    const RegionPlan plan = plan_regions(convention_of(MANIERA_OBJECTIVE_PAINTERLY), width, height,
                                         {{mask, 2}, {{}, 5}}, {});
    // Found in the second style alone: the masked one's region is as it was.
    const std::vector<Region> other =
        split_regions(plan.regions, width, height, {{all, {false, true}}});
    ASSERT_EQ(other.size(), 3u);
    EXPECT_EQ(other[0].part, Region::no_part);
    EXPECT_EQ(other[0].weights.pixels, mask.pixels);
    for (std::size_t i = 0; i < mask.pixels.size(); ++i)
        EXPECT_EQ(other[1].weights.pixels[i], 1 - mask.pixels[i]);
    // In both: each region is cut for itself.
    const std::vector<Region> both =
        split_regions(plan.regions, width, height, {{all, {true, true}}});
    ASSERT_EQ(both.size(), 4u);
    EXPECT_EQ(both[0].factors, (std::vector<double>{2}));
    EXPECT_EQ(both[0].weights.pixels, mask.pixels);
    EXPECT_EQ(both[0].styles, (std::vector<std::size_t>{0}));
    EXPECT_EQ(both[2].styles, (std::vector<std::size_t>{1}));
}

TEST(Regions, GatysUsesMasksAsGiven) {
    const Image a = level(0.9f), b = level(0.6f);
    const RegionPlan plan = plan_regions(convention_of(MANIERA_OBJECTIVE_GATYS), width, height,
                                         {{a, 1}, {b, 2}, {{}, 1}}, {});
    ASSERT_EQ(plan.regions.size(), 3u);
    EXPECT_FLOAT_EQ(plan.regions[0].weights.pixels[7], 0.9f);
    EXPECT_FLOAT_EQ(plan.regions[1].weights.pixels[7], 0.6f);
    EXPECT_TRUE(plan.regions[2].weights.empty()); // acts on the whole picture
    EXPECT_EQ(plan.regions[0].factors, (std::vector<double>{0.25}));
    EXPECT_EQ(plan.regions[1].factors, (std::vector<double>{0.5}));
}

TEST(Regions, AlphaMultipliesEveryRegion) {
    const Image alpha = level(0.5f), mask = level(0.8f);
    const RegionPlan plan = plan_regions(convention_of(MANIERA_OBJECTIVE_PAINTERLY), width, height,
                                         {{mask, 1}, {{}, 1}}, alpha);
    EXPECT_FLOAT_EQ(plan.regions[0].weights.pixels[3], 0.4f);
    EXPECT_FLOAT_EQ(plan.regions[1].weights.pixels[3], 0.1f);
    const RegionPlan one =
        plan_regions(convention_of(MANIERA_OBJECTIVE_PAINTERLY), width, height, {{{}, 1}}, alpha);
    EXPECT_FLOAT_EQ(one.regions[0].weights.pixels[3], 0.5f);
}

TEST(Regions, WeightsAreAveragedOncePerPool) {
    Image weights(5, 3, 1);
    for (std::size_t i = 0; i < weights.pixels.size(); ++i)
        weights.pixels[i] = static_cast<float>(i);
    const at::Tensor same = reduce_weights(weights, 0, at::kCPU).flatten();
    EXPECT_EQ(same.numel(), 15);
    EXPECT_FLOAT_EQ(same[7].item<float>(), 7);
    const at::Tensor reduced = reduce_weights(weights, 1, at::kCPU);
    EXPECT_EQ(reduced.sizes(), (std::vector<std::int64_t>{1, 1, 1, 2})); // an odd row drops out
    const at::Tensor once = reduced.flatten();
    ASSERT_EQ(once.numel(), 2);
    EXPECT_FLOAT_EQ(once[0].item<float>(), (0 + 1 + 5 + 6) / 4.0f);
    EXPECT_FLOAT_EQ(once[1].item<float>(), (2 + 3 + 7 + 8) / 4.0f);
}

} // namespace
} // namespace maniera
