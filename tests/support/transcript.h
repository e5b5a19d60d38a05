// SPDX-License-Identifier: GPL-3.0-or-later
// The transcripts of tests/protocol and the examples of docs/protocol.md: their lines,
// and when a message matches one. README.md in tests/protocol says what they mean.

#pragma once

#include <nlohmann/json.hpp>

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace maniera::test {

struct TranscriptLine {
    int number; // in the file, from 1
    char kind;  // '>', '<' or '!'
    std::string text;
    std::set<std::string> any; // members of which the type alone counts, as "result.seconds"
};

struct Transcript {
    std::string only; // "helper", "client", or "" for both ends
    std::vector<TranscriptLine> lines;
};

// What transcripts call @NAME@: the program's version, a folder for pictures, and two in it.
std::map<std::string, std::string> transcript_words(const std::filesystem::path& folder);

// Comments and empty lines left out, @NAME@ replaced by words. Throws std::runtime_error.
Transcript read_transcript(const std::string& path,
                           const std::map<std::string, std::string>& words);

// The examples of a page, in its order; the picture file that it names is replaced. Throws
// std::runtime_error.
Transcript read_examples(const std::string& page, const std::string& picture);

// A file of the transcript's lines, without what `~` says.
void write_transcript(const Transcript& transcript, const std::string& path);

// How a message differs from what is expected; "" when it matches. Members that are not expected
// are no fault. Of the members in `any` the type alone counts.
std::string difference(const nlohmann::json& expected, const nlohmann::json& message,
                       const std::set<std::string>& any = {}, const std::string& where = "");

// The same for an example: of what depends on the machine and the painting the type alone counts,
// and lists may go on.
std::string example_difference(const nlohmann::json& expected, const nlohmann::json& message,
                               const std::string& where = "");

// Both replies, or both notifications (or requests) of one method.
bool same_kind(const nlohmann::json& a, const nlohmann::json& b);

} // namespace maniera::test
