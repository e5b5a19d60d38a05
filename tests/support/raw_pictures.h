// SPDX-License-Identifier: GPL-3.0-or-later
// Picture files that libvips does not write, byte by byte.

#pragma once

#include "core/image/image.h"
#include "tests/support/process.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

namespace maniera::test {

inline std::string big_endian(std::uint32_t value) {
    std::string bytes;
    for (int shift = 24; shift >= 0; shift -= 8)
        bytes += static_cast<char>(value >> shift);
    return bytes;
}

inline std::size_t png_number(const std::string& bytes, std::size_t at) {
    std::size_t value = 0;
    for (std::size_t i = at; i < at + 4; ++i)
        value = value << 8 | static_cast<unsigned char>(bytes[i]);
    return value;
}

template <typename T>
std::string as_stored(T value) { // of this machine, which is little-endian
    return {reinterpret_cast<const char*>(&value), sizeof value};
}

inline std::string png_chunk(const std::string& kind, const std::string& data) {
    std::uint32_t sum = ~0u;
    for (const char c : kind + data) {
        sum ^= static_cast<unsigned char>(c);
        for (int bit = 0; bit < 8; ++bit)
            sum = sum >> 1 ^ (sum & 1 ? 0xedb88320u : 0);
    }
    return big_endian(static_cast<std::uint32_t>(data.size())) + kind + data + big_endian(~sum);
}

// Puts chunks right behind the first, IHDR.
inline void insert_chunks(const std::string& from, const std::string& to,
                          const std::string& chunks) {
    std::string bytes = read_text(from);
    bytes.insert(33, chunks);
    write_text(to, bytes);
}

inline float linear_light(float encoded) {
    return encoded <= 0.04045f ? encoded / 12.92f : std::pow((encoded + 0.055f) / 1.055f, 2.4f);
}

// A pixel of Radiance's: three bytes and their exponent.
inline std::array<char, 4> shared_exponent(const float* encoded) {
    std::array<float, 3> light;
    std::transform(encoded, encoded + 3, light.begin(), linear_light);
    int exponent = 0;
    std::frexp(*std::max_element(light.begin(), light.end()), &exponent);
    std::array<char, 4> bytes = {0, 0, 0, static_cast<char>(exponent + 128)};
    for (std::size_t c = 0; c < 3; ++c)
        bytes[c] = static_cast<char>(static_cast<int>(std::ldexp(light[c], 8 - exponent)));
    return bytes;
}

// Radiance's, in runs that repeat nothing, or flat, on which libvips 8.14's loader crashes.
inline void write_hdr(const std::string& path, const Image& encoded, bool flat = false) {
    std::string bytes = "#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y " +
                        std::to_string(encoded.height) + " +X " + std::to_string(encoded.width) +
                        "\n";
    constexpr int longest_run = 128;
    for (int y = 0; y < encoded.height; ++y) {
        std::vector<std::array<char, 4>> row;
        for (int x = 0; x < encoded.width; ++x)
            row.push_back(shared_exponent(encoded.at(x, y)));
        if (flat) {
            for (const auto& pixel : row)
                bytes.append(pixel.begin(), pixel.end());
            continue;
        }
        bytes += {2, 2, static_cast<char>(encoded.width >> 8), static_cast<char>(encoded.width)};
        for (std::size_t c = 0; c < 4; ++c)
            for (int x = 0; x < encoded.width; ++x) {
                if (x % longest_run == 0)
                    bytes += static_cast<char>(std::min(longest_run, encoded.width - x));
                bytes += row[x][c];
            }
    }
    write_text(path, bytes);
}

inline void write_pfm(const std::string& path, const Image& encoded) {
    std::string bytes =
        "PF\n" + std::to_string(encoded.width) + " " + std::to_string(encoded.height) + "\n-1.0\n";
    for (int y = encoded.height - 1; y >= 0; --y)
        for (int i = 0; i < 3 * encoded.width; ++i)
            bytes += as_stored(linear_light(encoded.at(0, y)[i]));
    write_text(path, bytes);
}

// OpenEXR's, of floats, uncompressed.
inline void write_exr(const std::string& path, const Image& encoded) {
    const std::string end(1, '\0');
    const auto attribute = [&](const std::string& name, const std::string& kind,
                               const std::string& value) {
        return name + end + kind + end + as_stored(static_cast<std::int32_t>(value.size())) + value;
    };
    std::string channels;
    for (const char* name : {"B", "G", "R"})
        channels += name + end + as_stored(std::int32_t{2}) + std::string(4, '\0') +
                    as_stored(std::int32_t{1}) + as_stored(std::int32_t{1});
    const std::string box = std::string(8, '\0') + as_stored(std::int32_t{encoded.width - 1}) +
                            as_stored(std::int32_t{encoded.height - 1});
    std::string bytes =
        "\x76\x2f\x31\x01" + as_stored(std::int32_t{2}) +
        attribute("channels", "chlist", channels + end) +
        attribute("compression", "compression", end) + attribute("dataWindow", "box2i", box) +
        attribute("displayWindow", "box2i", box) + attribute("lineOrder", "lineOrder", end) +
        attribute("pixelAspectRatio", "float", as_stored(1.0f)) +
        attribute("screenWindowCenter", "v2f", std::string(8, '\0')) +
        attribute("screenWindowWidth", "float", as_stored(1.0f)) + end;
    const std::size_t first = bytes.size() + 8 * static_cast<std::size_t>(encoded.height);
    const std::int32_t row = 12 * encoded.width;
    for (int y = 0; y < encoded.height; ++y)
        bytes += as_stored(static_cast<std::uint64_t>(first) +
                           static_cast<std::uint64_t>(y) * (8 + static_cast<unsigned>(row)));
    for (std::int32_t y = 0; y < encoded.height; ++y) {
        bytes += as_stored(y) + as_stored(row);
        for (const int channel : {2, 1, 0})
            for (int x = 0; x < encoded.width; ++x)
                bytes += as_stored(linear_light(encoded.at(x, y)[channel]));
    }
    write_text(path, bytes);
}

} // namespace maniera::test
