// SPDX-License-Identifier: GPL-3.0-or-later
// Which of OpenBLAS's kernels is asked for, with a library whose kernels are as quick as a test
// says.

#include "tests/support/process.h"

#include <cstdlib>
#include <filesystem>
#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <vector>

namespace maniera::test {
namespace {

namespace fs = std::filesystem;

class BlasKernel : public testing::Test {
protected:
    BlasKernel() { unsetenv("OPENBLAS_CORETYPE"); } // install/test.sh sets it
    std::vector<std::string> environment(const std::string& times) const {
        return {"LD_LIBRARY_PATH=" + fs::path(MANIERA_FAKE_BLAS).parent_path().string(),
                "XDG_CACHE_HOME=" + cache, "MANIERA_FAKE_BLAS=" + times,
                "MANIERA_FAKE_BLAS_LOG=" + log};
    }
    std::string chosen(const std::string& times, const std::vector<std::string>& more = {}) const {
        std::vector<std::string> all = environment(times);
        all.insert(all.end(), more.begin(), more.end());
        const Outcome outcome = run({MANIERA_BLAS_KERNEL_PROGRAM}, all);
        EXPECT_EQ(outcome.code, 0) << outcome.err;
        EXPECT_EQ(outcome.err, "");
        return outcome.out;
    }
    bool has_measured() const { return fs::exists(log); }
    // The only one.
    std::string kept_file() const {
        std::vector<std::string> found;
        for (const auto& entry : fs::directory_iterator(cache + "/maniera"))
            found.push_back(entry.path().string());
        EXPECT_EQ(found.size(), 1u);
        return found.empty() ? "" : found.front();
    }

    ScratchFolder folder;
    const std::string cache = folder / "new/cache", log = folder / "log";
};

// OpenBLAS has other kernels for other processors.
#ifdef __x86_64__

TEST_F(BlasKernel, IsTheQuickest) {
    EXPECT_EQ(chosen("default=10 Haswell=7 SkylakeX=2 Zen=8"), "SkylakeX\n");
}

TEST_F(BlasKernel, StaysWhereAnotherIsHardlyQuicker) {
    EXPECT_EQ(chosen("default=8 Haswell=7.6 SkylakeX=7.5"), "its own\n");
}

TEST_F(BlasKernel, IsNoneThatTheProcessorCannotRun) {
    EXPECT_EQ(chosen("default=10 Haswell=4 SkylakeX=crash Cooperlake=crash"), "Haswell\n");
}

TEST_F(BlasKernel, IsMeasuredOnceForAll) {
    EXPECT_EQ(chosen("default=10 Haswell=2"), "Haswell\n");
    ASSERT_TRUE(has_measured());
    fs::remove(log);
    EXPECT_EQ(chosen("default=2 Haswell=10"), "Haswell\n");
    EXPECT_FALSE(has_measured());
}

TEST_F(BlasKernel, IsTheSameForProgramsThatStartAtOnce) {
    std::vector<std::unique_ptr<Process>> processes;
    for (int i = 0; i < 6; ++i) { // they find different ones
        const std::string times = i % 2 ? "default=8 Haswell=2" : "default=8 Zen=2";
        processes.push_back(std::make_unique<Process>(
            std::vector<std::string>{MANIERA_BLAS_KERNEL_PROGRAM}, environment(times)));
    }
    const std::string first = processes.front()->wait().out;
    EXPECT_TRUE(first == "Haswell\n" || first == "Zen\n") << first;
    for (const auto& process : processes)
        EXPECT_EQ(process->wait().out, first);
    EXPECT_EQ(read_text(kept_file()), first);
}

TEST_F(BlasKernel, IsMeasuredAgainWhereWhatWasKeptSaysNothing) {
    const std::string times = "default=10 Haswell=2";
    for (const char* torn : {"", "Hasw", "Pentium\n"}) {
        chosen(times);
        write_text(kept_file(), torn);
        EXPECT_EQ(chosen(times), "Haswell\n") << torn;
        EXPECT_EQ(read_text(kept_file()), "Haswell\n");
    }
}

#endif

TEST_F(BlasKernel, IsTheOneThatSomebodySet) {
    EXPECT_EQ(chosen("default=10 Haswell=2", {"OPENBLAS_CORETYPE=Zen"}), "Zen\n");
    EXPECT_FALSE(has_measured());
}

TEST_F(BlasKernel, IsOpenBlassOwnWhereNothingCanBeKept) {
    write_text(folder / "new", "a file where the cache's folder should be");
    EXPECT_EQ(chosen("default=10 Haswell=2"), "its own\n");
}

} // namespace
} // namespace maniera::test
