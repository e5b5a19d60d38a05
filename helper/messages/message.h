// SPDX-License-Identifier: GPL-3.0-or-later
// The grammar of docs/protocol.md: bytes to lines, a line to a message, replies to lines. No doing.

#pragma once

#include "core/error.h"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace maniera {

// Reads JSON that is not nested deeply: copying and writing a value goes down it on the stack.
// Throws std::exception, for people who look for the fault.
nlohmann::json parse_json(const std::string& text);

// A member that is a whole number from `least` to `most`; none where it is anything else.
std::optional<std::uint64_t> whole_number(const nlohmann::json& object, const char* key,
                                          std::uint64_t least, std::uint64_t most);

// What a client sends.
struct Message {
    nlohmann::json id; // a whole number; null = a notification
    std::string method;
    nlohmann::json params = nlohmann::json::object();
};

// Throws Error{invalid_request} for what is no message.
Message parse_message(const std::string& line);

// Cuts a stream into lines. A line beyond MANIERA_LINE_MAX is skipped to its end and reported
// once; the lines after it are read as usual.
class LineCutter {
public:
    using TakeLine = std::function<void(const std::string& line, bool too_long)>;
    void add(const char* bytes, std::size_t count, const TakeLine& take);

private:
    std::string line_;
    bool too_long_ = false;
};

// Lines to send, with their newline.
std::string reply_line(const nlohmann::json& id, const nlohmann::ordered_json& result);
std::string error_line(const nlohmann::json& id, const Error& error);
std::string notification_line(const char* method, const nlohmann::ordered_json& params);

} // namespace maniera
