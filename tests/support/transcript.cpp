// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/transcript.h"

#include <fstream>
#include <sstream>
#include <stdexcept>

namespace maniera::test {

using nlohmann::json;

static std::string replaced(std::string text, const std::map<std::string, std::string>& words) {
    for (const auto& [name, value] : words)
        for (std::size_t at; (at = text.find("@" + name + "@")) != std::string::npos;)
            text.replace(at, name.size() + 2, value);
    return text;
}

std::map<std::string, std::string> transcript_words(const std::filesystem::path& folder) {
    return {{"version", MANIERA_VERSION},
            {"scratch", folder.string()},
            {"style", (folder / "style.png").string()},
            {"content", (folder / "content.png").string()}};
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
        if (line[0] == '!' && text.compare(0, 5, "only ") == 0) {
            transcript.only = text.substr(5);
        } else if (line[0] == '~') {
            if (transcript.lines.empty() || transcript.lines.back().kind != '<')
                throw std::runtime_error(path + ":" + std::to_string(number) +
                                         ": ~ comes after a line of the helper's.");
            std::istringstream members(text);
            for (std::string member; members >> member;)
                transcript.lines.back().any.insert(member);
        } else {
            transcript.lines.push_back({number, line[0], text, {}});
        }
    }
    return transcript;
}

// Examples are indented by four; what is indented further goes on with the line before. "{...}"
// stands for the job that has an example of its own.
Transcript read_examples(const std::string& page, const std::string& picture) {
    static const std::string named = "/home/me/painting.jpg";
    std::ifstream file(page);
    if (!file)
        throw std::runtime_error(page + " cannot be opened.");
    Transcript transcript;
    std::string line, job;
    for (int number = 1; std::getline(file, line); ++number) {
        if (line.compare(0, 4, "    ") != 0)
            continue;
        const std::string text = line.substr(4);
        if (text[0] == '>' || text[0] == '<')
            transcript.lines.push_back({number, text[0], text.substr(2), {}});
        else if (text[0] == '{')
            job = text;
        else
            (job.empty() ? transcript.lines.back().text : job) += text;
    }
    for (TranscriptLine& each : transcript.lines) {
        const std::size_t at = each.text.find("{...}");
        if (at != std::string::npos)
            each.text.replace(at, 5, job);
        if (const std::size_t name = each.text.find(named); name != std::string::npos)
            each.text.replace(name, named.size(), picture);
    }
    return transcript;
}

void write_transcript(const Transcript& transcript, const std::string& path) {
    std::ofstream file(path);
    for (const TranscriptLine& line : transcript.lines)
        file << line.kind << ' ' << line.text << '\n';
}

static bool same_type(const json& a, const json& b) {
    return a.type() == b.type() || (a.is_number() && b.is_number());
}

static std::string against(const json& expected, const json& message, const std::string& where) {
    return where + " is " + message.dump() + " in place of " + expected.dump();
}

std::string example_difference(const json& expected, const json& message,
                               const std::string& where) {
    static const std::set<std::string> exact = {"id",       "method", "protocol", "code",
                                                "complete", "tiles",  "scales",   "width",
                                                "height",   "device", "channels"};
    if (!same_type(expected, message))
        return against(expected, message, where);
    if (expected.is_array() && expected.size() > message.size())
        return where + " has " + std::to_string(message.size()) + " items";
    if (!expected.is_structured())
        return exact.count(where.substr(where.rfind('.') + 1)) && expected != message
                   ? against(expected, message, where)
                   : "";
    for (const auto& [key, value] : expected.items()) {
        const std::string here = where + "." + key;
        if (expected.is_object() && !message.contains(key))
            return here + " is missing";
        const json& other = expected.is_object() ? message[key] : message[std::stoul(key)];
        if (const std::string within = example_difference(value, other, here); !within.empty())
            return within;
    }
    return "";
}

std::string difference(const json& expected, const json& message, const std::set<std::string>& any,
                       const std::string& where) {
    if (any.count(where))
        return same_type(expected, message) ? "" : against(expected, message, where);
    if (expected.is_object() && message.is_object()) {
        for (const auto& [key, value] : expected.items()) {
            const std::string here = where.empty() ? key : where + "." + key;
            if (!message.contains(key))
                return here + " is missing";
            if (const std::string within = difference(value, message[key], any, here);
                !within.empty())
                return within;
        }
        return "";
    }
    if (expected.is_array() && message.is_array() && expected.size() == message.size()) {
        for (std::size_t i = 0; i < expected.size(); ++i)
            if (const std::string within =
                    difference(expected[i], message[i], any, where + "[" + std::to_string(i) + "]");
                !within.empty())
                return within;
        return "";
    }
    return expected == message ? "" : against(expected, message, where);
}

bool same_kind(const json& a, const json& b) {
    return a.value("method", "") == b.value("method", "");
}

} // namespace maniera::test
