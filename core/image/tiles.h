// SPDX-License-Identifier: GPL-3.0-or-later
// Which parts of a picture a network looks at by themselves, and how much around them it must see.
// Pure arithmetic.
//
//     for (const Window& tile : tiles(picture, 512, 16)) {        // cover it, each pixel once
//         Window seen = grown(tile, halo, 16, picture);           // what to look at for it
//         Window features = reduced(seen, 2);                     // where that is two pools down
//     }
//
// Windows begin at multiples of the network's stride (2 to the number of pools) and end at one or
// where the picture ends: so the pools of a part are pools of the whole.

#pragma once

#include "core/image/geometry.h"

#include <vector>

namespace maniera {

// Disjoint spans that cover so many pixels, all of this length but for the last.
std::vector<Span> spans(int length, int side);

// Disjoint windows that cover the picture, row by row. Their sides are `side` rounded up to a
// multiple of the stride; the last of a row or column has what is left.
std::vector<Window> tiles(Size picture, int side, int stride);

// The window with `margin` more pixels on each side, rounded outward to the stride, within the
// picture.
Window grown(const Window& window, int margin, int stride, Size picture);

// The same window at a layer below so many 2x2 pools, which drop an odd last row or column.
Window reduced(const Window& window, int pools);

// Where `inner` lies within `outer`, in coordinates that begin at the outer's corner.
Window relative(const Window& inner, const Window& outer);

} // namespace maniera
