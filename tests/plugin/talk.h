// SPDX-License-Identifier: GPL-3.0-or-later
// Talks with a fake helper through the plug-in's client, and looks for what is left afterwards.

#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

extern "C" {
#include "plugin/client/errors.h"
#include "plugin/client/helper_client.h"
#include "plugin/client/job_writer.h"
#include "plugin/client/shared_memory.h"
}

namespace maniera::test {

// An environment variable for as long as it is in scope; NULL unsets it.
class Environment {
public:
    Environment(const char* name, const char* value);
    ~Environment();
    Environment(const Environment&) = delete;
    Environment& operator=(const Environment&) = delete;

private:
    std::string name_, before_;
    bool was_set_;
};

// Runs GLib's main loop until it is so. False when that takes too long.
bool wait_until(const std::function<bool()>& so, double seconds = 60);
void run_main_loop(double seconds);

struct JsonUnref {
    void operator()(JsonObject* object) const { json_object_unref(object); }
};
using Json = std::unique_ptr<JsonObject, JsonUnref>;
Json parse(const std::string& text);
std::string print(JsonObject* object);

// A question's answer, once it came. Must outlive the client that was asked.
struct Answer {
    bool came = false;
    int times = 0;
    Json result;
    int code = -1; // PaintErrorCode
    std::string message;

    static void take(GObject* source, GAsyncResult* result, gpointer answer);
};

struct Freed { // and what was open is answered
    void operator()(HelperClient* client) const {
        helper_client_free(client);
        run_main_loop(0.002);
    }
};
using Client = std::unique_ptr<HelperClient, Freed>;

// The fake helper of tests/support/fake_helper.c, told by MANIERA_FAKE.
Client start_fake(int memory_fd = -1, const HelperListener* listener = nullptr,
                  gpointer data = nullptr);

// Params that name a picture of this size in the memory, at 0, and its painting over it.
JsonObject* simple_job(int width = 64, int height = 48);

Answer ask(HelperClient* client, const char* method, JsonObject* params, double seconds = 60);

// What must be as it was: open descriptors, and processes of ours.
struct Traces {
    std::vector<std::string> descriptors; // what each links to, sorted
    std::vector<int> children;
    static Traces now();
    // Once GLib's worker thread has let go of the processes that ended.
    static Traces settled();
    bool operator==(const Traces& other) const {
        return descriptors == other.descriptors && children == other.children;
    }
};

// After all that was started since has ended: nothing of it remains.
void expect_no_more_than(const Traces& before);

} // namespace maniera::test
