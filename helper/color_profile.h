// SPDX-License-Identifier: GPL-3.0-or-later
// Embedded RGB profiles (ICC) and sRGB, by LittleCMS in floating point: libvips' own conversion
// passes through 16-bit tables, which moves dark saturated colours by a dozen levels.

#pragma once

#include "core/image.h"

#include <string>

namespace maniera {

// Whether these bytes are a profile of RGB pictures that can be converted from and to.
bool is_rgb_profile(const std::string& profile);

// Converts 3 channels in place; relative colorimetric with black point compensation, as GIMP does.
// Values outside the target's gamut are clipped to [0,1]. The profile must be an RGB one.
void profile_to_srgb(Image& image, const std::string& profile);
void srgb_to_profile(Image& image, const std::string& profile);

} // namespace maniera
