// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers in files whose first byte counts most.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace maniera {

// Of so many bytes, eight at most, that are there.
inline std::uint64_t from_big_endian(const std::string& text, std::size_t at, std::size_t bytes) {
    std::uint64_t value = 0;
    for (std::size_t i = at; i < at + bytes; ++i)
        value = value << 8 | static_cast<unsigned char>(text[i]);
    return value;
}

inline std::string to_big_endian(std::uint64_t value, int bytes) {
    std::string text;
    for (int i = bytes; i-- > 0;)
        text += static_cast<char>(value >> (8 * i));
    return text;
}

} // namespace maniera
