// SPDX-License-Identifier: GPL-3.0-or-later
// Embedded RGB profiles (ICC) and sRGB, by LittleCMS in floating point: libvips' own conversion
// passes through 16-bit tables, which moves dark saturated colors by a dozen levels.

#pragma once

#include "core/image/image.h"

#include <array>
#include <memory>
#include <string>
#include <vector>

namespace maniera {

// From stored values to light: a power, or one of two parts that are standards.
struct ToneCurve {
    static ToneCurve power(double gamma) { return {{gamma}}; }
    static ToneCurve srgb() { return {{2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045}}; }
    static ToneCurve rec709() { return {{1 / 0.45, 1 / 1.099, 0.099 / 1.099, 1 / 4.5, 0.081}}; }

    std::vector<double> parameters; // of ICC's parametric curves, types 0 and 3
};

// An RGB profile's bytes. `primaries` are x and y of white, red, green and blue. Empty where there
// is no such color space.
std::string rgb_profile_of(const std::array<double, 8>& primaries, const ToneCurve& curve);

// The channels of the pictures it is for; 0 for bytes that are no profile.
int profile_channels(const std::string& profile);

// sRGB's own, to say so where it is not the default.
std::string srgb_profile();

// Whether these bytes are a profile of RGB pictures that can be converted from and to.
bool is_rgb_profile(const std::string& profile);

// Between an RGB profile and sRGB; relative colorimetric with black point compensation, as GIMP
// does. Making one takes far longer than a strip of pixels does: keep it. May be copied, and used
// by several threads.
class ColorConversion {
public:
    // 3 channels in place. Values outside the target's gamut are clipped to [0,1]; or not, in
    // conversions to sRGB.
    void apply(Image& image) const;
    void apply_unclipped(Image& image) const;

private:
    friend ColorConversion profile_to_srgb(const std::string& profile);
    friend ColorConversion srgb_to_profile(const std::string& profile);

    std::shared_ptr<void> transform_; // nothing = changes nothing
};

// The profile must be an RGB one; without one, and for srgb_profile(), they change nothing.
ColorConversion profile_to_srgb(const std::string& profile);
ColorConversion srgb_to_profile(const std::string& profile);

} // namespace maniera
