// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/base/file_io.h"

#include "tests/support/process.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

namespace maniera {
namespace {

class FileIo : public testing::Test {
protected:
    FileIo() : descriptor_(open((folder_ / "file").c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600)) {}
    ~FileIo() override { close(descriptor_); }

    test::ScratchFolder folder_;
    int descriptor_;
};

TEST_F(FileIo, ReadsWhatWasWrittenAtAnyPlace) {
    ASSERT_EQ(write_all(descriptor_, 1000, "painting", 8), 0);
    ASSERT_EQ(write_all(descriptor_, 0, "photo", 5), 0);
    char bytes[8] = {};
    ASSERT_EQ(read_all(descriptor_, 1000, bytes, 8), 0);
    EXPECT_EQ(std::string(bytes, 8), "painting");
    ASSERT_EQ(read_all(descriptor_, 3, bytes, 3), 0);
    EXPECT_EQ(std::string(bytes, 3), std::string("to\0", 3)); // nothing was written between them
}

TEST_F(FileIo, LeavesTheFilesOwnPositionAlone) {
    ASSERT_EQ(write_all(descriptor_, 10, "abc", 3), 0);
    EXPECT_EQ(lseek(descriptor_, 0, SEEK_CUR), 0);
}

TEST_F(FileIo, TellsThatAFileEndsTooSoon) {
    ASSERT_EQ(write_all(descriptor_, 0, "abc", 3), 0);
    char bytes[4] = {};
    EXPECT_EQ(read_all(descriptor_, 0, bytes, 4), EIO);
    EXPECT_EQ(read_all(descriptor_, 3, bytes, 0), 0);
}

TEST_F(FileIo, TellsWhatTheSystemSays) {
    char byte = 0;
    EXPECT_EQ(write_all(-1, 0, &byte, 1), EBADF);
    EXPECT_EQ(read_all(-1, 0, &byte, 1), EBADF);
}

// The system writes what still fits and says so: the rest is tried, and then the limit is told.
TEST_F(FileIo, TellsALimitThatCutsAWriteShort) {
    rlimit before;
    ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
    const auto handler = std::signal(SIGXFSZ, SIG_IGN);
    const rlimit small{100, before.rlim_max};
    ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
    const std::string bytes(150, 'x');
    const int failed = write_all(descriptor_, 0, bytes.data(), bytes.size());
    setrlimit(RLIMIT_FSIZE, &before);
    std::signal(SIGXFSZ, handler);
    EXPECT_EQ(failed, EFBIG);
    EXPECT_TRUE(is_of_space(failed));
    EXPECT_EQ(lseek(descriptor_, 0, SEEK_END), 100);
}

TEST(ReadText, ReadsAllOrAsMuchAsWasAskedAndOneMore) {
    const test::ScratchFolder folder;
    const std::string path = folder / "text", text = std::string(40000, 'x') + '\0' + "end";
    test::write_text(path, text);
    EXPECT_EQ(read_text(path), text);
    EXPECT_EQ(read_text(path, text.size()), text);
    EXPECT_EQ(read_text(path, 20000), text.substr(0, 20001));
    EXPECT_EQ(read_text(path, 0), "x");
    test::write_text(path, "");
    EXPECT_EQ(read_text(path), "");
}

TEST(ReadText, IsNothingWhereAFileOpensButCannotBeRead) {
    const test::ScratchFolder folder;
    EXPECT_EQ(read_text(folder / "missing"), std::nullopt);
    EXPECT_EQ(read_text(folder.path().string()), std::nullopt);
    EXPECT_EQ(read_text("/proc/self/mem"), std::nullopt); // as a disk that fails
}

TEST(IsOfSpace, KnowsAFullDiskFromABrokenOne) {
    EXPECT_TRUE(is_of_space(ENOSPC));
    EXPECT_TRUE(is_of_space(EDQUOT));
    EXPECT_FALSE(is_of_space(EIO));
    EXPECT_FALSE(is_of_space(0));
}

} // namespace
} // namespace maniera
