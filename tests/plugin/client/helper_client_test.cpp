// SPDX-License-Identifier: GPL-3.0-or-later
// The client against a helper that lies, crashes, hangs and floods.
#include "tests/plugin/talk.h"
#include "tests/support/process.h"
#include "tests/support/refusal.h"

#include "helper/messages/protocol.h"

#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>
#include <sys/stat.h>
#include <unistd.h>

namespace maniera::test {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

// Every test begins and ends with the same descriptors and no child.
class HelperClientTest : public testing::Test {
protected:
    static void SetUpTestSuite() {
        // GLib's worker thread has descriptors of its own, from the first process on.
        const Client client = start_fake();
        ask(client.get(), MANIERA_METHOD_ESTIMATE, simple_job());
    }

    void SetUp() override { before_ = Traces::settled(); }
    void TearDown() override { expect_no_more_than(before_); }

private:
    Traces before_;
};

// What a painting by a helper in this mode is answered with.
Answer painting_by(const char* mode, double timeout = 20) {
    const Environment fake("MANIERA_FAKE", mode);
    const Client client = start_fake();
    helper_client_set_timeout(client.get(), timeout);
    Answer answer = ask(client.get(), MANIERA_METHOD_STYLIZE, simple_job());
    if (answer.code != -1 && answer.code != PAINT_ERROR_INTERNAL &&
        answer.code != PAINT_ERROR_OUT_OF_MEMORY) {
        // What ended the conversation answers later questions too.
        const Answer again = ask(client.get(), MANIERA_METHOD_ESTIMATE, simple_job(), 5);
        EXPECT_EQ(again.code, answer.code);
        EXPECT_EQ(again.message, answer.message);
    }
    return answer;
}

int pid_in(const std::string& log) {
    std::ifstream file(log);
    std::string word;
    int pid = -1;
    file >> word >> pid;
    return word == "start" ? pid : -1;
}

bool lives(int pid) { return kill(pid, 0) == 0; }

TEST_F(HelperClientTest, IsGreetedAndAnswered) {
    const Client client = start_fake();
    EXPECT_EQ(helper_client_hello(client.get()), nullptr);
    const Answer answer = ask(client.get(), MANIERA_METHOD_ESTIMATE, simple_job(640, 480));
    ASSERT_TRUE(answer.result) << answer.message;
    EXPECT_EQ(json_object_get_int_member(answer.result.get(), "width"), 640);
    JsonObject* hello = helper_client_hello(client.get());
    ASSERT_NE(hello, nullptr);
    EXPECT_STREQ(json_object_get_string_member(hello, "version"), "fake");
}

TEST_F(HelperClientTest, AnswersGoToTheirOwnQuestions) {
    Answer answers[50];
    const Client client = start_fake();
    for (int i = 0; i < 50; ++i)
        helper_client_call(client.get(), MANIERA_METHOD_ESTIMATE, simple_job(100 + i, 50),
                           Answer::take, &answers[i]);
    for (int i = 0; i < 50; ++i) {
        ASSERT_TRUE(wait_until([&] { return answers[i].came; }));
        ASSERT_TRUE(answers[i].result) << answers[i].message;
        EXPECT_EQ(json_object_get_int_member(answers[i].result.get(), "width"), 100 + i);
    }
}

TEST_F(HelperClientTest, SeesTheSharedMemoryAsDescriptorThree) {
    SharedMemory memory;
    ASSERT_TRUE(shared_memory_open(&memory, nullptr));
    const gint64 bytes = 64 * 48 * 3 * sizeof(float);
    ASSERT_EQ(shared_memory_reserve(&memory, bytes, nullptr), 0);
    auto* pixels = static_cast<float*>(shared_memory_map(&memory, 0, bytes, nullptr));
    for (int i = 0; i < 64 * 48 * 3; ++i)
        pixels[i] = static_cast<float>(i % 97) / 97;
    {
        const Environment fake("MANIERA_FAKE", "invert");
        const Client client = start_fake(memory.fd);
        const Answer answer = ask(client.get(), MANIERA_METHOD_STYLIZE, simple_job());
        ASSERT_TRUE(answer.result) << answer.message;
    }
    for (int i = 0; i < 64 * 48 * 3; ++i)
        ASSERT_FLOAT_EQ(pixels[i], 1 - static_cast<float>(i % 97) / 97);
    shared_memory_unmap(pixels, bytes);
    shared_memory_close(&memory);
}

TEST_F(HelperClientTest, ACrashIsNamedWithItsSignalAndTheLastTwentyLines) {
    const Answer answer = painting_by("crash");
    EXPECT_EQ(answer.code, PAINT_ERROR_HELPER_DIED);
    EXPECT_TRUE(contains(answer.message, "signal 11 (Segmentation fault)")) << answer.message;
    EXPECT_TRUE(contains(answer.message, "line 11\n")) << answer.message;
    EXPECT_FALSE(contains(answer.message, "line 10\n")) << answer.message;
    EXPECT_TRUE(contains(answer.message, "line 30")) << answer.message;
}

TEST_F(HelperClientTest, AKilledHelperSuggestsThatMemoryRanOut) {
    const Answer answer = painting_by("kill");
    EXPECT_EQ(answer.code, PAINT_ERROR_HELPER_DIED);
    EXPECT_TRUE(contains(answer.message, "signal 9 (Killed), as happens when memory"))
        << answer.message;
}

TEST_F(HelperClientTest, AHelperThatLeavesIsNamedWithItsStatusAndItsComplaint) {
    const Answer answer = painting_by("leave:42");
    EXPECT_EQ(answer.code, PAINT_ERROR_HELPER_DIED);
    EXPECT_TRUE(contains(answer.message, "ended with exit status 42")) << answer.message;
    EXPECT_TRUE(contains(answer.message, "I was told to leave")) << answer.message;
}

TEST_F(HelperClientTest, AHelperThatLeavesInTheMiddleOfALineHasLeft) {
    const Answer answer = painting_by("half");
    EXPECT_EQ(answer.code, PAINT_ERROR_HELPER_DIED);
    EXPECT_TRUE(contains(answer.message, "ended with exit status 0")) << answer.message;
}

TEST_F(HelperClientTest, AHelperThatCrashesBeforeItsFirstLineHasDied) {
    for (const char* moment : {"start", MANIERA_METHOD_HELLO}) {
        const Environment at("MANIERA_FAKE_AT", moment);
        EXPECT_EQ(painting_by("crash").code, PAINT_ERROR_HELPER_DIED) << moment;
    }
}

TEST_F(HelperClientTest, AHangingHelperIsSilentAndIsEnded) {
    const ScratchFolder folder;
    const Environment log("MANIERA_FAKE_LOG", (folder / "log").c_str());
    const auto start = Clock::now();
    const Answer answer = painting_by("hang", 0.4);
    EXPECT_EQ(answer.code, PAINT_ERROR_HELPER_SILENT);
    EXPECT_GT(seconds_since(start), 0.4);
    EXPECT_LT(seconds_since(start), 10);
    EXPECT_FALSE(lives(pid_in(folder / "log")));
}

TEST_F(HelperClientTest, BeforeItsFirstLineAHelperHasALongerTimeout) {
    const Environment at("MANIERA_FAKE_AT", "start");
    const auto start = Clock::now();
    EXPECT_EQ(painting_by("hang", 0.5).code, PAINT_ERROR_HELPER_SILENT);
    EXPECT_GT(seconds_since(start), 1.5);
}

TEST_F(HelperClientTest, SignsOfLifeAreEnough) {
    const Environment fake("MANIERA_FAKE", "mute");
    Answer answer;
    const Client client = start_fake();
    helper_client_set_timeout(client.get(), 3); // it says `alive` every two seconds
    helper_client_call(client.get(), MANIERA_METHOD_STYLIZE, simple_job(), Answer::take, &answer);
    run_main_loop(5);
    EXPECT_FALSE(answer.came) << answer.message;
}

TEST_F(HelperClientTest, ABusyPlugInDoesNotTakeItsHelperForDead) {
    const Environment fake("MANIERA_FAKE", "slow:3");
    Answer answer;
    const Client client = start_fake();
    helper_client_set_timeout(client.get(), 0.5);
    helper_client_call(client.get(), MANIERA_METHOD_STYLIZE, simple_job(), Answer::take, &answer);
    run_main_loop(1);
    g_usleep(G_USEC_PER_SEC); // as GIMP may keep us
    EXPECT_TRUE(wait_until([&] { return answer.came; }));
    EXPECT_EQ(answer.code, PAINT_ERROR_UNREADABLE_IMAGE) << answer.message; // no memory was given
}

TEST_F(HelperClientTest, WhatIsNoMessageIsAProtocolError) {
    for (const char* mode :
         {"babble", "array", "nested", "endless", "null-id", "unknown-id", "empty-answer"}) {
        const Answer answer = painting_by(mode);
        EXPECT_EQ(answer.code, PAINT_ERROR_PROTOCOL_ERROR) << mode << ": " << answer.message;
    }
}

TEST_F(HelperClientTest, AnEndlessLineTakesNoMoreThanItsLimit) {
    const auto resident = [] {
        std::ifstream file("/proc/self/statm");
        long size = 0, pages = 0;
        file >> size >> pages;
        return pages * sysconf(_SC_PAGESIZE);
    };
    const long before = resident();
    EXPECT_EQ(painting_by("endless").code, PAINT_ERROR_PROTOCOL_ERROR);
    EXPECT_LT(resident() - before, 32 << 20);
}

TEST_F(HelperClientTest, ASecondAnswerIsNotDelivered) {
    const Environment fake("MANIERA_FAKE", "twice");
    Answer first;
    const Client client = start_fake();
    helper_client_call(client.get(), MANIERA_METHOD_STYLIZE, simple_job(), Answer::take, &first);
    ASSERT_TRUE(wait_until([&] { return first.came; }));
    EXPECT_TRUE(first.result);
    run_main_loop(0.3);
    EXPECT_EQ(first.times, 1);
    EXPECT_EQ(ask(client.get(), MANIERA_METHOD_ESTIMATE, simple_job()).code,
              PAINT_ERROR_PROTOCOL_ERROR);
}

TEST_F(HelperClientTest, AFloodOnStandardErrorHoldsNothingUp) {
    const Environment fake("MANIERA_FAKE", "flood-stderr");
    const Client client = start_fake();
    EXPECT_EQ(ask(client.get(), MANIERA_METHOD_STYLIZE, simple_job()).code,
              PAINT_ERROR_UNREADABLE_IMAGE);
}

TEST_F(HelperClientTest, EveryNotificationOfAFloodIsHeard) {
    const Environment fake("MANIERA_FAKE", "flood-stdout");
    int logs = 0;
    const HelperListener listener = {[](const char* method, JsonObject*, gpointer data) {
        *static_cast<int*>(data) += std::string(method) == MANIERA_METHOD_LOG;
    }};
    const Client client = start_fake(-1, &listener, &logs);
    ask(client.get(), MANIERA_METHOD_STYLIZE, simple_job());
    EXPECT_EQ(logs, 20000);
}

TEST_F(HelperClientTest, ACloseOfTheOutputIsTheEnd) {
    const Answer answer = painting_by("closed");
    EXPECT_EQ(answer.code, PAINT_ERROR_HELPER_DIED);
    EXPECT_TRUE(contains(answer.message, "closed its output")) << answer.message;
}

TEST_F(HelperClientTest, AnotherProtocolIsRefusedWithItsOwnSentence) {
    for (const char* mode : {"other-protocol", "refuse-protocol"}) {
        const Answer answer = painting_by(mode);
        EXPECT_EQ(answer.code, PAINT_ERROR_PROTOCOL_MISMATCH) << mode;
        EXPECT_TRUE(contains(answer.message, "Install Maniera again")) << answer.message;
    }
}

TEST_F(HelperClientTest, TheHelpersErrorsKeepTheirCodesAndTheConversationGoesOn) {
    const Environment fake("MANIERA_FAKE", "error:out-of-memory");
    const Client client = start_fake();
    for (int i = 0; i < 2; ++i) {
        const Answer answer = ask(client.get(), MANIERA_METHOD_STYLIZE, simple_job());
        EXPECT_EQ(answer.code, PAINT_ERROR_OUT_OF_MEMORY);
        EXPECT_TRUE(contains(answer.message, "smaller size")) << answer.message;
    }
    EXPECT_EQ(painting_by("error:stopped").code, PAINT_ERROR_STOPPED);
    EXPECT_EQ(painting_by("error:of-another-version").code, PAINT_ERROR_INTERNAL);
}

TEST_F(HelperClientTest, AMessageLargerThanThePipeReachesTheHelper) {
    const Client client = start_fake();
    JsonObject* params = simple_job(320, 200);
    json_object_set_string_member(params, "ballast", std::string(900000, 'x').c_str());
    const Answer answer = ask(client.get(), MANIERA_METHOD_ESTIMATE, params);
    ASSERT_TRUE(answer.result) << answer.message;
    EXPECT_EQ(json_object_get_int_member(answer.result.get(), "width"), 320);
}

TEST_F(HelperClientTest, AMessageOverTheLinesLimitIsNotSent) {
    const Client client = start_fake();
    JsonObject* params = simple_job();
    json_object_set_string_member(params, "ballast", std::string(MANIERA_LINE_MAX, 'x').c_str());
    EXPECT_EQ(ask(client.get(), MANIERA_METHOD_ESTIMATE, params).code, PAINT_ERROR_INVALID_REQUEST);
    EXPECT_TRUE(ask(client.get(), MANIERA_METHOD_ESTIMATE, simple_job()).result);
}

TEST_F(HelperClientTest, ADeafHelperDoesNotBlockThePlugIn) {
    const Environment fake("MANIERA_FAKE", "deaf");
    Answer first, second;
    const Client client = start_fake();
    helper_client_call(client.get(), MANIERA_METHOD_STYLIZE, simple_job(), Answer::take, &first);
    run_main_loop(0.3);
    const auto start = Clock::now();
    JsonObject* params = simple_job();
    json_object_set_string_member(params, "ballast", std::string(900000, 'x').c_str());
    helper_client_call(client.get(), MANIERA_METHOD_STYLIZE, params, Answer::take, &second);
    run_main_loop(0.2);
    EXPECT_LT(seconds_since(start), 2);
    EXPECT_FALSE(second.came);
}

// The end

TEST_F(HelperClientTest, AFreedClientAnswersWhatIsOpenAndLeavesNoProcess) {
    for (const char* mode : {"echo", "slow:60", "mute", "hang", "slow-stop", "deaf", "closed"}) {
        const ScratchFolder folder;
        const Environment log("MANIERA_FAKE_LOG", (folder / "log").c_str());
        const Environment fake("MANIERA_FAKE", mode);
        Client client = start_fake();
        ask(client.get(), MANIERA_METHOD_ESTIMATE, simple_job());
        Answer open;
        helper_client_call(client.get(), MANIERA_METHOD_STYLIZE, simple_job(), Answer::take, &open);
        run_main_loop(0.1);
        const auto start = Clock::now();
        const bool answered = open.came;
        client.reset();
        EXPECT_LT(seconds_since(start), 2.5) << mode;
        EXPECT_FALSE(lives(pid_in(folder / "log"))) << mode;
        run_main_loop(0.02);
        EXPECT_EQ(open.times, 1) << mode;
        if (!answered) {
            EXPECT_EQ(open.code, PAINT_ERROR_STOPPED) << mode;
        }
    }
}

TEST_F(HelperClientTest, AHelperThatClosedItsInputEndsNoMoreThanItself) {
    // Writing to it raises SIGPIPE, which would end the plug-in.
    const ScratchFolder folder;
    const std::string script = folder / "maniera";
    write_text(script, "#!/bin/sh\nexec 0<&-\necho '{\"method\": \"alive\"}'\nexec sleep 20\n");
    chmod(script.c_str(), 0755);
    bool alive = false;
    const HelperListener listener = {
        [](const char*, JsonObject*, gpointer data) { *static_cast<bool*>(data) = true; }};
    Answer answer;
    const Client client(helper_client_new(script.c_str(), -1, &listener, &alive, nullptr));
    ASSERT_TRUE(wait_until([&] { return alive; }));
    helper_client_set_timeout(client.get(), 0.3);
    helper_client_call(client.get(), MANIERA_METHOD_ESTIMATE, simple_job(), Answer::take, &answer);
    ASSERT_TRUE(wait_until([&] { return answer.came; }));
    EXPECT_EQ(answer.code, PAINT_ERROR_HELPER_SILENT) << answer.message;
}

TEST_F(HelperClientTest, AHelperThatIsStillLoadingIsEndedAtOnce) {
    const Environment fake("MANIERA_FAKE", "hang");
    const Environment at("MANIERA_FAKE_AT", "start");
    Client client = start_fake();
    run_main_loop(0.1);
    const auto start = Clock::now();
    client.reset();
    EXPECT_LT(seconds_since(start), 0.9);
}

TEST_F(HelperClientTest, AClientMayBeFreedInsideItsCallbacks) {
    struct Owner {
        HelperClient* client = nullptr;
        int heard = 0;
        bool answered = false;
    };
    const HelperListener listener = {[](const char*, JsonObject*, gpointer data) {
        auto* owner = static_cast<Owner*>(data);
        ++owner->heard;
        helper_client_free(g_steal_pointer(&owner->client));
    }};
    const auto answered = [](GObject*, GAsyncResult* result, gpointer data) {
        auto* owner = static_cast<Owner*>(data);
        owner->answered = true;
        JsonObject* reply = helper_client_call_finish(nullptr, result, nullptr);
        g_clear_pointer(&reply, json_object_unref);
        helper_client_free(g_steal_pointer(&owner->client));
    };
    const Environment fake("MANIERA_FAKE", "flood-stdout");
    for (const bool by_listener : {true, false}) {
        Owner owner;
        owner.client = start_fake(-1, by_listener ? &listener : nullptr, &owner).release();
        helper_client_call(owner.client, MANIERA_METHOD_STYLIZE, simple_job(), answered, &owner);
        ASSERT_TRUE(wait_until([&] { return owner.answered; }));
        run_main_loop(0.05);
        EXPECT_EQ(owner.client, nullptr);
        EXPECT_EQ(owner.heard, by_listener ? 1 : 0);
    }
}

TEST_F(HelperClientTest, AClientMayBeFreedWhenItsHelperFails) {
    for (const char* mode : {"crash", "babble", "hang"}) {
        const Environment fake("MANIERA_FAKE", mode);
        HelperClient* client = start_fake().release();
        helper_client_set_timeout(client, 0.3);
        const auto answered = [](GObject*, GAsyncResult* result, gpointer data) {
            auto** client = static_cast<HelperClient**>(data);
            EXPECT_EQ(helper_client_call_finish(*client, result, nullptr), nullptr);
            helper_client_free(g_steal_pointer(client));
        };
        helper_client_call(client, MANIERA_METHOD_STYLIZE, simple_job(), answered, &client);
        EXPECT_TRUE(wait_until([&] { return client == nullptr; })) << mode;
    }
}

TEST_F(HelperClientTest, StopIsHeardWithAndWithoutKeeping) {
    const Environment fake("MANIERA_FAKE", "slow:60");
    SharedMemory memory;
    ASSERT_TRUE(shared_memory_open(&memory, nullptr));
    ASSERT_EQ(shared_memory_reserve(&memory, 64 * 48 * 3 * 4, nullptr), 0);
    for (const bool keep : {true, false}) {
        Answer answer;
        const Client client = start_fake(memory.fd);
        const gint64 id = helper_client_call(client.get(), MANIERA_METHOD_STYLIZE, simple_job(),
                                             Answer::take, &answer);
        run_main_loop(0.3);
        helper_client_stop(client.get(), id + 1, keep); // another's: means nothing
        run_main_loop(0.3);
        EXPECT_FALSE(answer.came);
        helper_client_stop(client.get(), id, keep);
        ASSERT_TRUE(wait_until([&] { return answer.came; }, 10));
        if (keep) {
            ASSERT_TRUE(answer.result) << answer.message;
            EXPECT_FALSE(json_object_get_boolean_member(answer.result.get(), "complete"));
        } else {
            EXPECT_EQ(answer.code, PAINT_ERROR_STOPPED);
        }
    }
    shared_memory_close(&memory);
}

TEST_F(HelperClientTest, TheHelperGetsNoOtherDescriptors) {
    // GIMP's own pipes in a helper's hands would keep GIMP waiting for its plug-in.
    const ScratchFolder folder;
    write_text(folder / "maniera-helper", "#!/bin/sh\nls /proc/$$/fd >&2\nexit 7\n");
    chmod((folder / "maniera-helper").c_str(), 0755);
    int pipes[2]; // without close-on-exec
    ASSERT_EQ(pipe(pipes), 0);
    ASSERT_EQ(dup2(pipes[0], 40), 40);
    ASSERT_EQ(dup2(pipes[1], 41), 41);
    {
        const Client client(helper_client_new((folder / "maniera-helper").c_str(), pipes[0],
                                              nullptr, nullptr, nullptr));
        const Answer answer = ask(client.get(), MANIERA_METHOD_ESTIMATE, simple_job());
        EXPECT_EQ(answer.code, PAINT_ERROR_HELPER_DIED);
        const std::string said = answer.message.substr(answer.message.find("status 7"));
        std::set<int> descriptors;
        std::istringstream words(said.substr(said.find('\n')));
        for (int fd; words >> fd;)
            descriptors.insert(fd);
        for (const int fd : {0, 1, 2, 3})
            EXPECT_TRUE(descriptors.count(fd)) << fd << " in " << said;
        for (const int fd : {40, 41})
            EXPECT_FALSE(descriptors.count(fd)) << fd << " in " << said;
    }
    for (const int fd : {pipes[0], pipes[1], 40, 41})
        close(fd);
}

// Starting

TEST_F(HelperClientTest, AMissingProgramIsNotFound) {
    g_autoptr(GError) error = nullptr;
    EXPECT_EQ(helper_client_new("/no/such/maniera", -1, nullptr, nullptr, &error), nullptr);
    ASSERT_NE(error, nullptr);
    EXPECT_EQ(error->code, PAINT_ERROR_NO_HELPER);
    EXPECT_TRUE(contains(error->message, "/no/such/maniera")) << error->message;
}

TEST_F(HelperClientTest, AFileThatIsNoProgramIsRefused) {
    const ScratchFolder folder;
    write_text(folder / "maniera-helper", "not a program");
    g_autoptr(GError) error = nullptr;
    EXPECT_EQ(helper_client_new((folder / "maniera-helper").c_str(), -1, nullptr, nullptr, &error),
              nullptr);
    ASSERT_NE(error, nullptr);
    EXPECT_EQ(error->code, PAINT_ERROR_HELPER_REFUSED);
}

} // namespace
} // namespace maniera::test
