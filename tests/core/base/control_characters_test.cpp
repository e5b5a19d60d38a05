// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/base/control_characters.h"

#include <gtest/gtest.h>

namespace maniera {
namespace {

const std::string nothing = "none";

std::string found(const std::string& text) { return control_character_in(text).value_or(nothing); }

TEST(ControlCharacters, AreThoseThatEndTurnOrEscapeAText) {
    EXPECT_EQ(found(std::string("a\0b", 3)), "U+0000");
    EXPECT_EQ(found("a\nb"), "U+000A");
    EXPECT_EQ(found("\x7f"), "U+007F");
    EXPECT_EQ(found("a\xc2\x9b"
                    "2J"),
              "U+009B");                                    // a terminal's escape in one character
    EXPECT_EQ(found("photo\xe2\x80\xaegpj.exe"), "U+202E"); // shown from right to left
    EXPECT_EQ(found("\xe2\x81\xa6x"), "U+2066");
    EXPECT_EQ(found("x\xe2\x80\xa8y"), "U+2028");
}

TEST(ControlCharacters, AreNoneInNamesOfAnyLanguage) {
    for (const char* name :
         {"photo.jpg", "Müller – Straße №5.png", "写真 夏.tif", "صورة\xe2\x80\x8f 1.png",
          "می\xe2\x80\x8cخواهم.jpg", "\xf0\x9f\x91\xa8\xe2\x80\x8d\xf0\x9f\x8e\xa8.png",
          "no\xc2\xa0"
          "break\xe2\x80\xaf.png",
          "\xff\xfe latin \xe4.png", "cut \xe2\x80"})
        EXPECT_EQ(found(name), nothing) << name;
}

TEST(ControlCharacters, AreShownByTheirNumbers) {
    EXPECT_EQ(with_controls_shown("photo\xe2\x80\xaegpj.exe"), "photo\\u{202E}gpj.exe");
    EXPECT_EQ(with_controls_shown("\x1b]0;title\x07"), "\\u{1B}]0;title\\u{7}");
    EXPECT_EQ(with_controls_shown("two\nlines\tü\xe2\x80\xa6"), "two\nlines\tü\xe2\x80\xa6");
}

} // namespace
} // namespace maniera
