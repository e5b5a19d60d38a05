// SPDX-License-Identifier: GPL-3.0-or-later
// What is kept of styles' targets. What they are is objective_test's.

#include "core/objective/style_targets.h"

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
