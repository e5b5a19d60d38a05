// SPDX-License-Identifier: GPL-3.0-or-later
// Bytes to lines to messages.

#include "helper/messages/message.h"

#include "helper/messages/protocol.h"
#include "tests/support/refusal.h"

#include <gtest/gtest.h>

#include <vector>

namespace maniera {
namespace {

using nlohmann::json;
using test::contains;
using test::refusal;

std::vector<std::string> cut(const std::string& text, std::size_t piece) {
    std::vector<std::string> lines;
    LineCutter cutter;
    for (std::size_t i = 0; i < text.size(); i += piece)
        cutter.add(text.data() + i, std::min(piece, text.size() - i),
                   [&](const std::string& line, bool too_long) {
                       lines.push_back(too_long ? "TOO LONG" : line);
                   });
    return lines;
}

TEST(Lines, AreTheSameHoweverTheyArrive) {
    const std::string text = "one\n\ntwo three\nfour";
    const std::vector<std::string> wanted = {"one", "", "two three"};
    for (const std::size_t piece : {1, 2, 3, 5, 100})
        EXPECT_EQ(cut(text, piece), wanted) << piece;
}

TEST(Lines, HaveALimitAndGoOnAfterIt) {
    const std::string most(MANIERA_LINE_MAX - 1, 'x');
    EXPECT_EQ(cut(most + "\nnext\n", 4096), (std::vector<std::string>{most, "next"}));
    for (const std::size_t more : {0, 1, 100, 3 << 20})
        EXPECT_EQ(cut(most + "x" + std::string(more, 'y') + "\nnext\n", 4096),
                  (std::vector<std::string>{"TOO LONG", "next"}));
    EXPECT_EQ(cut(std::string(5 << 20, 'x') + "\nnext\n", 64 << 20),
              (std::vector<std::string>{"TOO LONG", "next"}));
}

TEST(Messages, AreRequestsOrNotifications) {
    const Message request =
        parse_message(R"({"id": 7, "method": "hello", "params": {"protocol": 1}, "new": 5})");
    EXPECT_EQ(request.id, 7);
    EXPECT_EQ(request.method, "hello");
    EXPECT_EQ(request.params["protocol"], 1);
    const Message notification = parse_message(R"({"method": "stop"})");
    EXPECT_TRUE(notification.id.is_null());
    EXPECT_TRUE(notification.params.is_object());
}

TEST(Messages, AreNotWhateverIsJson) {
    for (const char* line :
         {"", "garbage", "{", "[]", "5", "{}", R"({"id": 1})", R"({"method": 5})",
          R"({"id": "1", "method": "hello"})", R"({"id": 1.5, "method": "hello"})",
          R"({"id": null, "method": "hello"})", R"({"method": "stop", "params": []})",
          R"({"method": "stop"} {"method": "stop"})", "{\"method\": \"\xff\"}",
          R"({"id": 1e999, "method": "hello"})"}) {
        ErrorCode code{};
        EXPECT_NE(refusal([&] { parse_message(line); }, &code), "accepted") << line;
        EXPECT_EQ(code, ErrorCode::invalid_request);
    }
    EXPECT_NE(refusal([] { parse_message(std::string(500000, '[')); }), "accepted");
}

TEST(Messages, AreNotNestedSoDeeplyThatAStackEnds) {
    const std::string deep = std::string(200000, '[') + std::string(200000, ']');
    EXPECT_NE(refusal([&] { parse_message("{\"id\": " + deep + ", \"method\": \"a\"}"); }),
              "accepted");
    EXPECT_NE(
        refusal([&] { parse_message("{\"method\": \"a\", \"params\": {\"job\": " + deep + "}}"); }),
        "accepted");
    EXPECT_EQ(parse_message(R"({"method": "a", "params": {"b": [[[[[[[[5]]]]]]]]}})").method, "a");
}

TEST(Messages, GoOutOnOneLineWhateverTheyHold) {
    const std::string line =
        error_line(3, Error(ErrorCode::no_space, "two\nlines and \xff no UTF-8"));
    EXPECT_EQ(std::count(line.begin(), line.end(), '\n'), 1);
    EXPECT_EQ(line.back(), '\n');
    const json read = json::parse(line);
    EXPECT_EQ(read["id"], 3);
    EXPECT_EQ(read["error"]["code"], "no-space");
    EXPECT_TRUE(json::parse(error_line(nullptr, Error(ErrorCode::internal, "x")))["id"].is_null());
    EXPECT_EQ(json::parse(reply_line(9007199254740993, {{"a", 1}}))["id"], 9007199254740993);
    EXPECT_EQ(json::parse(notification_line("alive", json::object()))["method"], "alive");
}

} // namespace
} // namespace maniera
