// SPDX-License-Identifier: GPL-3.0-or-later
// Several processes of the program that paint one picture, as a user of a cluster meets them, with
// a tiny model.

#include "helper/images/image_file.h"
#include "tests/support/launch.h"
#include "tests/support/networks.h"
#include "tests/support/pictures.h"
#include "tests/support/program.h"
#include "tests/support/refusal.h"
#include "tests/support/stranger.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <functional>
#include <memory>
#include <thread>

namespace maniera {
namespace {

using namespace std::chrono_literals;
using test::contains;
using test::make_picture;
using test::operator+;
using test::Outcome;
using test::Process;
using test::ScratchFolder;
using test::Words;
using Clock = std::chrono::steady_clock;

class RankProgram : public test::ProgramWithTinyModel {
protected:
    RankProgram() { save_inputs(103, 187); }

    Words stylize(const Words& more = {}) const {
        return Words{"stylize",     folder / "photo.tif",
                     "--style",     folder / "style.png",
                     "--model",     "tiny",
                     "--threads",   "1",
                     "--precision", "fp32",
                     "--tile",      "48",
                     "-o",          results / "out.tif"} +
               more;
    }

    using Change = std::function<void(int rank, Words& words, Words& environment)>;
    void start(int count, const Words& words, const Change& change = {}) {
        running.clear();
        const int port = test::free_port();
        for (int rank = 0; rank < count; ++rank) {
            Words own = Words{MANIERA_PROGRAM} + words;
            Words with = environment() + test::torchrun_environment(rank, count, port) +
                         Words{"MANIERA_TIMEOUT=60"};
            if (change)
                change(rank, own, with);
            running.push_back(std::make_unique<Process>(own, with));
        }
    }
    std::vector<Outcome> wait() {
        std::vector<Outcome> outcomes;
        for (const auto& process : running)
            outcomes.push_back(process->wait());
        return outcomes;
    }
    std::vector<Outcome> run(int count, const Words& words, const Change& change = {}) {
        start(count, words, change);
        return wait();
    }

    // Until a run of many steps has left a checkpoint.
    void wait_for_checkpoint() const {
        const auto end = Clock::now() + 60s;
        while (!std::filesystem::exists(results / "run")) {
            ASSERT_LT(Clock::now(), end) << "there was no checkpoint";
            std::this_thread::sleep_for(10ms);
        }
    }

    // All end in the same way, with the same sentence; it names what is asked.
    static void expect_refusal(const std::vector<Outcome>& outcomes, int code, const Words& parts) {
        for (const Outcome& outcome : outcomes) {
            EXPECT_EQ(outcome.code, code) << outcome.err;
            for (const std::string& part : parts)
                EXPECT_TRUE(contains(outcome.err, part)) << outcome.err;
            EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
        }
    }

    static double off(const std::string& a, const std::string& b) {
        return test::rms_difference(load_picture(a).picture.color, load_picture(b).picture.color);
    }
    void expect_picture_of_one_process(const Words& words) const {
        const Outcome one = maniera(words + Words{"-o", folder / "one.tif"});
        ASSERT_EQ(one.code, 0) << one.err;
        EXPECT_LE(off(results / "out.tif", folder / "one.tif"), 1e-3);
    }

