// SPDX-License-Identifier: GPL-3.0-or-later
// The transcripts of tests/protocol: their lines, and when a message matches one. README.md there
// says what they mean.

#pragma once

#include <nlohmann/json.hpp>

#include <map>
#include <string>
#include <vector>

namespace maniera::test {

struct TranscriptLine {
    int number; // in the file, from 1
    char kind;  // '>', '<', '~' or '!'
    std::string text;
};

struct Transcript {
    std::string only; // "helper", "client", or "" for both ends
    std::vector<TranscriptLine> lines;
};

// Comments and empty lines left out, @NAME@ replaced by words. Throws std::runtime_error.
Transcript read_transcript(const std::string& path,
                           const std::map<std::string, std::string>& words);

// How a message differs from what is expected; "" when it matches. Members that are not expected
// are no fault.
std::string difference(const nlohmann::json& expected, const nlohmann::json& message,
                       const std::string& where = "");

// Both replies, or both notifications (or requests) of one method.
bool same_kind(const nlohmann::json& a, const nlohmann::json& b);

} // namespace maniera::test
