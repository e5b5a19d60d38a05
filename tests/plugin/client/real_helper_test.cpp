// SPDX-License-Identifier: GPL-3.0-or-later
// The plug-in's client with the real helper, network and all.
#include "tests/plugin/talk.h"
#include "tests/support/process.h"
#include "tests/support/refusal.h"

#include "helper/messages/protocol.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>

extern "C" {
#include "plugin/client/wire.h"
}

namespace maniera::test {
namespace {

enum { WIDTH = 96, HEIGHT = 72, SIDE = 64 };

struct Heard {
    int progress = 0, previews = 0;
};

const HelperListener listener = {[](const char* method, JsonObject* params, gpointer data) {
    auto* heard = static_cast<Heard*>(data);
    if (std::string(method) != MANIERA_METHOD_PROGRESS)
        return;
    ++heard->progress;
    if (JsonObject* preview = wire_object(params, "preview")) {
        ++heard->previews;
        EXPECT_LE(wire_number(preview, "width", 1, 1e9, 1e9), SIDE);
        EXPECT_LE(wire_number(preview, "height", 1, 1e9, 1e9), SIDE);
    }
}};

// A content, a style and a place for previews, in shared memory.
class RealHelperTest : public testing::Test {
protected:
    static void SetUpTestSuite() { // GLib's worker thread has descriptors of its own
        const Client client = start_fake();
        ask(client.get(), MANIERA_METHOD_ESTIMATE, simple_job());
    }

    void SetUp() override {
        before_ = Traces::settled();
        ASSERT_TRUE(shared_memory_open(&memory_, nullptr));
        maniera_options_init(&options_);
        set("quality", "draft");
        plan_.content = {add_picture(3), WIDTH, HEIGHT, 3, "content"};
        style_.picture = {add_picture(7), WIDTH, HEIGHT, 3, "style"};
        style_.weight = 1;
        plan_.styles = &style_;
        plan_.style_count = 1;
        plan_.options = &options_;
        plan_.output = plan_.content;
        plan_.preview_side = SIDE;
        plan_.preview_offset =
            shared_memory_reserve(&memory_, MANIERA_PREVIEW_SLOTS * SIDE * SIDE * 3, nullptr);
        g_autoptr(GError) error = nullptr;
        client_ = helper_client_new(MANIERA_PROGRAM, memory_.fd, &listener, &heard_, &error);
        ASSERT_NE(client_, nullptr) << error->message;
    }

    void TearDown() override {
        helper_client_free(client_);
        run_main_loop(0.01);
        shared_memory_close(&memory_);
        expect_no_more_than(before_);
    }

    void set(const char* name, const char* value) {
        char message[MANIERA_MESSAGE_MAX];
        ASSERT_TRUE(maniera_option_set(&options_, name, value, message)) << message;
    }

    // Waves of a few periods. Returns its place.
    gint64 add_picture(int periods) {
        const gint64 bytes = WIDTH * HEIGHT * 3 * sizeof(float);
        const gint64 offset = shared_memory_reserve(&memory_, bytes, nullptr);
        auto* pixels = static_cast<float*>(shared_memory_map(&memory_, offset, bytes, nullptr));
        for (int i = 0; i < WIDTH * HEIGHT * 3; ++i)
            pixels[i] = 0.5f + 0.4f * std::sin(0.001f * static_cast<float>(periods * i));
        shared_memory_unmap(pixels, bytes);
        return offset;
    }

    std::vector<float> output() const {
        const gint64 bytes = WIDTH * HEIGHT * 3 * sizeof(float);
        auto* pixels =
            static_cast<float*>(shared_memory_map(&memory_, plan_.output.offset, bytes, nullptr));
        std::vector<float> copy(pixels, pixels + WIDTH * HEIGHT * 3);
        shared_memory_unmap(pixels, bytes);
        return copy;
    }

    // True, with a line that says so, where no network is set up.
    bool no_model() {
        wait_until([&] { return helper_client_hello(client_) != nullptr; });
        JsonObject* hello = helper_client_hello(client_);
        return !hello || json_array_get_length(json_object_get_array_member(hello, "models")) == 0;
    }

