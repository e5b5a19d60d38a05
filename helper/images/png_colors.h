// SPDX-License-Identifier: GPL-3.0-or-later
// What a PNG's chunks say of its colors, which libvips does not tell.

#pragma once

#include <array>
#include <optional>
#include <string>

namespace maniera {

// x and y of white, red, green and blue.
using Chromaticities = std::array<double, 8>;

struct PngColors {
    std::optional<std::array<int, 4>> cicp; // primaries, transfer, matrix, full range (H.273)
    bool profile = false;                   // there is one, which libpng may have refused
    bool srgb = false;
    std::optional<double> gamma; // of the encoding: 0.45455 for 2.2
    std::optional<Chromaticities> primaries;
};

// Empty for a file that is no PNG. Chunks that are too short count as absent.
PngColors png_colors(const std::string& path);

} // namespace maniera
