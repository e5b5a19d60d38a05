// SPDX-License-Identifier: GPL-3.0-or-later
// A client of `maniera serve`: starts it, talks to it, and kills it when it goes out of scope.

#pragma once

#include "core/image/image.h"
#include "tests/support/process.h"

#include <nlohmann/json.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <sys/types.h>
#include <vector>

namespace maniera::test {

class ServeClient {
public:
    struct Settings {
        std::vector<std::string> environment; // NAME=VALUE
        std::size_t address_space = 0;        // bytes; 0 = no limit
        bool memory = true;                   // hand one over, of no bytes
    };

    ServeClient(const std::string& program, const Settings& settings);
    explicit ServeClient(const std::string& program) : ServeClient(program, Settings()) {}
    ~ServeClient();
    ServeClient(const ServeClient&) = delete;
    ServeClient& operator=(const ServeClient&) = delete;

    void send(const std::string& line); // a newline is added
    void send(const nlohmann::json& message) { send(message.dump()); }
    void close_input();

    // The next message of any kind. Throws when none comes in time, or the helper ends.
    nlohmann::json next();
    // The reply to `id`; what comes before it is passed over, but for notes in `seen` when given.
    nlohmann::json reply(const nlohmann::json& id, std::vector<nlohmann::json>* seen = nullptr);
    // The next notification of this method.
    nlohmann::json notification(const std::string& method);
    // Sends a request and returns its reply.
    nlohmann::json ask(int id, const std::string& method, const nlohmann::json& params);

    // Seconds until the helper ended; throws when it does not within the limit.
    double ends(std::chrono::milliseconds limit);
    int exit_code() const { return code_; } // after ends(); 128 + number for a signal
    pid_t pid() const { return pid_; }
    std::string errors() const; // what it wrote to standard error

    void resize_memory(std::uint64_t bytes);
    void put(std::uint64_t offset, const void* bytes, std::size_t count);
    std::string get(std::uint64_t offset, std::size_t count) const;
    void put_image(std::uint64_t offset, const Image& image);
    Image get_image(std::uint64_t offset, int width, int height, int channels) const;

private:
    using Clock = std::chrono::steady_clock;
    nlohmann::json next(Clock::time_point end);

    ScratchFolder folder_;
    pid_t pid_ = -1;
    int code_ = -1;
    int to_ = -1;
    int from_ = -1;
    int memory_ = -1;
    std::string unread_;
};

} // namespace maniera::test
