// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/run/found_parts.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace maniera {
namespace {

TEST(FoundParts, AreSearchedOnceWhileTheyAreAmongTheLastFew) {
    FoundParts last;
    int searches = 0;
    const auto get = [&](const std::string& key) {
        return last
            .get(key,
                 [&] {
                     ++searches;
                     return std::vector<PartPair>{{"part of " + key, {}, {}}};
                 })
            .at(0)
            .name;
    };
    EXPECT_EQ(get("a"), "part of a");
    EXPECT_EQ(get("b"), "part of b");
    EXPECT_EQ(get("a"), "part of a");
    EXPECT_EQ(searches, 2);
    for (const char* key : {"c", "d", "e"})
        get(key);
    EXPECT_EQ(get("b"), "part of b"); // still there
    EXPECT_EQ(searches, 5);
    EXPECT_EQ(get("a"), "part of a"); // gone
    EXPECT_EQ(searches, 6);
}

TEST(FoundParts, NoneIsAnAnswerAndAnErrorIsNot) {
    FoundParts last;
    int searches = 0;
    const auto none = [&] {
        ++searches;
        return std::vector<PartPair>();
    };
    EXPECT_THROW(last.get("a", []() -> std::vector<PartPair> { throw std::runtime_error("no"); }),
                 std::runtime_error);
    EXPECT_TRUE(last.get("a", none).empty());
    EXPECT_TRUE(last.get("a", none).empty());
    EXPECT_EQ(searches, 1);
}

} // namespace
} // namespace maniera
