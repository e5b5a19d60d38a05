// SPDX-License-Identifier: GPL-3.0-or-later
// Bytes to messages, without a process.
#include "tests/plugin/talk.h"
#include "tests/support/refusal.h"

#include "helper/messages/protocol.h"

#include <gtest/gtest.h>

extern "C" {
#include "plugin/client/conversation.h"
}

namespace maniera::test {
namespace {

const char hello[] = R"({"id": 1, "result": {"protocol": 1, "version": "x"}})"
                     "\n";

class ConversationTest : public testing::Test {
protected:
    ConversationTest() {
        const HelperListener listener = {[](const char* method, JsonObject*, gpointer data) {
            static_cast<ConversationTest*>(data)->heard_ += method + std::string(" ");
        }};
        conversation_ = conversation_new(&listener, this, &tail_);
    }
    ~ConversationTest() override {
        conversation_free(conversation_);
        stderr_tail_clear(&tail_);
        run_main_loop(0.001);
    }

    guint hear(const std::string& text) {
        return conversation_receive(conversation_, text.data(), text.size());
    }
    void ask(Answer& answer) {
        conversation_call(conversation_, MANIERA_METHOD_ESTIMATE, json_object_new(), Answer::take,
                          &answer);
    }
    int ended() const {
        const GError* error = conversation_ended(conversation_);
        return error ? error->code : -1;
    }
    std::string why() const {
        const GError* error = conversation_ended(conversation_);
        return error ? error->message : "";
    }

