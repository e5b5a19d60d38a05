// SPDX-License-Identifier: GPL-3.0-or-later
// Pictures and masks made by code.

#pragma once

#include "core/image/image.h"

#include <cstdint>

namespace maniera::test {

// Smooth blobs of colour with a little noise: something like a photograph. Seeds differ in colours.
Picture make_picture(int width, int height, std::uint32_t seed);

// Independent values in [0,1].
Image make_noise(int width, int height, int channels, std::uint32_t seed);

// 1 left of `edge` (a fraction of the width), 0 right of it, rising over `soft` of the width.
Image make_mask(int width, int height, double edge, double soft = 0);

// Infinite when the sizes differ.
double largest_difference(const Image& a, const Image& b);
// Throws when the sizes differ.
double mean_difference(const Image& a, const Image& b);
// Root of the mean square; infinite when the sizes differ.
double rms_difference(const Image& a, const Image& b);
double mean(const Image& image, int channel);

} // namespace maniera::test
