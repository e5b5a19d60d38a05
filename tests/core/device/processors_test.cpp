// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/device/processors.h"

#include "tests/support/process.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <sched.h>
#include <thread>

namespace maniera {
namespace {

namespace fs = std::filesystem;

// The control groups of a machine that does not exist, for this process.
class Groups : public testing::Test {
protected:
    void belong_to(const std::string& lines) const { write("proc/self/cgroup", lines); }
    void write(const std::string& name, const std::string& text) const {
        fs::create_directories(fs::path(root / name).parent_path());
        test::write_text(root / name, text);
    }
    int seen() const { return usable_processors(root.path().string()); }

    test::ScratchFolder root;
    const int all = usable_processors(root.path().string()); // by the affinity alone
};

TEST_F(Groups, LimitByTheirQuotaOfVersion2) {
    belong_to("0::/slice/job\n");
    write("sys/fs/cgroup/slice/job/cpu.max", "max 100000\n");
    EXPECT_EQ(seen(), all);
    write("sys/fs/cgroup/slice/job/cpu.max", "100000 100000\n");
    EXPECT_EQ(seen(), 1);
    write("sys/fs/cgroup/slice/job/cpu.max", "20000 100000\n");
    EXPECT_EQ(seen(), 1); // a fifth of one
    write("sys/fs/cgroup/slice/job/cpu.max", "150000 100000\n");
    EXPECT_EQ(seen(), std::min(all, 2));
    write("sys/fs/cgroup/slice/cpu.max", "50000 100000\n"); // the one above
    EXPECT_EQ(seen(), 1);
}

TEST_F(Groups, LimitByTheirQuotaOfVersion1) {
    belong_to("7:memory:/job\n4:cpu,cpuacct:/job\n");
    write("sys/fs/cgroup/cpu/job/cpu.cfs_period_us", "100000\n");
    write("sys/fs/cgroup/cpu/job/cpu.cfs_quota_us", "-1\n");
    EXPECT_EQ(seen(), all);
    write("sys/fs/cgroup/cpu/job/cpu.cfs_quota_us", "90000\n");
    EXPECT_EQ(seen(), 1);
}

TEST_F(Groups, ThatSayNothingLimitNothing) {
    belong_to("0::/\nnonsense\n5:cpu:\n");
    write("sys/fs/cgroup/cpu.max", "0 0\n");
    EXPECT_EQ(seen(), all);
    write("sys/fs/cgroup/cpu.max", "nan -3\n");
    EXPECT_EQ(seen(), all);
}

TEST(Processors, AreThoseThatThisProcessMayRunOn) {
    cpu_set_t before, one;
    ASSERT_EQ(sched_getaffinity(0, sizeof before, &before), 0);
    int first = 0;
    while (!CPU_ISSET(first, &before))
        ++first;
    CPU_ZERO(&one);
    CPU_SET(first, &one);
    ASSERT_EQ(sched_setaffinity(0, sizeof one, &one), 0);
    EXPECT_EQ(usable_processors(), 1);
    EXPECT_EQ(usable_threads(), 1);
    ASSERT_EQ(sched_setaffinity(0, sizeof before, &before), 0);
    EXPECT_LE(usable_processors(), CPU_COUNT(&before));
}

TEST(Processors, AreSharedByRanksAndLimitedByWhoeverStarts) {
    const int all = usable_processors();
    EXPECT_EQ(usable_threads(), all);
    EXPECT_EQ(usable_threads(2), std::max(1, all / 2));
    EXPECT_EQ(usable_threads(1000000), 1);
    limit_threads(1);
    EXPECT_EQ(usable_threads(), 1);
    limit_threads(1000000); // which makes no more processors
    EXPECT_EQ(usable_threads(), all);
    limit_threads(0);
    EXPECT_EQ(usable_threads(), all);
}

} // namespace
} // namespace maniera