    Traces before_;
    SharedMemory memory_{-1, 0};
    ManieraOptions options_;
    JobStyle style_{};
    JobPlan plan_{};
    Heard heard_;
    HelperClient* client_ = nullptr;
};

TEST_F(RealHelperTest, TellsWhatAPaintingWouldTake) {
    if (no_model())
        GTEST_SKIP() << "there is no model; install/build.sh fetches one";
    const Answer answer = ask(client_, MANIERA_METHOD_ESTIMATE, job_params(&plan_));
    ASSERT_TRUE(answer.result) << answer.message;
    EXPECT_EQ(wire_number(answer.result.get(), "width", 0, 1e9, -1), WIDTH);
    EXPECT_EQ(wire_number(answer.result.get(), "height", 0, 1e9, -1), HEIGHT);
    EXPECT_GT(wire_number(answer.result.get(), "bytes", 0, 1e18, -1), 1e6);
    EXPECT_GT(wire_number(answer.result.get(), "seconds", 0, 1e9, -1), 0);
}

TEST_F(RealHelperTest, PaintsWithPreviewsAndOverTheContent) {
    if (no_model())
        GTEST_SKIP() << "there is no model; install/build.sh fetches one";
    const auto content = output();
    const Answer answer = ask(client_, MANIERA_METHOD_STYLIZE, job_params(&plan_), 300);
    ASSERT_TRUE(answer.result) << answer.message;
    EXPECT_TRUE(wire_true(answer.result.get(), "complete"));
    EXPECT_GT(heard_.progress, 0);
    EXPECT_GT(heard_.previews, 0);
    EXPECT_NE(output(), content);
    for (const float value : output()) {
        ASSERT_GE(value, 0);
        ASSERT_LE(value, 1);
    }
}

TEST_F(RealHelperTest, StopsAndKeepsOrCancels) {
    if (no_model())
        GTEST_SKIP() << "there is no model; install/build.sh fetches one";
    set("quality", "high");
    const auto content = output();
    for (const bool keep : {false, true}) {
        Answer answer;
        heard_ = Heard();
        const gint64 id = helper_client_call(client_, MANIERA_METHOD_STYLIZE, job_params(&plan_),
                                             Answer::take, &answer);
        ASSERT_TRUE(wait_until([&] { return heard_.progress > 2; }, 120));
        helper_client_stop(client_, id, keep);
        ASSERT_TRUE(wait_until([&] { return answer.came; }, 60));
        if (keep) {
            ASSERT_TRUE(answer.result) << answer.message;
            EXPECT_FALSE(wire_true(answer.result.get(), "complete"));
        } else {
            EXPECT_EQ(answer.code, PAINT_ERROR_STOPPED) << answer.message;
            EXPECT_EQ(output(), content);
        }
    }
}

TEST_F(RealHelperTest, EndsAtOnceWhenItsClientIsFreed) {
    Answer answer;
    set("quality", "high");
    helper_client_call(client_, MANIERA_METHOD_STYLIZE, job_params(&plan_), Answer::take, &answer);
    wait_until([&] { return heard_.progress > 0 || answer.came; }, 120);
    const auto start = std::chrono::steady_clock::now();
    helper_client_free(g_steal_pointer(&client_));
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    EXPECT_LT(took.count(), 0.9) << "it had to be killed";
    EXPECT_TRUE(wait_until([&] { return answer.came; }, 5));
}

TEST_F(RealHelperTest, RefusesWithTheCodesOfTheProtocol) {
    style_.file = "/no/such/painting.png";
    Answer answer = ask(client_, MANIERA_METHOD_STYLIZE, job_params(&plan_));
    EXPECT_EQ(answer.code, PAINT_ERROR_UNREADABLE_IMAGE) << answer.message;
    style_.file = nullptr;
    set("model", "no-such-model");
    answer = ask(client_, MANIERA_METHOD_STYLIZE, job_params(&plan_));
    EXPECT_EQ(answer.code, PAINT_ERROR_NO_MODEL) << answer.message;
    maniera_option_unset(&options_, "model");
    plan_.style_count = 0;
    answer = ask(client_, MANIERA_METHOD_STYLIZE, job_params(&plan_));
    EXPECT_EQ(answer.code, PAINT_ERROR_INVALID_REQUEST) << answer.message;
    EXPECT_EQ(ask(client_, "of-the-future", json_object_new()).code, PAINT_ERROR_INVALID_REQUEST);
}

} // namespace
} // namespace maniera::test
