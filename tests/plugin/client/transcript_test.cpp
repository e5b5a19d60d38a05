// SPDX-License-Identifier: GPL-3.0-or-later
// The transcripts of tests/protocol and the examples of docs/protocol.md, played at the
// plug-in's client: it is made to ask what they ask, by a helper that checks what came and answers
// as they say.
#include "tests/plugin/talk.h"
#include "tests/support/process.h"
#include "tests/support/transcript.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <filesystem>
#include <map>

namespace maniera::test {
namespace {

using nlohmann::json;

std::vector<std::string> transcripts() {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(MANIERA_SOURCE "/tests/protocol"))
        if (entry.path().extension() == ".jsonl")
            names.push_back(entry.path().stem());
    std::sort(names.begin(), names.end());
    return names;
}

JsonObject* to_glib(const json& object) { return parse(object.dump()).release(); }

class TranscriptTest : public testing::Test {
protected:
    const ScratchFolder scratch_;

    // Both sides of one file.
    void converse(const Transcript& transcript) {
        write_transcript(transcript, scratch_ / "lines");
        const Environment file("MANIERA_TRANSCRIPT", (scratch_ / "lines").c_str());
        const Environment report("MANIERA_TRANSCRIPT_REPORT", (scratch_ / "report").c_str());
        const HelperListener listener = {hear};
        SharedMemory memory{-1, 0};
        if (const gint64 bytes = memory_of(transcript)) {
            ASSERT_TRUE(shared_memory_open(&memory, nullptr));
            ASSERT_EQ(shared_memory_reserve(&memory, bytes, nullptr), 0);
        }
        client_ = helper_client_new(MANIERA_TRANSCRIPT_HELPER, memory.fd, &listener, this, nullptr);
        ASSERT_NE(client_, nullptr);
        play(transcript);
        helper_client_free(client_);
        run_main_loop(0.01);
        shared_memory_close(&memory);
        // A helper that said what ended the conversation is ended with it.
        if (!ended_) {
            EXPECT_EQ(read_text(scratch_ / "report"), "ok");
        }
    }

private:
    // The client's side of one file.
    void play(const Transcript& transcript) {
        for (const TranscriptLine& line : transcript.lines) {
            SCOPED_TRACE("line " + std::to_string(line.number) + ": " + line.text);
            if (line.kind == '>')
                ask(json::parse(line.text));
            else if (line.kind == '<')
                expect(line.text);
            if (HasFailure())
                return;
        }
    }

    void ask(const json& message) {
        const std::string method = message["method"];
        if (method == "hello") // which it says by itself
            greeting_ = message["id"];
        else if (method == "stop")
            helper_client_stop(client_, ids_.at(message["params"]["id"]),
                               message["params"]["keep"].get<bool>());
        else if (!message.contains("id"))
            FAIL() << "the client has no notification " << method;
        else
            ids_[message["id"]] =
                helper_client_call(client_, method.c_str(), to_glib(message["params"]),
                                   Answer::take, &answers_[message["id"]]);
    }

    void expect(const std::string& text) {
        const json message = json::parse(text, nullptr, false);
        const bool has_id = message.is_object() && message.contains("id");
        if (!message.is_object() || (has_id && message["id"].is_null()))
            expect_end(PAINT_ERROR_PROTOCOL_ERROR);
        else if (!has_id)
            expect_notification(message);
        else if (message["id"] == greeting_)
            expect_greeting(message);
        else
            expect_answer(message, answers_.at(message["id"]));
    }

    void expect_end(int code) {
        ended_ = true;
        EXPECT_EQ(test::ask(client_, "estimate", json_object_new()).code, code);
    }

    void expect_greeting(const json& message) {
        if (message.contains("error")) {
            expect_end(paint_error_from_wire(message["error"]["code"].get<std::string>().c_str()));
            return;
        }
        ASSERT_TRUE(wait_until([&] { return helper_client_hello(client_) != nullptr; }, 20));
        EXPECT_EQ(difference(message["result"], json::parse(print(helper_client_hello(client_)))),
                  "");
    }

    void expect_answer(const json& message, const Answer& answer) {
        ASSERT_TRUE(wait_until([&] { return answer.came; }, 20));
        if (message.contains("error")) {
            EXPECT_EQ(answer.code,
                      paint_error_from_wire(message["error"]["code"].get<std::string>().c_str()));
        } else {
            ASSERT_TRUE(answer.result) << answer.message;
            EXPECT_EQ(difference(message["result"], json::parse(print(answer.result.get()))), "");
        }
    }

    void expect_notification(json message) { // of which method and params are told
        json params = message["params"];
        if (params.contains("id") && ids_.count(params["id"]))
            params["id"] = ids_[params["id"]];
        message = {{"method", message["method"]}, {"params", params}};
        ASSERT_TRUE(wait_until(
            [&] {
                while (!heard_.empty() && !same_kind(heard_.front(), message))
                    heard_.pop_front();
                return !heard_.empty();
            },
            20));
        EXPECT_EQ(difference(message, heard_.front()), "");
        heard_.pop_front();
    }

    static void hear(const char* method, JsonObject* params, gpointer data) {
        static_cast<TranscriptTest*>(data)->heard_.push_back(
            {{"method", method}, {"params", json::parse(print(params))}});
    }

    // The size of the memory that the file hands over; 0 = none.
    static gint64 memory_of(const Transcript& transcript) {
        for (const TranscriptLine& line : transcript.lines)
            if (line.kind == '!' && line.text.compare(0, 7, "memory ") == 0)
                return std::stoll(line.text.substr(7));
        return 0;
    }

    bool ended_ = false; // as the file wants it
    json greeting_;
    std::map<json, gint64> ids_; // the client's, by the file's
    std::map<json, Answer> answers_;
    std::deque<json> heard_;
    HelperClient* client_ = nullptr;
};

class ATranscript : public TranscriptTest, public testing::WithParamInterface<std::string> {};

TEST_P(ATranscript, IsPlayedAtTheClient) {
    const Transcript transcript =
        read_transcript(MANIERA_SOURCE "/tests/protocol/" + GetParam() + ".jsonl",
                        transcript_words(scratch_.path()));
    if (transcript.only == "helper")
        GTEST_SKIP() << "concerns the helper alone";
    converse(transcript);
}

TEST_F(TranscriptTest, ExamplesOfThePageArePlayedAtTheClient) {
    converse(read_examples(MANIERA_SOURCE "/docs/protocol.md", scratch_ / "style.png"));
}

INSTANTIATE_TEST_SUITE_P(Protocol, ATranscript, testing::ValuesIn(transcripts()),
                         [](const auto& info) {
                             std::string name = info.param;
                             std::replace_if(
                                 name.begin(), name.end(), [](char c) { return !std::isalnum(c); },
                                 '_');
                             return name;
                         });

} // namespace
} // namespace maniera::test
