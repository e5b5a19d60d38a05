// SPDX-License-Identifier: GPL-3.0-or-later
// A helper that plays a transcript: `transcript_helper serve`, with the file in MANIERA_TRANSCRIPT.
// Into the file of MANIERA_TRANSCRIPT_REPORT it writes "ok" when what came was what the file says
// and its input ended, else why not.

#include "tests/support/transcript.h"

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <unistd.h>

using namespace maniera::test;
using nlohmann::json;

namespace {

void report(const std::string& text) {
    std::ofstream(std::getenv("MANIERA_TRANSCRIPT_REPORT")) << text;
}

[[noreturn]] void refuse(const TranscriptLine& line, const std::string& why) {
    report("line " + std::to_string(line.number) + ": " + why);
    std::exit(9);
}

// The client's ids for those of the file.
std::map<json, json> ids;

json with_ids_of_the_client(json message) {
    if (message.contains("id") && ids.count(message["id"]))
        message["id"] = ids[message["id"]];
    json& params = message["params"];
    if (params.is_object() && params.contains("id") && ids.count(params["id"]))
        params["id"] = ids[params["id"]];
    if (params.is_null())
        message.erase("params");
    return message;
}

void take(const TranscriptLine& line) {
    std::string text;
    if (!std::getline(std::cin, text))
        refuse(line, "the client sent nothing");
    json expected = json::parse(line.text), message = json::parse(text);
    if (expected.contains("id")) {
        if (!message.contains("id"))
            refuse(line, "the client sent a notification: " + text);
        ids[expected["id"]] = message["id"];
    }
    if (expected["method"] == "hello")
        expected["params"].erase("client"); // for people
    const std::string why = difference(with_ids_of_the_client(expected), message);
    if (!why.empty())
        refuse(line, why);
}

// What is no JSON goes as it stands.
void say(const TranscriptLine& line) {
    const json message = json::parse(line.text, nullptr, false);
    std::cout << (message.is_discarded() ? line.text : with_ids_of_the_client(message).dump())
              << std::endl;
}

} // namespace

int main() {
    alarm(120);
    for (const TranscriptLine& line :
         read_transcript(std::getenv("MANIERA_TRANSCRIPT"), {}).lines) {
        if (line.kind == '>')
            take(line);
        else if (line.kind == '<')
            say(line);
    }
    std::string more;
    while (std::getline(std::cin, more))
        refuse({0, '>', "", {}}, "the client sent what is not in it: " + more);
    report("ok");
    return 0;
}
