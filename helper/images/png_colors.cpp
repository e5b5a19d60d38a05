// SPDX-License-Identifier: GPL-3.0-or-later

#include "helper/images/png_colors.h"

#include "helper/images/big_endian.h"

#include <cstdint>
#include <fstream>

namespace maniera {
namespace {

void read_chunk(const std::string& kind, const std::string& data, PngColors& colors) {
    const auto fraction = [&](std::size_t at) { return from_big_endian(data, at, 4) / 100000.0; };
    if (kind == "cICP" && data.size() >= 4) {
        colors.cicp.emplace();
        for (std::size_t i = 0; i < 4; ++i)
            (*colors.cicp)[i] = static_cast<unsigned char>(data[i]);
    } else if (kind == "iCCP") {
        colors.profile = true;
    } else if (kind == "sRGB") {
        colors.srgb = true;
    } else if (kind == "gAMA" && data.size() >= 4 && from_big_endian(data, 0, 4) > 0) {
        colors.gamma = fraction(0);
    } else if (kind == "cHRM" && data.size() >= 32) {
        colors.primaries.emplace();
        for (std::size_t i = 0; i < 8; ++i)
            (*colors.primaries)[i] = fraction(4 * i);
    }
}

} // namespace

PngColors png_colors(const std::string& path) {
    PngColors colors;
    std::ifstream file(path, std::ios::binary);
    std::string head(8, '\0');
    if (!file.read(head.data(), 8) || head != "\x89PNG\r\n\x1a\n")
        return colors;
    // They all come before the pixels. The largest of them has 32 bytes.
    while (file.read(head.data(), 8)) {
        const auto length = static_cast<std::uint32_t>(from_big_endian(head, 0, 4));
        const std::string kind = head.substr(4);
        if (kind == "IDAT" || kind == "IEND")
            break;
        std::string data(length <= 32 ? length : 0, '\0');
        file.read(data.data(), static_cast<std::streamsize>(data.size()));
        read_chunk(kind, data, colors);
        file.seekg(std::int64_t{length} - static_cast<std::int64_t>(data.size()) + 4,
                   std::ios::cur); // and the checksum
    }
    return colors;
}

} // namespace maniera
