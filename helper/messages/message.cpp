// SPDX-License-Identifier: GPL-3.0-or-later

#include "helper/messages/message.h"

#include "core/base/control_characters.h"
#include "helper/messages/protocol.h"

#include <algorithm>
#include <cstring>
#include <stdexcept>

namespace maniera {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

constexpr int deepest = 32; // a job takes seven, in its message

[[noreturn]] void refuse(const std::string& why) { throw Error(ErrorCode::invalid_request, why); }

// Names of files and layers may hold bytes that are not UTF-8; those are replaced.
std::string line_of(const ordered_json& value) {
    return value.dump(-1, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

} // namespace

json parse_json(const std::string& text) {
    return json::parse(text, [](int depth, json::parse_event_t, json&) {
        if (depth > deepest)
            throw std::invalid_argument("it is nested too deeply");
        return true;
    });
}

std::optional<std::uint64_t> whole_number(const json& object, const char* key, std::uint64_t least,
                                          std::uint64_t most) {
    const json value = object.is_object() ? object.value(key, json()) : json();
    // Positive literals are unsigned; those that programs put together need not be.
    const bool whole =
        value.is_number_unsigned() || (value.is_number_integer() && value.get<std::int64_t>() >= 0);
    const std::uint64_t number = whole ? value.get<std::uint64_t>() : 0;
    if (!whole || number < least || number > most)
        return {};
    return number;
}

Message parse_message(const std::string& line) {
    json value;
    try {
        value = parse_json(line);
    } catch (const std::exception& error) {
        refuse("A line is not JSON (" + std::string(error.what()).substr(0, 200) + ").");
    }
    if (!value.is_object())
        refuse("A line must be one JSON object.");
    Message message;
    if (value.contains("id")) {
        message.id = value["id"];
        if (!message.id.is_number_integer())
            refuse("An id must be a whole number.");
    }
    if (!value.contains("method") || !value["method"].is_string())
        refuse("A message must name its method.");
    message.method = value["method"].get<std::string>();
    if (value.contains("params")) {
        if (!value["params"].is_object())
            refuse("The params of " + message.method.substr(0, 80) + " must be an object.");
        message.params = std::move(value["params"]);
    }
    return message;
}

void LineCutter::add(const char* bytes, std::size_t count, const TakeLine& take) {
    while (count > 0) {
        const void* newline = std::memchr(bytes, '\n', count);
        const std::size_t part =
            newline ? static_cast<std::size_t>(static_cast<const char*>(newline) - bytes) : count;
        if (!too_long_ && line_.size() + part >= MANIERA_LINE_MAX) {
            too_long_ = true;
            line_.clear();
            line_.shrink_to_fit();
            take({}, true);
        }
        if (!too_long_)
            line_.append(bytes, part);
        if (newline) {
            if (!too_long_)
                take(line_, false);
            line_.clear();
            too_long_ = false;
        }
        const std::size_t used = std::min(count, part + (newline ? 1 : 0));
        bytes += used;
        count -= used;
    }
}

std::string reply_line(const json& id, const ordered_json& result) {
    return line_of({{"id", id}, {"result", result}});
}

std::string error_line(const json& id, const Error& error) {
    return line_of(
        {{"id", id},
         {"error",
          {{"code", error_name(error.code())}, {"message", with_controls_shown(error.what())}}}});
}

std::string notification_line(const char* method, const ordered_json& params) {
    return line_of({{"method", method}, {"params", params}});
}

} // namespace maniera
