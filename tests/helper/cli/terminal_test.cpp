// SPDX-License-Identifier: GPL-3.0-or-later

#include "helper/cli/terminal.h"

#include "tests/support/refusal.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <unistd.h>

namespace maniera {
namespace {

TEST(ProgressLine, IsALineEveryTenSecondsInALog) {
    if (isatty(STDERR_FILENO))
        GTEST_SKIP() << "standard error is a terminal";
    testing::internal::CaptureStderr();
    {
        ProgressLine line("3/9  ");
        Progress progress;
        progress.scales = progress.steps = 1;
        for (int second = 0; second <= 25; ++second) {
            progress.seconds = second;
            line.show(progress);
        }
        line.clear();
    }
    const std::string log = testing::internal::GetCapturedStderr();
    EXPECT_EQ(std::count(log.begin(), log.end(), '\n'), 2) << log;
    EXPECT_EQ(log.rfind("3/9  ", 0), 0u) << log;
    EXPECT_FALSE(test::contains(log, "\r") || test::contains(log, "\033")) << log;
}

} // namespace
} // namespace maniera
