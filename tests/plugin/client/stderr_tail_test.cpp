// SPDX-License-Identifier: GPL-3.0-or-later
// The end of what a program wrote to standard error.
#include <glib.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

extern "C" {
#include "plugin/client/stderr_tail.h"
}

namespace maniera::test {
namespace {

std::string tail_of(const std::vector<std::string>& pieces) {
    StderrTail tail{};
    for (const std::string& piece : pieces)
        stderr_tail_add(&tail, piece.data(), piece.size());
    g_autofree char* text = stderr_tail_text(&tail);
    stderr_tail_clear(&tail);
    return text;
}

TEST(StderrTail, IsTheLastLines) {
    EXPECT_EQ(tail_of({}), "");
    EXPECT_EQ(tail_of({"\n\n"}), "");
    EXPECT_EQ(tail_of({"one\n", "two\n\n"}), "one\ntwo");
    std::vector<std::string> many;
    for (int i = 1; i <= 1000; ++i)
        many.push_back("line " + std::to_string(i) + "\n");
    const std::string text = tail_of(many);
    EXPECT_EQ(text.substr(0, text.find('\n')), "line 981");
    EXPECT_EQ(text.substr(text.rfind('\n')), "\nline 1000");
}

TEST(StderrTail, IsShortAndValidWhateverWasWritten) {
    const std::string text = tail_of({std::string(1 << 20, 'x'), "\xc3", "\xff\x00 end\n"});
    EXPECT_LE(text.size(), 4096u + 8);
    EXPECT_TRUE(g_utf8_validate(text.c_str(), -1, nullptr));
    EXPECT_EQ(tail_of({std::string(5000, 'a'), std::string(5000, 'b')}), std::string(4096, 'b'));
    // Cut in the middle of a letter of two bytes.
    std::string letters;
    for (int i = 0; i < 5000; ++i)
        letters += "\u00e9";
    EXPECT_TRUE(g_utf8_validate(tail_of({"x" + letters}).c_str(), -1, nullptr));
}

} // namespace
} // namespace maniera::test
