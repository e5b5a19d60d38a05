// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/base/scratch_file.h"

#include "tests/support/process.h"
#include "tests/support/refusal.h"

#include <gtest/gtest.h>

#include <array>

namespace maniera {
namespace {

using test::contains;
using test::refusal;

TEST(ScratchFile, IsZeroUntilItIsWrittenTo) {
    const test::ScratchFolder folder;
    ScratchFile file(folder.path().string(), 1 << 20);
    std::array<char, 4> bytes = {1, 1, 1, 1};
    file.read((1 << 20) - 4, bytes.data(), 4);
    EXPECT_EQ(bytes, (std::array<char, 4>{}));
    file.write(5, "abcd", 4);
    file.read(6, bytes.data(), 4);
    EXPECT_EQ(bytes, (std::array<char, 4>{'b', 'c', 'd', 0}));
}

TEST(ScratchFile, HasNoName) {
    const test::ScratchFolder folder;
    const ScratchFile file(folder.path().string(), 4096);
    EXPECT_TRUE(folder.names().empty());
}

TEST(ScratchFile, EndsWhereItWasSaidTo) {
    const test::ScratchFolder folder;
    const ScratchFile file(folder.path().string(), 100);
    char bytes[8];
    ErrorCode code{};
    const std::string said = refusal([&] { file.read(96, bytes, 8); }, &code);
    EXPECT_EQ(code, ErrorCode::internal) << said;
}

TEST(ScratchFile, RefusesAFolderThatIsNotThere) {
    const test::ScratchFolder folder;
    ErrorCode code{};
    const std::string said = refusal([&] { ScratchFile(folder / "none", 4096); }, &code);
    EXPECT_EQ(code, ErrorCode::invalid_request);
    EXPECT_TRUE(contains(said, folder / "none")) << said;
}

// Before anything is painted, not when the disk is full after an hour.
TEST(ScratchFile, RefusesMoreThanADiskHolds) {
    const test::ScratchFolder folder;
    ErrorCode code{};
    const std::string said =
        refusal([&] { ScratchFile(folder.path().string(), std::int64_t{1} << 60); }, &code);
    EXPECT_EQ(code, ErrorCode::no_space);
    EXPECT_TRUE(contains(said, "--memory")) << said;
}

} // namespace
} // namespace maniera
