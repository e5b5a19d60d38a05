// SPDX-License-Identifier: GPL-3.0-or-later
// The option `colors`: keep the photograph's colours, or give them to the style first.

#pragma once

#include "core/image/image.h"

#include <array>
#include <optional>

namespace maniera {

// The lightness of `painting` with the hue and chroma of `content` (CIE L*a*b*, D65; colours out
// of sRGB's gamut lose chroma until they fit, never lightness). Both of the same size.
Image keep_colors(ImageView painting, ImageView content);

// The distribution of some pixels' RGB colours, as sums, so that those of several pictures add up.
struct ColorSums {
    double weight = 0;                 // of all pixels
    std::array<double, 3> first = {};  // weight times colour
    std::array<double, 9> second = {}; // weight times colour times its transpose
};

// Pixels count by `weights` (1 channel, the picture's size; an empty view = all alike).
ColorSums sum_colors(ImageView image, ImageView weights);

// Adds `more` as if its pixels weighed `weight` together; does nothing where they weigh nothing.
void add_colors(ColorSums& sums, const ColorSums& more, double weight);

// The line in RGB on which some colours lie, such as grays, or an ink's between it and its paper.
struct ColorLine {
    std::array<double, 3> point;
    std::array<double, 3> direction; // of length 1
};

// None for colours that leave it, by more than the noise of a scan or of a JPEG. Grays lie on the
// line of grays, however few.
std::optional<ColorLine> color_line(const ColorSums& sums);

// A colour's place on the line: as light as it is, where the line has light and dark.
std::array<float, 3> on_line(const ColorLine& line, const float* rgb);

// Recolours `image` by the affine map of RGB that takes the mean and covariance of `from` to those
// of `to` and moves colours least (Pitie and Kokaram 2007, "The linear Monge-Kantorovitch linear
// colour mapping"). Covariances are regularised, so flat pictures work. The result is clamped to
// [0,1].
Image match_colors(ImageView image, const ColorSums& from, const ColorSums& to);

} // namespace maniera
