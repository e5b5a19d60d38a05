// SPDX-License-Identifier: GPL-3.0-or-later
// The transcripts of tests/protocol, played at the real helper.

#include "tests/support/serve_client.h"
#include "tests/support/transcript.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <sstream>

namespace maniera {
namespace {

using nlohmann::json;

TEST(Transcripts, HoldForTheRealHelper) {
    int played = 0;
    for (const auto& entry :
         std::filesystem::directory_iterator(MANIERA_SOURCE "/tests/protocol")) {
        if (entry.path().extension() != ".jsonl")
            continue;
        const test::Transcript transcript =
            test::read_transcript(entry.path().string(), {{"version", MANIERA_VERSION}});
        if (transcript.only == "client")
            continue;
        ++played;
        test::ServeClient client(MANIERA_PROGRAM);
        for (const test::TranscriptLine& line : transcript.lines) {
            SCOPED_TRACE(entry.path().filename().string() + ":" + std::to_string(line.number));
            if (line.kind == '>') {
                client.send(line.text);
            } else if (line.kind == '<') {
                const json expected = json::parse(line.text);
                json message = client.next();
                while (!test::same_kind(expected, message))
                    message = client.next();
                ASSERT_EQ(test::difference(expected, message), "") << message;
            } else if (line.kind == '!') {
                std::istringstream words(line.text);
                std::string what;
                double value = 0;
                words >> what >> value;
                if (what == "line")
                    client.send(std::string(static_cast<std::size_t>(value), 'x'));
                else if (what == "close")
                    client.close_input();
                else if (what == "ends")
                    client.ends(std::chrono::milliseconds(static_cast<int>(1000 * value)));
                else
                    FAIL() << "the direction " << what << " is not known here";
            }
        }
    }
    EXPECT_GT(played, 0);
}

} // namespace
} // namespace maniera