    StderrTail tail_{};
    std::string heard_;
    Conversation* conversation_;
};

TEST_F(ConversationTest, BeginsWithHello) {
    const std::string sent = conversation_outbox(conversation_)->str;
    ASSERT_EQ(sent.back(), '\n');
    const Json message = parse(sent);
    EXPECT_STREQ(json_object_get_string_member(message.get(), "method"), MANIERA_METHOD_HELLO);
    JsonObject* params = json_object_get_object_member(message.get(), "params");
    EXPECT_EQ(json_object_get_int_member(params, "protocol"), MANIERA_PROTOCOL);
}

TEST_F(ConversationTest, PiecesOfAnySizeMakeTheSameMessages) {
    const std::string all = std::string(hello) + R"({"method": "alive", "params": {}})" + "\n" +
                            R"({"method": "log", "params": {"text": "\u00e9 [{"}})" + "\r\n" +
                            R"({"id": 2, "result": {"tiles": 3}})" + "\n";
    for (std::size_t piece : {1, 2, 3, 7, 1000}) {
        Conversation* conversation = conversation_new(nullptr, nullptr, &tail_);
        Answer answer;
        conversation_call(conversation, MANIERA_METHOD_ESTIMATE, json_object_new(), Answer::take,
                          &answer);
        guint lines = 0;
        for (std::size_t at = 0; at < all.size(); at += piece)
            lines += conversation_receive(conversation, all.data() + at,
                                          std::min(piece, all.size() - at));
        EXPECT_EQ(lines, 4u);
        EXPECT_TRUE(wait_until([&] { return answer.came; }, 5));
        EXPECT_TRUE(answer.result) << answer.message;
        conversation_free(conversation);
    }
}

TEST_F(ConversationTest, UnknownNotificationsAndMembersAreNoFault) {
    hear(std::string(hello) + R"({"method": "of-the-future", "more": [1], "params": {"a": null}})" +
         "\n" + R"({"method": "no-params"})" + "\n");
    EXPECT_EQ(ended(), -1);
    EXPECT_EQ(heard_, "of-the-future no-params ");
}

TEST_F(ConversationTest, LinesThatAreNoMessagesEndIt) {
    const std::string deep(5000, '[');
    for (const std::string& line :
         {std::string(""), std::string("{"), std::string("null"), std::string("\"text\""),
          std::string("{}"), std::string("{\"method\": 7}"), std::string("\xff\xfe{}"),
          std::string("{\"method\": \"a\0\"}", 16), deep, "{\"params\": " + deep + "}",
          std::string(R"({"id": 9, "result": {}})"), std::string(R"({"id": -1, "result": {}})"),
          std::string(R"({"id": "2", "result": {}})"), std::string(R"({"id": 2.5, "result": {}})"),
          std::string(R"({"id": 1e300, "result": {}})"), std::string(R"({"id": 2})"),
          std::string(R"({"id": 2, "result": 5})"),
          // Half a surrogate pair, of which json-glib 1.6 makes no UTF-8.
          std::string(R"({"id": 2, "error": {"code": "internal", "message": "\ud800x"}})"),
          std::string(R"({"id": 2, "result": {"\udfff.": 1}})"),
          std::string(R"({"id": 2, "result": {}, "error": {}})"),
          std::string(R"({"id": null, "error": {"code": "internal", "message": "what?"}})")}) {
        Conversation* conversation = conversation_new(nullptr, nullptr, &tail_);
        Answer answer;
        conversation_receive(conversation, hello, sizeof hello - 1);
        conversation_call(conversation, MANIERA_METHOD_ESTIMATE, json_object_new(), Answer::take,
                          &answer);
        const std::string text = line + "\n";
        conversation_receive(conversation, text.data(), text.size());
        EXPECT_TRUE(wait_until([&] { return answer.came; }, 5)) << line.substr(0, 80);
        EXPECT_EQ(answer.code, PAINT_ERROR_PROTOCOL_ERROR) << line.substr(0, 80);
        EXPECT_EQ(answer.times, 1);
        conversation_free(conversation);
    }
}

TEST_F(ConversationTest, BracketsInAMessageHaveALimit) {
    // json-glib calls itself for each level: unguarded, the longest line would end the plug-in.
    const auto nested = [](std::size_t levels) {
        return R"({"method": "log", "params": {"a": )" + std::string(levels, '[') +
               std::string(levels, ']') + "}}\n";
    };
    hear(nested(998));
    EXPECT_EQ(ended(), -1) << why();
    EXPECT_EQ(heard_, "log ");
    hear(nested(999));
    EXPECT_EQ(ended(), PAINT_ERROR_PROTOCOL_ERROR);
    Conversation* another = conversation_new(nullptr, nullptr, &tail_);
    const std::string most = nested(500000);
    conversation_receive(another, most.data(), most.size());
    EXPECT_NE(conversation_ended(another), nullptr);
    conversation_free(another);
}

TEST_F(ConversationTest, ALineMayBeAsLongAsTheProtocolSaysAndNoLonger) {
    const std::string head = R"({"method": "log", "params": {"text": ")", tail = "\"}}\n";
    const std::string fits =
        head + std::string(MANIERA_LINE_MAX - head.size() - tail.size(), 'x') + tail;
    ASSERT_EQ(fits.size(), std::size_t(MANIERA_LINE_MAX));
    EXPECT_EQ(hear(fits), 1u);
    EXPECT_EQ(ended(), -1) << why();
    hear(std::string(MANIERA_LINE_MAX, 'x'));
    EXPECT_EQ(ended(), PAINT_ERROR_PROTOCOL_ERROR);
}

TEST_F(ConversationTest, NothingIsReceivedAfterItsEnd) {
    hear("babble\n" + std::string(R"({"method": "alive"})") + "\n");
    hear(std::string(R"({"method": "alive"})") + "\n");
    EXPECT_EQ(heard_, "");
    Answer answer;
    ask(answer);
    EXPECT_TRUE(wait_until([&] { return answer.came; }, 5));
    EXPECT_EQ(answer.code, PAINT_ERROR_PROTOCOL_ERROR);
    EXPECT_TRUE(contains(answer.message, "not a message: babble")) << answer.message;
}

TEST_F(ConversationTest, StandardErrorComesWithInternalErrorsAlone) {
    stderr_tail_add(&tail_, "tensor on fire\n", 15);
    Answer internal, memory;
    hear(hello);
    ask(internal);
    ask(memory);
    hear(std::string(R"({"id": 2, "error": {"code": "internal", "message": "c10::Error"}})") +
         "\n" + R"({"id": 3, "error": {"code": "out-of-memory", "message": "too large"}})" + "\n");
    ASSERT_TRUE(wait_until([&] { return internal.came && memory.came; }, 5));
    EXPECT_TRUE(contains(internal.message, "c10::Error\ntensor on fire")) << internal.message;
    EXPECT_FALSE(contains(memory.message, "tensor on fire")) << memory.message;
}

TEST_F(ConversationTest, OpenCallsFailInTheirOrderWhenItEnds) {
    static std::string order;
    order.clear();
    static const char* const names[] = {"a", "b", "c"};
    for (const char* name : names)
        conversation_call(
            conversation_, MANIERA_METHOD_ESTIMATE, json_object_new(),
            [](GObject*, GAsyncResult*, gpointer name) { order += static_cast<char*>(name); },
            const_cast<char*>(name));
    g_autoptr(GError) error = paint_error_new(PAINT_ERROR_HELPER_SILENT, nullptr);
    conversation_end(conversation_, error);
    wait_until([] { return order.size() == 3; }, 5);
    EXPECT_EQ(order, "abc");
}

} // namespace
} // namespace maniera::test
