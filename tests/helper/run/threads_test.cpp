// SPDX-License-Identifier: GPL-3.0-or-later

#include "helper/run/threads.h"

#include <gtest/gtest.h>

namespace maniera {
namespace {

TEST(ThreadsInTheEnvironment, AreThoseOfTheOutermostLevel) {
    EXPECT_EQ(threads_in_environment("3"), 3);
    EXPECT_EQ(threads_in_environment(" 4,2,1"), 4);
    EXPECT_EQ(threads_in_environment("5 "), 5);
}

TEST(ThreadsInTheEnvironment, AreNoLimitWhereTheyAreNoNumber) {
    for (const char* none : {"", "0", "-2", "many", "3x", "99999999999999999999", ","})
        EXPECT_EQ(threads_in_environment(none), 0) << none;
    EXPECT_EQ(threads_in_environment(nullptr), 0);
}

} // namespace
} // namespace maniera
