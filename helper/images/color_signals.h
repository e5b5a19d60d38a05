// SPDX-License-Identifier: GPL-3.0-or-later
// Every way in which a file says what its numbers mean, made one: an embedded profile (ICC).

#pragma once

#include "helper/images/vips_image.h"

#include <string>

namespace maniera {

// The image with a profile that holds for it, or none for sRGB: in order of rank a PNG's cICP, the
// embedded profile, a PNG's sRGB, gAMA and cHRM, EXIF's color space, and the format: floats without
// any are linear light. A profile of other channels than the picture has is left aside.
Vips with_profile(const Vips& image, const std::string& path);

// What a person should know of that, as a sentence, or nothing.
std::string remark_on_colors(const Vips& image);

// Whether the profile is the one for linear floats, which only floats can be stored in.
bool is_linear_by_format(const Vips& image);

} // namespace maniera
