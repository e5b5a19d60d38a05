// SPDX-License-Identifier: GPL-3.0-or-later
// What the program and maniera-decode say to each other:
//
//     maniera-decode pictures|all FILE >TIFF
//
// with a reason on standard error where it fails.

#pragma once

#include <vips/vips.h>

namespace maniera {

constexpr const char* pictures_word = "pictures"; // formats of pictures alone
constexpr const char* all_formats_word = "all";   // and what else libvips reads

// Exit codes, but for 0, and 1 = what standard error says.
constexpr int decoder_knows_not = 3; // no format that libvips reads
constexpr int decoder_may_not = 4;   // only with all formats

// libvips writes no EXIF into a TIFF. It travels in the field for Photoshop's resources, which no
// picture that is decoded there has.
constexpr const char* exif_of_decoded = VIPS_META_PHOTOSHOP_NAME;

} // namespace maniera
