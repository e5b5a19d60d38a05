// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/plugin/talk.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sys/wait.h>
#include <unistd.h>

namespace maniera::test {

namespace fs = std::filesystem;

constexpr double patience = 60; // s; a loaded machine ends a process late

// GLib would only complain.
static const GLogLevelFlags fatal = g_log_set_always_fatal(
    static_cast<GLogLevelFlags>(G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING));

Environment::Environment(const char* name, const char* value) : name_(name) {
    const char* before = g_getenv(name);
    was_set_ = before != nullptr;
    before_ = was_set_ ? before : "";
    if (value)
        g_setenv(name, value, TRUE);
    else
        g_unsetenv(name);
}

Environment::~Environment() {
    if (was_set_)
        g_setenv(name_.c_str(), before_.c_str(), TRUE);
    else
        g_unsetenv(name_.c_str());
}

bool wait_until(const std::function<bool()>& so, double seconds) {
    const gint64 end = g_get_monotonic_time() + static_cast<gint64>(seconds * G_USEC_PER_SEC);
    while (!so() && g_get_monotonic_time() < end)
        if (!g_main_context_iteration(nullptr, FALSE))
            g_usleep(500);
    return so();
}

void run_main_loop(double seconds) {
    wait_until([] { return false; }, seconds);
}

Json parse(const std::string& text) {
    g_autoptr(JsonParser) parser = json_parser_new();
    if (!json_parser_load_from_data(parser, text.c_str(), -1, nullptr))
        return nullptr;
    return Json(json_object_ref(json_node_get_object(json_parser_get_root(parser))));
}

std::string print(JsonObject* object) {
    g_autoptr(JsonNode) node = json_node_alloc();
    json_node_init_object(node, object);
    g_autofree char* text = json_to_string(node, FALSE);
    return text;
}

void Answer::take(GObject*, GAsyncResult* result, gpointer data) {
    auto* answer = static_cast<Answer*>(data);
    g_autoptr(GError) error = nullptr;
    answer->result.reset(helper_client_call_finish(nullptr, result, &error));
    answer->came = true;
    ++answer->times;
    if (error) {
        EXPECT_EQ(error->domain, PAINT_ERROR);
        answer->code = error->code;
        answer->message = error->message;
    }
}

Client start_fake(int memory_fd, const HelperListener* listener, gpointer data) {
    g_autoptr(GError) error = nullptr;
    Client client(helper_client_new(MANIERA_FAKE_HELPER, memory_fd, listener, data, &error));
    EXPECT_TRUE(client) << (error ? error->message : "");
    return client;
}

JsonObject* simple_job(int width, int height) {
    ManieraOptions options;
    maniera_options_init(&options);
    JobStyle style{};
    style.file = "/no/such/painting.png";
    style.weight = 1;
    JobPlan plan{};
    plan.content = {0, width, height, 3, "content"};
    plan.styles = &style;
    plan.style_count = 1;
    plan.options = &options;
    plan.output = {0, width, height, 3, nullptr};
    return job_params(&plan);
}

Answer ask(HelperClient* client, const char* method, JsonObject* params, double seconds) {
    Answer answer;
    helper_client_call(client, method, params, Answer::take, &answer);
    EXPECT_TRUE(wait_until([&] { return answer.came; }, seconds)) << method << " was not answered";
    return answer;
}

Traces Traces::now() {
    Traces traces;
    for (const auto& entry : fs::directory_iterator("/proc/self/fd")) {
        std::error_code gone; // the folder's own descriptor
        const std::string target = fs::read_symlink(entry.path(), gone).string();
        if (!gone && target.find("/proc/") != 0)
            traces.descriptors.push_back(target);
    }
    std::sort(traces.descriptors.begin(), traces.descriptors.end());
    for (const auto& task : fs::directory_iterator("/proc/self/task")) {
        std::ifstream children(task.path() / "children");
        int pid;
        while (children >> pid)
            traces.children.push_back(pid);
    }
    return traces;
}

Traces Traces::settled() {
    const auto waiting = [] {
        const auto all = now().descriptors;
        return std::any_of(all.begin(), all.end(), [](const std::string& descriptor) {
            return descriptor.find("pidfd") != std::string::npos;
        });
    };
    wait_until([&] { return !waiting(); }, patience);
    return now();
}

void expect_no_more_than(const Traces& before) {
    wait_until([&] { return Traces::now() == before; }, patience);
    const Traces after = Traces::now();
    EXPECT_EQ(after.descriptors, before.descriptors);
    EXPECT_EQ(after.children, before.children);
    EXPECT_EQ(waitpid(-1, nullptr, WNOHANG), -1) << "a child was not waited for";
}

} // namespace maniera::test
