// SPDX-License-Identifier: GPL-3.0-or-later
// Sentences, and what a program said last.
#include "tests/plugin/talk.h"
#include "tests/support/process.h"
#include "tests/support/refusal.h"

#include <gtest/gtest.h>

#include <cstring>
#include <set>
#include <sstream>

extern "C" {
#include "plugin/client/stderr_tail.h"
#include "plugin/client/wire.h"
}

namespace maniera::test {
namespace {

TEST(Errors, TheWiresNamesAreThoseOfItsDescription) {
    const std::string text = read_text(MANIERA_SOURCE "/docs/protocol.md");
    const std::string head = "the code is one of `";
    const std::size_t start = text.find(head);
    ASSERT_NE(start, std::string::npos);
    std::istringstream names(text.substr(start + head.size(), text.find('`', start + head.size()) -
                                                                  start - head.size()));
    std::string name;
    int code = PAINT_ERROR_PROTOCOL_MISMATCH;
    for (; names >> name; ++code)
        EXPECT_EQ(paint_error_from_wire(name.c_str()), code) << name;
    EXPECT_EQ(code, PAINT_ERROR_NO_HELPER) << "the list has another length";
    for (const char* unknown : {"", "no-such-code", static_cast<const char*>(nullptr)})
        EXPECT_EQ(paint_error_from_wire(unknown), PAINT_ERROR_INTERNAL);
}

TEST(Errors, EveryCodeHasASentenceOfItsOwn) {
    std::set<std::string> sentences;
    for (int code = 0; code <= PAINT_ERROR_HOST; ++code) {
        g_autoptr(GError) error = paint_error_new(static_cast<PaintErrorCode>(code), nullptr);
        EXPECT_EQ(error->domain, PAINT_ERROR);
        EXPECT_EQ(error->code, code);
        EXPECT_EQ(error->message[std::strlen(error->message) - 1], '.') << error->message;
        EXPECT_TRUE(g_ascii_isupper(error->message[0])) << error->message;
        EXPECT_TRUE(sentences.insert(error->message).second) << error->message;
    }
}

TEST(Errors, DetailsComeOnLinesOfTheirOwn) {
    g_autoptr(GError) with = paint_error_new(PAINT_ERROR_NO_SPACE, "100 % of %s is full");
    EXPECT_TRUE(contains(with->message, ".\n100 % of %s is full")) << with->message;
    g_autoptr(GError) without = paint_error_new(PAINT_ERROR_NO_SPACE, "");
    EXPECT_FALSE(contains(without->message, "\n"));
}

std::string stderr_tail(const std::vector<std::string>& pieces) {
    StderrTail words{};
    for (const std::string& piece : pieces)
        last_words_add(&words, piece.data(), piece.size());
    g_autofree char* text = last_words_text(&words);
    last_words_clear(&words);
    return text;
}

TEST(StderrTail, AreTheLastLines) {
    EXPECT_EQ(stderr_tail({}), "");
    EXPECT_EQ(stderr_tail({"\n\n"}), "");
    EXPECT_EQ(stderr_tail({"one\n", "two\n\n"}), "one\ntwo");
    std::vector<std::string> many;
    for (int i = 1; i <= 1000; ++i)
        many.push_back("line " + std::to_string(i) + "\n");
    const std::string text = stderr_tail(many);
    EXPECT_EQ(text.substr(0, text.find('\n')), "line 981");
    EXPECT_EQ(text.substr(text.rfind('\n')), "\nline 1000");
}

TEST(StderrTail, AreShortAndValidWhateverWasSaid) {
    const std::string text = stderr_tail({std::string(1 << 20, 'x'), "\xc3", "\xff\x00 end\n"});
    EXPECT_LE(text.size(), 4096u + 8);
    EXPECT_TRUE(g_utf8_validate(text.c_str(), -1, nullptr));
    EXPECT_EQ(stderr_tail({std::string(5000, 'a'), std::string(5000, 'b')}),
              std::string(4096, 'b'));
    // Cut in the middle of a letter of two bytes.
    std::string letters;
    for (int i = 0; i < 5000; ++i)
        letters += "\u00e9";
    EXPECT_TRUE(g_utf8_validate(stderr_tail({"x" + letters}).c_str(), -1, nullptr));
}

TEST(Wire, ReadsWhatIsThereAndNothingElse) {
    const Json object = parse(
        R"({"int": 5, "real": 0.5, "text": "t", "yes": true, "null": null, "list": [1], "in": {"a": 1}})");
    JsonObject* o = object.get();
    EXPECT_EQ(wire_number(o, "int", 0, 10, -1), 5);
    EXPECT_EQ(wire_number(o, "real", 0, 10, -1), 0.5);
    EXPECT_EQ(wire_number(o, "int", 6, 10, -1), -1);
    for (const char* other : {"text", "yes", "null", "list", "in", "not there"}) {
        EXPECT_EQ(wire_number(o, other, 0, 10, -1), -1) << other;
    }
    EXPECT_STREQ(wire_text(o, "text"), "t");
    EXPECT_EQ(wire_text(o, "int"), nullptr);
    EXPECT_TRUE(wire_true(o, "yes"));
    EXPECT_FALSE(wire_true(o, "int"));
    EXPECT_NE(wire_object(o, "in"), nullptr);
    EXPECT_EQ(wire_object(o, "list"), nullptr);
}

} // namespace
} // namespace maniera::test
