// SPDX-License-Identifier: GPL-3.0-or-later
// The sizes a run paints at, coarse to fine, and resampling between them. No tensors here.

#pragma once

#include "core/image/image.h"

#include <vector>

namespace maniera {

// The least short side of any picture a network looks at: relu5_1 lies below four pools, where a
// shorter one would leave no pixel, or one.
constexpr int shortest_side = 32;

// The size with this long side and the picture's proportions, rounded, each side at least 1.
Size fit_long_side(Size picture, int long_side);

// Sizes growing by one factor up to `full` exactly. The first has a long side of 128, or more where
// its short side would be under 32, so that a painting is laid out at the same size whatever its
// own; a picture not larger than that has one scale. `count` 0 takes a factor near 2; with another
// count the factor is 2 until the first size reaches its bound, and then less. Sizes that round to
// the same are one.
std::vector<Size> scale_sizes(Size full, int count);

// Resamples: averages areas where it shrinks (cubic alone would alias), bicubic where it enlarges,
// each axis by itself, the shrinking one first. The result is clamped to [0,1], which cubic
// overshoots. The same size gives a copy. core/image/row_source.h has bands of the same bits.
Image resize(ImageView image, Size size);

// As resize, for colours with alpha: transparent pixels have no say in their neighbours' colours.
Picture resize(const Picture& picture, Size size);

Image crop(ImageView image, int left, int top, int width, int height);

// The mean over each cell of a map of one channel, by rows of `grid`, whose cells have this side
// and lie within it; empty for an empty map.
std::vector<float> cell_means(ImageView map, Size grid, int cell);

} // namespace maniera
