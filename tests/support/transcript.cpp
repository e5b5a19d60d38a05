// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/transcript.h"

#include <fstream>
#include <stdexcept>

namespace maniera::test {

using nlohmann::json;

static std::string replaced(std::string text, const std::map<std::string, std::string>& words) {
    for (const auto& [name, value] : words)
        for (std::size_t at; (at = text.find("@" + name + "@")) != std::string::npos;)
            text.replace(at, name.size() + 2, value);
    return text;
}

Transcript read_transcript(const std::string& path,
                           const std::map<std::string, std::string>& words) {
    std::ifstream file(path);
    if (!file)
        throw std::runtime_error(path + " cannot be opened.");
    Transcript transcript;
    std::string line;
    for (int number = 1; std::getline(file, line); ++number) {
        if (line.empty() || line[0] == '#')
            continue;
        if (line.size() < 2 || line[1] != ' ' ||
            std::string("><~!").find(line[0]) == std::string::npos)
            throw std::runtime_error(path + ":" + std::to_string(number) +
                                     ": a line begins with one of > < ~ ! # and a blank.");
        const std::string text = replaced(line.substr(2), words);
        if (line[0] == '!' && text.compare(0, 5, "only ") == 0)
            transcript.only = text.substr(5);
        else
            transcript.lines.push_back({number, line[0], text});
    }
    return transcript;
}

std::string difference(const json& expected, const json& message, const std::string& where) {
    if (expected.is_object() && message.is_object()) {
        for (const auto& [key, value] : expected.items()) {
            const std::string here = where.empty() ? key : where + "." + key;
            if (!message.contains(key))
                return here + " is missing";
            if (const std::string within = difference(value, message[key], here); !within.empty())
                return within;
        }
        return "";
    }
    if (expected.is_array() && message.is_array() && expected.size() == message.size()) {
        for (std::size_t i = 0; i < expected.size(); ++i)
            if (const std::string within =
                    difference(expected[i], message[i], where + "[" + std::to_string(i) + "]");
                !within.empty())
                return within;
        return "";
    }
    return expected == message
               ? ""
               : where + " is " + message.dump() + " in place of " + expected.dump();
}

bool same_kind(const json& a, const json& b) {
    return a.value("method", "") == b.value("method", "");
}

} // namespace maniera::test
