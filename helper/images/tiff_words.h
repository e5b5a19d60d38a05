// SPDX-License-Identifier: GPL-3.0-or-later
// Words on the work in TIFF files: EXIF, which libvips 8.14 neither reads nor writes there, and
// IPTC, of which it writes a quarter.

#pragma once

#include <string>

namespace maniera {

struct TiffWords {
    std::string exif; // "Exif", two zeros and a TIFF, as other formats have it
    std::string iptc; // records
    bool empty() const { return exif.empty() && iptc.empty(); }
};

// An EXIF block without what describes pixels, and values of more than 64 KiB; empty where nothing
// is left.
std::string exif_words(const std::string& block);

// Without what describes the file's pixels, and values of more than 64 KiB. Empty for other files.
TiffWords tiff_words(const std::string& path);

// Adds them to a little-endian TIFF, likewise; what it says already stays. False where that fails.
bool add_tiff_words(const TiffWords& words, const std::string& path);

} // namespace maniera
