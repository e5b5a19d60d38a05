// SPDX-License-Identifier: GPL-3.0-or-later
// Codes and sentences.
#include "tests/plugin/talk.h"
#include "tests/support/process.h"
#include "tests/support/refusal.h"

#include <gtest/gtest.h>

#include <cstring>
#include <set>
#include <sstream>

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

} // namespace
} // namespace maniera::test
