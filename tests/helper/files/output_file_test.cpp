// SPDX-License-Identifier: GPL-3.0-or-later

#include "helper/files/output_file.h"

#include "core/error.h"
#include "tests/support/process.h"
#include "tests/support/refusal.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace maniera {
namespace {

namespace fs = std::filesystem;
using test::read_text;
using test::ScratchFolder;
using test::write_text;
using Words = std::vector<std::string>;

TEST(OutputFile, LeavesWriteProtectedFilesAndNamesThem) {
    const ScratchFolder folder;
    write_text(folder / "out.png", "kept");
    fs::create_symlink("out.png", folder / "link.png");
    chmod((folder / "out.png").c_str(), 0444);
    for (const char* name : {"out.png", "link.png"}) {
        const std::string said = test::refusal([&] { check_writable(folder / name); });
        EXPECT_TRUE(test::contains(said, "write-protected")) << said;
        EXPECT_TRUE(test::contains(said, folder / "out.png")) << said;
        EXPECT_FALSE(test::contains(said, "folder")) << said;
    }
    EXPECT_EQ(read_text(folder / "out.png"), "kept");
    EXPECT_EQ(folder.names(), (Words{"link.png", "out.png"}));
}

TEST(Folder, IsMadeWithThoseItLiesInOrRefusedByName) {
    const ScratchFolder folder;
    make_folder(folder / "a/b/c");
    make_folder(folder / "a/b/c"); // there already
    EXPECT_TRUE(fs::is_directory(folder / "a/b/c"));
    write_text(folder / "a/file", "kept");
    for (const char* name : {"a/file", "a/file/b"}) {
        const std::string said = test::refusal([&] { make_folder(folder / name); });
        EXPECT_TRUE(test::contains(said, "The folder " + (folder / name) + " cannot be made"))
            << said;
        EXPECT_TRUE(test::contains(said, "choose another output")) << said;
    }
    EXPECT_EQ(read_text(folder / "a/file"), "kept");
}

TEST(OutputFile, OfTwoProcessesOneIsTheFirstAtAName) {
    const ScratchFolder folder;
    constexpr int names = 10;
    const auto take_free_names = [&](const std::string& who) {
        for (int i = 0; i < names; ++i) {
            const std::string target = folder / ("out" + std::to_string(i));
            OutputFile file(target);
            write_text(file.path(), who);
            const bool first = file.commit_if([&] {
                const bool free = !fs::exists(target);
                usleep(3000);
                return free;
            });
            if (first)
                write_text(folder / (who + std::to_string(i)), "");
        }
    };
    const pid_t child = fork();
    if (child == 0) {
        take_free_names("child");
        _exit(0);
    }
    take_free_names("parent");
    waitpid(child, nullptr, 0);
    for (int i = 0; i < names; ++i) {
        const std::string number = std::to_string(i), who = read_text(folder / ("out" + number));
        EXPECT_TRUE(fs::exists(folder / (who + number))) << who;
        EXPECT_NE(fs::exists(folder / ("child" + number)), fs::exists(folder / ("parent" + number)))
            << number;
    }
    for (const std::string& name : folder.names())
        EXPECT_NE(name[0], '.') << name;
}

TEST(OutputFile, GoesThroughLinksAsFarAsTheyLead) {
    const ScratchFolder folder;
    fs::create_directory(folder / "far");
    fs::create_symlink("far/second.png", folder / "first.png");
    fs::create_symlink("result.png", folder / "far/second.png"); // of which there is none yet
    OutputFile file(folder / "first.png");
    write_text(file.path(), "painted");
    file.commit();
    EXPECT_EQ(read_text(folder / "far/result.png"), "painted");
    EXPECT_TRUE(fs::is_symlink(folder / "first.png"));
    fs::create_symlink("b.png", folder / "a.png");
    fs::create_symlink("a.png", folder / "b.png");
    EXPECT_TRUE(test::contains(test::refusal([&] { check_writable(folder / "a.png"); }), "circle"));
}

TEST(OutputFile, FollowsNoLinkOfOthersInAFolderOpenToAll) {
    if (geteuid() != 0)
        GTEST_SKIP() << "only root can make a link of another user's";
    const ScratchFolder folder;
    fs::create_directory(folder / "tmp");
    chmod((folder / "tmp").c_str(), 01777);
    write_text(folder / "mine.png", "mine");
    fs::create_symlink(folder / "mine.png", folder / "tmp/out.png");
    check_writable(folder / "tmp/out.png");
    ASSERT_EQ(lchown((folder / "tmp/out.png").c_str(), 65534, 65534), 0);
    const std::string said = test::refusal([&] { check_writable(folder / "tmp/out.png"); });
    EXPECT_TRUE(test::contains(said, "another user made")) << said;
}

TEST(OutputFile, AppearsWholeOrNotAtAll) {
    const ScratchFolder folder;
    write_text(folder / "out.png", "before");
    {
        const OutputFile file(folder / "out.png");
        write_text(file.path(), "half");
        EXPECT_EQ(fs::path(file.path()).extension(), ".png");
    }
    EXPECT_EQ(read_text(folder / "out.png"), "before");
    EXPECT_EQ(folder.names(), Words{"out.png"});
    OutputFile file(folder / "out.png");
    write_text(file.path(), "whole");
    file.commit();
    EXPECT_EQ(read_text(folder / "out.png"), "whole");
    EXPECT_EQ(folder.names(), Words{"out.png"});
}

TEST(OutputFile, TellsWhatWasLackingByItsErrorOrByWhatTheWriterSaid) {
    const ScratchFolder folder;
    const OutputFile file(folder / "a.png");
    const auto code = [&](int error, const std::string& said) {
        ErrorCode found = ErrorCode::internal;
        EXPECT_FALSE(test::refusal([&] { file.fail(error, said); }, &found).empty());
        return found;
    };
    EXPECT_EQ(code(ENOMEM, ""), ErrorCode::out_of_memory);
    EXPECT_EQ(code(0, "vips_tracked: out of memory --- size == 90MB;vips2png: unable to write"),
              ErrorCode::out_of_memory);
    for (const int error : {ENOSPC, EDQUOT, EFBIG})
        EXPECT_EQ(code(error, ""), ErrorCode::no_space) << error;
    EXPECT_EQ(code(0, "write: No space left on device"), ErrorCode::no_space);
    EXPECT_EQ(code(EIO, ""), ErrorCode::invalid_request);
    EXPECT_EQ(code(0, "unable to write"), ErrorCode::internal);
}

TEST(OutputFile, RemovesWhatEndedProcessesLeftAndNothingElse) {
    const ScratchFolder folder;
    const pid_t child = fork();
    if (child == 0) {
        new OutputFile(folder / "out.png");
        new OutputFile(folder / "no ending");
        _exit(0); // as after a kill
    }
    waitpid(child, nullptr, 0);
    ASSERT_EQ(folder.names().size(), 2u);

    const OutputFile alive(folder / "out.png");
    const std::string other_machine = folder / ".maniera-part-00000000-1-1-abcdef.png";
    const std::string long_dead = folder / ".maniera-part-00000000-1-1-ghijkl.png";
    for (const char* name : {".maniera-batch", ".maniera-part-notes.txt", "photo.png"})
        write_text(folder / name, "mine");
    fs::create_directory(folder / ".maniera-part-00000000-1-1-folder");
    for (const std::string& file : {other_machine, long_dead})
        write_text(file, "");
    fs::last_write_time(long_dead, fs::file_time_type::clock::now() - std::chrono::hours(25));

    remove_abandoned_files(folder / "out.png");
    Words left = {fs::path(alive.path()).filename().string(),
                  fs::path(other_machine).filename().string(),
                  ".maniera-batch",
                  ".maniera-part-notes.txt",
                  ".maniera-part-00000000-1-1-folder",
                  "photo.png"};
    std::sort(left.begin(), left.end());
    EXPECT_EQ(folder.names(), left);
}

} // namespace
} // namespace maniera
