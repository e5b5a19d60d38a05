// SPDX-License-Identifier: GPL-3.0-or-later
// The option `colors`: keep the photograph's colours, or give them to the style first.

#pragma once

#include "core/image.h"

namespace maniera {

// The lightness of `painting` with the hue and chroma of `content` (CIE L*a*b*, D65; colours out
// of sRGB's gamut lose chroma until they fit, never lightness). Both of the same size.
Image keep_colors(ImageView painting, ImageView content);

// Recolours `style` by the affine map of RGB that gives it the mean and covariance of `content`
// (symmetric square roots: Gatys et al. 2016, "Preserving Color in Neural Artistic Style
// Transfer"). Pixels count by their weights (1 channel, own size each; an empty view = all alike).
// Covariances are regularised, so flat pictures work. The result is clamped to [0,1].
Image match_colors(ImageView style, ImageView style_weights, ImageView content,
                   ImageView content_weights);

} // namespace maniera
