// SPDX-License-Identifier: GPL-3.0-or-later
// Finding the helper, and having it fetch the model.
#include "tests/plugin/talk.h"
#include "tests/support/process.h"
#include "tests/support/refusal.h"

#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <sys/stat.h>

extern "C" {
#include "plugin/client/helper_start.h"
}

namespace maniera::test {
namespace {

std::string helper_found(const std::string& folder, GError** error = nullptr) {
    g_autofree char* path = helper_find(folder.c_str(), error);
    return path ? path : "";
}

TEST(FindHelper, LooksAtTheVariableThenBesideThenInThePath) {
    const ScratchFolder beside, elsewhere;
    const Environment unset("MANIERA_HELPER", nullptr);
    const Environment path("PATH", elsewhere.path().c_str());
    g_autoptr(GError) error = nullptr;
    EXPECT_EQ(helper_found(beside.path(), &error), "");
    ASSERT_NE(error, nullptr);
    EXPECT_EQ(error->code, PAINT_ERROR_NO_HELPER);
    for (const std::string& place :
         {beside / "maniera-helper", std::string(MANIERA_BIN "/maniera"), std::string("PATH")})
        EXPECT_TRUE(contains(error->message, place)) << error->message;

    const auto make = [](const std::string& name) {
        write_text(name, "#!/bin/sh\n");
        chmod(name.c_str(), 0755);
        return name;
    };
    make(beside / "maniera"); // the plug-in itself
    EXPECT_EQ(helper_found(beside.path()), "");
    const std::string by_path = make(elsewhere / "maniera");
    EXPECT_EQ(helper_found(beside.path()), by_path);
    const std::string own = make(beside / "maniera-helper");
    EXPECT_EQ(helper_found(beside.path()), own);
    const std::string named = make(elsewhere / "another");
    const Environment by_name("MANIERA_HELPER", named.c_str());
    EXPECT_EQ(helper_found(beside.path()), named);
}

TEST(FindHelper, DoesNotPassOverAVariableThatNamesNothing) {
    const ScratchFolder folder;
    write_text(folder / "maniera-helper", "#!/bin/sh\n");
    const Environment by_name("MANIERA_HELPER", "/no/such/program");
    g_autoptr(GError) error = nullptr;
    EXPECT_EQ(helper_found(folder.path(), &error), "");
    ASSERT_NE(error, nullptr);
    EXPECT_TRUE(contains(error->message, "/no/such/program")) << error->message;
}

// Fetching the model

struct Fetched {
    int times = 0;
    int code = -1;
    std::string message;

    static void take(const GError* error, gpointer data) {
        auto* fetched = static_cast<Fetched*>(data);
        ++fetched->times;
        if (error) {
            fetched->code = error->code;
            fetched->message = error->message;
        }
    }
};

class FetchModelTest : public testing::Test {
protected:
    static void SetUpTestSuite() { // GLib's worker thread has descriptors of its own
        const Client client = start_fake();
        ask(client.get(), "estimate", simple_job());
    }
    void SetUp() override { before_ = Traces::settled(); }
    void TearDown() override { expect_no_more_than(before_); }

    Fetched fetch() {
        Fetched fetched;
        GCancellable* cancellable = helper_fetch_model(Fetched::take, &fetched);
        EXPECT_EQ(fetched.times, 0) << "told before it returned";
        EXPECT_TRUE(wait_until([&] { return fetched.times > 0; }));
        g_object_unref(cancellable);
        run_main_loop(0.05);
        EXPECT_EQ(fetched.times, 1);
        return fetched;
    }

    const Environment helper_{"MANIERA_HELPER", MANIERA_FAKE_HELPER};
    Traces before_;
};

TEST_F(FetchModelTest, TellsWhenItIsDone) { EXPECT_EQ(fetch().code, -1); }

TEST_F(FetchModelTest, TellsWhyItFailed) {
    const Environment fake("MANIERA_FAKE", "leave:1");
    const Fetched fetched = fetch();
    EXPECT_EQ(fetched.code, PAINT_ERROR_NO_MODEL);
    EXPECT_TRUE(contains(fetched.message, "the net is not there")) << fetched.message;
}

TEST_F(FetchModelTest, TellsOfAMissingHelper) {
    const Environment missing("MANIERA_HELPER", "/no/such/helper");
    EXPECT_EQ(fetch().code, PAINT_ERROR_NO_HELPER);
}

TEST_F(FetchModelTest, EndsWithAllThatItStartedWhenItIsCancelled) {
    // The second ignores Ctrl+C, and so does what it started.
    for (const char* trap : {"", "trap '' INT\n"}) {
        const ScratchFolder folder;
        const std::string script = folder / "maniera", pids = folder / "pids";
        write_text(script, std::string("#!/bin/sh\n") + trap + "sleep 100 &\necho $$ $! >" + pids +
                               ".new\nmv " + pids + ".new " + pids + "\nwait\n");
        chmod(script.c_str(), 0755);
        const Environment helper("MANIERA_HELPER", script.c_str());
        Fetched fetched;
        GCancellable* cancellable = helper_fetch_model(Fetched::take, &fetched);
        int leader = 0, sleeper = 0;
        ASSERT_TRUE(wait_until([&] {
            return access(pids.c_str(), R_OK) == 0 &&
                   std::sscanf(read_text(pids).c_str(), "%d %d", &leader, &sleeper) == 2;
        }));
        g_cancellable_cancel(cancellable);
        g_object_unref(cancellable);
        EXPECT_TRUE(wait_until([&] { return fetched.times > 0; }, 1));
        EXPECT_EQ(fetched.code, PAINT_ERROR_STOPPED);
        EXPECT_TRUE(wait_until([&] { return kill(leader, 0) != 0; }, 5));
        // Nobody may be there to wait for the other; then it is a zombie.
        const auto ended = [&] {
            // If it ends just here, reading fails though opening did not; >> only says so.
            std::ifstream status("/proc/" + std::to_string(sleeper) + "/stat");
            std::string number, name, state;
            return !(status >> number >> name >> state) || state == "Z";
        };
        EXPECT_TRUE(wait_until(ended, 5)) << trap;
        run_main_loop(1.1); // the timer that would have killed it
    }
}

} // namespace
} // namespace maniera::test
