// SPDX-License-Identifier: GPL-3.0-or-later
// Formats whose decoders libvips calls untrusted: nobody has fuzzed them. OpenEXR, Radiance, PPM,
// PFM, JPEG XL and JPEG 2000 are decoded by a program of their own, maniera-decode, whose crash is
// an error of that one picture. The others, such as SVG, PDF and ImageMagick's, are so too where a
// person allows all formats.

#pragma once

#include "helper/images/vips_image.h"

#include <string>

namespace maniera {

// For the rest of the process; before any picture is read.
void allow_all_formats();

// The picture, whose rows can be read in any order, from a file without a name in TMPDIR. Throws
// Error{unreadable_image} for what is no picture, too.
Vips decode_elsewhere(const std::string& path);

// Whether an image came from there.
bool was_decoded_elsewhere(const Vips& image);

} // namespace maniera
