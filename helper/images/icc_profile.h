// SPDX-License-Identifier: GPL-3.0-or-later
// Embedded RGB profiles (ICC) and sRGB, by LittleCMS in floating point: libvips' own conversion
// passes through 16-bit tables, which moves dark saturated colors by a dozen levels.

#pragma once

#include "core/image/image.h"

#include <memory>
#include <string>

namespace maniera {

// Whether these bytes are a profile of RGB pictures that can be converted from and to.
bool is_rgb_profile(const std::string& profile);

// Between an RGB profile and sRGB; relative colorimetric with black point compensation, as GIMP
// does. Making one takes far longer than a strip of pixels does: keep it. May be copied, and used
// by several threads.
class ColorConversion {
public:
    // 3 channels in place. Values outside the target's gamut are clipped to [0,1].
    void apply(Image& image) const;

private:
    friend ColorConversion profile_to_srgb(const std::string& profile);
    friend ColorConversion srgb_to_profile(const std::string& profile);

    std::shared_ptr<void> transform_; // nothing = changes nothing
};

// The profile must be an RGB one; without one, they change nothing.
ColorConversion profile_to_srgb(const std::string& profile);
ColorConversion srgb_to_profile(const std::string& profile);

} // namespace maniera
