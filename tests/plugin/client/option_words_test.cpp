// SPDX-License-Identifier: GPL-3.0-or-later
// The dialog's words for what is wrong.
#include "tests/support/refusal.h"

#include <gtest/gtest.h>

extern "C" {
#include "plugin/client/option_words.h"
}

namespace maniera::test {
namespace {

std::string words(const char* text) {
    g_autofree char* words = dialog_words(text);
    return words;
}

TEST(OptionWords, OptionsHaveTheirLabels) {
    EXPECT_EQ(words("ask for a larger --size."), "ask for a larger \"Size\".");
    EXPECT_EQ(words("--style-scale, --preview-interval; --no-such-thing -- a"),
              "\"Style scale\", \"Preview interval\"; --no-such-thing -- a");
}

TEST(OptionWords, NumbersAreWrittenInFull) {
    EXPECT_EQ(words("from 32 to 1e+06, not 2.5e+03 or 1e-6"),
              "from 32 to 1000000, not 2500 or 1e-6");
}

TEST(OptionWords, ComplaintsNameTheLabelNeverTheFlag) {
    std::size_t count = 0;
    const ManieraOption* option = maniera_option_table(&count);
    for (; count > 0; --count, ++option) {
        g_autofree char* why = option_complaint(option, "nonsense");
        EXPECT_TRUE(contains(why, option->label)) << why;
        EXPECT_FALSE(contains(why, "e+")) << why;
        EXPECT_FALSE(contains(why, "--")) << why;
    }
}

} // namespace
} // namespace maniera::test
