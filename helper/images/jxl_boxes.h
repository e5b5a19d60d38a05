// SPDX-License-Identifier: GPL-3.0-or-later
// Words on the work in JPEG XL files: boxes of the container (ISO/IEC 18181-2). libvips 8.14
// neither reads nor writes them, later ones may compress them, which not all programs read.

#pragma once

#include <string>

namespace maniera {

struct JxlWords {
    std::string exif; // "Exif", two zeros and a TIFF, as other formats have it
    std::string xmp;  // a packet
    bool empty() const { return exif.empty() && xmp.empty(); }
};

// Without boxes that are compressed, and those of more than 16 MiB. Empty for other files.
JxlWords jxl_words(const std::string& path);

// Adds those that the file has not, and a container where it has none. False where that fails.
bool add_jxl_words(const JxlWords& words, const std::string& path);

} // namespace maniera
