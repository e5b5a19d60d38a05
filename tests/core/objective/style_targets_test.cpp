// SPDX-License-Identifier: GPL-3.0-or-later
// What is kept of styles' targets, and of how many directions. What they are else is
// objective_test's.

#include "core/objective/style_targets.h"

#include "tests/support/pictures.h"
#include "tests/support/settings.h"
#include "tests/support/tiny_model.h"

#include <ATen/ops/rand.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

namespace maniera {
namespace {

// Of so many float64 numbers.
StyleTargets targets_of(int numbers) {
    RegionTarget target;
    target.seconds.push_back(at::zeros({numbers}, at::kDouble));
    return {{target}};
}

// Asks for targets by their key, and tells whether they had to be made.
bool made(StyleTargetCache& cache, const std::string& key, int numbers = 10) {
    bool made = false;
    const auto got = cache.get(key, [&] {
        made = true;
        return targets_of(numbers);
    });
    EXPECT_EQ(got->at(0).at(0).seconds.at(0).numel(), numbers);
    return made;
}

TermOptions terms_of(const test::Settings& settings) {
    return term_options(resolve(test::repeatable("1", settings)), SqrtMethod::eigen);
}

TEST(StyleTargets, OfPartsHaveHalfOfTheDirectionsUnlessTheyAreAskedFor) {
    EXPECT_EQ(terms_of({}).wasserstein_rank, 128);
    EXPECT_EQ(terms_of({}).wasserstein_rank_of_parts, 64);
    EXPECT_EQ(terms_of({{"wasserstein-rank", "100"}}).wasserstein_rank_of_parts, 100);
    TermOptions terms = terms_of({{"style-layers", "relu3_1"}});
    terms.wasserstein_rank = 6;
    terms.wasserstein_rank_of_parts = 3;
    NetworkConfig config;
    config.taps = {"relu3_1"};
    const Network network(test::make_tiny_model(), config);
    const Image half = test::make_mask(64, 48, 0.5);
    std::vector<Region> regions;
    for (const int part : {Region::no_part, 0, Region::rest})
        regions.push_back({{}, {0}, {1}, part});
    const StyleTargets targets =
        pass_over_styles(network, terms, regions, {{at::rand({1, 3, 48, 64}), {}, {half, half}}}, 0)
            .targets;
    std::vector<std::int64_t> directions;
    for (const RegionTarget& target : targets.at(0))
        directions.push_back(target.wassersteins.at(0).vectors.size(1));
    EXPECT_EQ(directions, (std::vector<std::int64_t>{6, 3, 3}));
}

TEST(StyleTargetCache, MakesEachOnce) {
    StyleTargetCache cache(1000);
    EXPECT_TRUE(made(cache, "a", 10));
    EXPECT_TRUE(made(cache, "b", 20));
    EXPECT_FALSE(made(cache, "a", 10));
    EXPECT_FALSE(made(cache, "b", 20));
    EXPECT_EQ(cache.bytes(), 240u);
}

TEST(StyleTargetCache, ForgetsWhatWasNotUsedForLongest) {
    StyleTargetCache cache(240); // three of them
    for (const char* key : {"a", "b", "c", "a", "d"})
        made(cache, key);
    EXPECT_EQ(cache.bytes(), 240u);
    EXPECT_FALSE(made(cache, "a"));
    EXPECT_FALSE(made(cache, "c"));
    EXPECT_FALSE(made(cache, "d"));
    EXPECT_TRUE(made(cache, "b"));
}

TEST(StyleTargetCache, KeepsNothingWithoutAKeyOrRoom) {
    StyleTargetCache cache(100);
    made(cache, "small");
    for (int i = 0; i < 2; ++i) {
        EXPECT_TRUE(made(cache, ""));
        EXPECT_TRUE(made(cache, "large", 13));
    }
    EXPECT_EQ(cache.bytes(), 80u); // what has no room drives nothing out
    EXPECT_FALSE(made(cache, "small"));
    StyleTargetCache none(0);
    EXPECT_TRUE(made(none, "a"));
    EXPECT_TRUE(made(none, "a"));
}

} // namespace
} // namespace maniera
