// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/base/control_characters.h"

#include <cstddef>
#include <cstdio>

namespace maniera {
namespace {

struct Character {
    unsigned code = 0;
    std::size_t bytes = 1;
};

// Of those beyond ASCII only what could be a control character is decoded.
Character character_at(const std::string& text, std::size_t at) {
    const auto byte = [&](std::size_t i) {
        return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0U;
    };
    const auto follows = [&](std::size_t i) { return (byte(i) & 0xc0) == 0x80; };
    if (byte(0) == 0xc2 && follows(1))
        return {byte(1), 2};
    if (byte(0) == 0xe2 && follows(1) && follows(2))
        return {0x2000 | (byte(1) & 0x3f) << 6 | (byte(2) & 0x3f), 3};
    return {byte(0) < 0x80 ? byte(0) : 0xfffd, 1};
}

bool is_control(unsigned code) {
    return code < ' ' || (code >= 0x7f && code <= 0x9f) || (code >= 0x2028 && code <= 0x202e) ||
           (code >= 0x2066 && code <= 0x2069);
}

std::string hexadecimal(const char* form, unsigned code) {
    char text[16];
    std::snprintf(text, sizeof text, form, code);
    return text;
}

} // namespace

std::optional<std::string> control_character_in(const std::string& text) {
    for (std::size_t at = 0; at < text.size();) {
        const Character character = character_at(text, at);
        if (is_control(character.code))
            return hexadecimal("U+%04X", character.code);
        at += character.bytes;
    }
    return {};
}

std::string with_controls_shown(const std::string& text) {
    std::string result;
    for (std::size_t at = 0; at < text.size();) {
        const Character character = character_at(text, at);
        if (is_control(character.code) && character.code != '\n' && character.code != '\t')
            result += hexadecimal("\\u{%X}", character.code);
        else
            result.append(text, at, character.bytes);
        at += character.bytes;
    }
    return result;
}

} // namespace maniera