    ScratchFolder results;
    std::vector<std::unique_ptr<Process>> running; // by rank
};

// Each makes the noise that it begins with.
TEST_F(RankProgram, MakesTheTextureOfOneProcess) {
    const Words words = {"texture", folder / "style.png", "--size", "64x100"};
    const Words how = {"--model", "tiny", "--threads",    "1", "--precision", "fp32",
                       "--tile",  "48",   "--iterations", "2", "-o",          results / "out.tif"};
    for (const Outcome& outcome : run(3, words + how))
        EXPECT_EQ(outcome.code, 0) << outcome.err;
    expect_picture_of_one_process(words + how);
    const auto change = [](int rank, Words& own, Words&) {
        if (rank == 1)
            own.insert(own.end(), {"--size", "100x64"});
    };
    expect_refusal(run(2, words + how, change), 2, {"rank 1", "another \"size\""});
}

TEST_F(RankProgram, PaintsThePictureOfOneProcess) {
    for (const Words& more : {Words{"--mask", folder / "mask.png"}, Words{"--size", "255"},
                              Words{"--preview", folder / "preview.png", "--preview-interval",
                                    "0.1", "--init", folder / "style.png"}}) {
        const Words words = stylize(more + Words{"--iterations", "4"});
        for (const Outcome& outcome : run(3, words)) {
            EXPECT_EQ(outcome.code, 0) << outcome.err;
            EXPECT_EQ(outcome.err, "");
            EXPECT_EQ(outcome.out, "");
        }
        EXPECT_EQ(results.names(), std::vector<std::string>{"out.tif"});
        expect_picture_of_one_process(words);
    }
    const Image preview = load_picture(folder / "preview.png").picture.color;
    EXPECT_EQ(preview.height, 187);
}

// Each process on a machine of its own, over a slow link where the kernel can make one.
TEST_F(RankProgram, PaintsAcrossMachines) {
    test::Networks networks(3);
    if (!networks.missing().empty())
        GTEST_SKIP() << networks.missing();
    if (const std::string why = networks.slow_down(); !why.empty())
        std::printf("the link is not slow: %s\n", why.c_str());
    const Words words = stylize({"--iterations", "3"});
    for (const Outcome& outcome : run(3, words, [&](int rank, Words&own, Words&with) {
             own = networks.on(rank, own);
             with.push_back("MASTER_ADDR=" + networks.address(0));
         }))
        EXPECT_EQ(outcome.code, 0) << outcome.err;
    expect_picture_of_one_process(words);
}

TEST_F(RankProgram, RefusesARankThatIsUnlikeTheFirst) {
    const std::vector<Outcome> other_seed = run(3, stylize(), [](int rank, Words& words, Words&) {
        if (rank == 1)
            words = words + Words{"--seed", "5"};
    });
    expect_refusal(other_seed, 2, {"(rank 1)", "\"seed\"", "same command"});
    EXPECT_TRUE(results.names().empty());
    // The same name, of another picture.
    if (test::run({"unshare", "--mount", "true"}).code != 0)
        GTEST_SKIP() << "only root may give a process files of its own";
    save_picture(make_picture(90, 131, 7), {}, folder / "other.png");
    const std::vector<Outcome> other_file = run(3, stylize(), [&](int rank, Words& words, Words&) {
        if (rank == 2)
            words = Words{"unshare",
                          "--mount",
                          "sh",
                          "-c",
                          "mount --bind \"$0\" \"$1\"; shift; exec \"$@\"",
                          folder / "other.png",
                          folder / "style.png"} +
                    words;
    });
    expect_refusal(other_file, 2, {"(rank 2)", "another " + (folder / "style.png")});
    EXPECT_TRUE(results.names().empty());
}

TEST_F(RankProgram, RefusesForAllWhatTheFirstCannotDo) {
    const std::vector<Outcome> outcomes = run(3, stylize({"-o", results / "none/out.tif"}));
    EXPECT_EQ(outcomes[0].code, 2);
    EXPECT_TRUE(contains(outcomes[0].err, "none")) << outcomes[0].err;
    for (const int rank : {1, 2})
        EXPECT_TRUE(contains(outcomes[rank].err, "rank 0")) << outcomes[rank].err;
    // What only one process can paint.
    Picture picture = make_picture(90, 70, 4);
    picture.alpha = test::make_mask(90, 70, 0.5);
    save_picture(picture, {}, folder / "clear.png");
    const Words words = {
        "stylize", folder / "clear.png", "--style", folder / "style.png", "--model", "tiny",
        "-o",      results / "out.png"};
    for (const Outcome& outcome : run(2, words)) {
        EXPECT_EQ(outcome.code,
                  outcome.code == 1 ? 1 : 3); // the one that saw it first, and the other
        EXPECT_TRUE(contains(outcome.err, "transparent")) << outcome.err;
    }
    EXPECT_TRUE(results.names().empty());
}

// A dead rank ends all at once, a hung one within the time limit; other processes go on.
TEST_F(RankProgram, LosesARankAndGoesOnWithOthers) {
    const Words words = stylize({"--iterations", "16", "--checkpoint", results / "run"});
    for (const int number : {SIGKILL, SIGSTOP}) {
        start(3, words + Words{"--checkpoint-interval", "0.1"},
              [](int, Words&, Words& with) { with.push_back("MANIERA_TIMEOUT=8"); });
        wait_for_checkpoint();
        const auto lost = Clock::now();
        running[1]->signal(number);
        std::vector<Outcome> outcomes;
        for (const int rank : {0, 2})
            outcomes.push_back(running[rank]->wait());
        EXPECT_LT(Clock::now() - lost, 20s);
        running.clear();
        for (Outcome& outcome : outcomes) // after what it says of the checkpoint
            outcome.err.erase(0, outcome.err.rfind("maniera:"));
        expect_refusal(outcomes, 1, {"rank 1"});
        EXPECT_EQ(outcomes[0].err, outcomes[1].err);
        EXPECT_EQ(results.names(), std::vector<std::string>{"run"});
        const int others = number == SIGKILL ? 2 : 1;
        for (const Outcome& outcome :
             others == 2 ? run(2, {"resume", results / "run"})
                         : std::vector<Outcome>{maniera({"resume", results / "run"})})
            EXPECT_EQ(outcome.code, 0) << outcome.err;
        EXPECT_EQ(results.names(), std::vector<std::string>{"out.tif"});
        std::filesystem::rename(results / "out.tif", folder / std::to_string(others));
    }
    const Outcome one = maniera(stylize({"--iterations", "16", "-o", folder / "one.tif"}));
    EXPECT_EQ(one.code, 0);
    for (const char* other : {"1", "2"})
        EXPECT_LE(off(folder / other, folder / "one.tif"), 2e-3);
}

// Whoever is asked to stop, all do, with the best picture so far.
TEST_F(RankProgram, EndsInSentencesWhereAStrangerHoldsUpTheMeeting) {
    const int port = test::free_port();
    const auto begin = [&](int rank) {
        running.push_back(std::make_unique<Process>(Words{MANIERA_PROGRAM} + stylize(),
                                                    environment() +
                                                        test::torchrun_environment(rank, 2, port) +
                                                        Words{"MANIERA_TIMEOUT=5"}));
    };
    begin(0);
    const auto end = Clock::now() + 60s;
    std::unique_ptr<test::Stranger> half; // of a request, while the other rank is still on its way
    while ((!half || !half->said()) && Clock::now() < end) {
        half = std::make_unique<test::Stranger>(port, std::string(3, '\0'));
        std::this_thread::sleep_for(10ms);
    }
    begin(1);
    for (const Outcome& outcome : wait()) {
        EXPECT_EQ(outcome.code, 1) << outcome.err;
        EXPECT_EQ(outcome.err.rfind("maniera: ", 0), 0u) << outcome.err;
        EXPECT_FALSE(contains(outcome.err, "terminate")) << outcome.err;
    }
}

TEST_F(RankProgram, StopsTogether) {
    start(3, stylize({"--iterations", "400", "--checkpoint", results / "run",
                      "--checkpoint-interval", "0.1"}));
    wait_for_checkpoint();
    running[2]->signal(SIGTERM);
    const std::vector<Outcome> outcomes = wait();
    EXPECT_EQ(outcomes[2].code, 128 + SIGTERM) << outcomes[2].err;
    for (const int rank : {0, 1})
        EXPECT_EQ(outcomes[rank].code, 0) << outcomes[rank].err;
    EXPECT_EQ(load_picture(results / "out.tif").picture.color.height, 187);
    EXPECT_EQ(results.names(), (std::vector<std::string>{"out.tif", "run"}));
}

} // namespace
} // namespace maniera
