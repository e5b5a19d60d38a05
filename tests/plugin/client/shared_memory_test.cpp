// SPDX-License-Identifier: GPL-3.0-or-later
// The memory that both ends see.
#include "tests/plugin/talk.h"

#include <gtest/gtest.h>

#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace maniera::test {
namespace {

class SharedMemoryTest : public testing::Test {
protected:
    void SetUp() override { ASSERT_TRUE(shared_memory_open(&memory_, nullptr)); }
    void TearDown() override {
        shared_memory_close(&memory_);
        shared_memory_close(&memory_); // twice is no fault
        EXPECT_EQ(memory_.fd, -1);
    }
    gint64 file_size() const {
        struct stat status;
        fstat(memory_.fd, &status);
        return status.st_size;
    }
    SharedMemory memory_;
};

TEST_F(SharedMemoryTest, PartsAreApartOnPagesAndZero) {
    const gint64 page = sysconf(_SC_PAGESIZE);
    const gint64 first = shared_memory_reserve(&memory_, 1, nullptr);
    const gint64 second = shared_memory_reserve(&memory_, page + 1, nullptr);
    const gint64 third = shared_memory_reserve(&memory_, 5, nullptr);
    EXPECT_EQ(first, 0);
    EXPECT_EQ(second, page);
    EXPECT_EQ(third, 3 * page);
    EXPECT_GE(file_size(), third + 5);
    auto* part = static_cast<char*>(shared_memory_map(&memory_, second, page + 1, nullptr));
    ASSERT_NE(part, nullptr);
    for (gint64 i = 0; i <= page; ++i)
        ASSERT_EQ(part[i], 0);
    std::memset(part, 7, page + 1);
    auto* again = static_cast<char*>(shared_memory_map(&memory_, second, page + 1, nullptr));
    EXPECT_EQ(again[page], 7);
    shared_memory_unmap(again, page + 1);
    shared_memory_unmap(part, page + 1);
    auto* other = static_cast<char*>(shared_memory_map(&memory_, third, 5, nullptr));
    EXPECT_EQ(other[0], 0);
    shared_memory_unmap(other, 5);
    shared_memory_unmap(nullptr, 5);
}

TEST_F(SharedMemoryTest, IsReallyAllocated) {
    ASSERT_EQ(shared_memory_reserve(&memory_, 8 << 20, nullptr), 0);
    struct stat status;
    fstat(memory_.fd, &status);
    EXPECT_GE(status.st_blocks * 512, 8 << 20);
}

TEST_F(SharedMemoryTest, CannotBeShrunkByTheOtherEnd) {
    ASSERT_EQ(shared_memory_reserve(&memory_, 100, nullptr), 0);
    EXPECT_NE(ftruncate(memory_.fd, 0), 0);
    EXPECT_GE(file_size(), 100);
}

TEST_F(SharedMemoryTest, WhatTheSystemCannotGiveIsRefusedWithoutHarm) {
    for (const gint64 bytes : {gint64(1) << 50, G_MAXINT64, G_MAXINT64 - 1, G_MAXINT64 / 4 + 1,
                               gint64(-1), G_MININT64}) {
        g_autoptr(GError) error = nullptr;
        EXPECT_EQ(shared_memory_reserve(&memory_, bytes, &error), -1) << bytes;
        ASSERT_NE(error, nullptr);
        EXPECT_EQ(error->code, PAINT_ERROR_OUT_OF_MEMORY);
        EXPECT_EQ(file_size(), 0);
    }
    EXPECT_EQ(shared_memory_reserve(&memory_, 100, nullptr), 0);
}

TEST_F(SharedMemoryTest, PartsOutsideAreNotMapped) {
    ASSERT_EQ(shared_memory_reserve(&memory_, 100, nullptr), 0);
    const gint64 page = sysconf(_SC_PAGESIZE);
    const gint64 parts[][2] = {{0, page + 1}, {page, 1},       {-page, 10},       {0, 0},
                               {0, -1},       {G_MAXINT64, 1}, {page, G_MAXINT64}};
    for (const auto& part : parts) {
        g_autoptr(GError) error = nullptr;
        EXPECT_EQ(shared_memory_map(&memory_, part[0], part[1], &error), nullptr);
        ASSERT_NE(error, nullptr);
        EXPECT_EQ(error->code, PAINT_ERROR_OUT_OF_MEMORY);
    }
}

} // namespace
} // namespace maniera::test
