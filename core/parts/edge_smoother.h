// SPDX-License-Identifier: GPL-3.0-or-later
// Smoothing of maps within the edges of a picture. Internal.
//
//     const EdgeSmoother smoother(picture);
//     map = smoother.smoothed(map);

#pragma once

#include "core/image/image.h"

#include <vector>

namespace maniera {

// Fast global smoothing (Min, Choi, Lu, Ham, Sohn and Do 2014). A map u of one channel comes out
// near the v that has the least sum of (v - u)^2 plus strength times the sum over neighbors p, q of
// w_pq (v_p - v_q)^2, with w_pq = exp(-|I_p - I_q| / contrast). Rows and columns are solved in
// turn. Unlike a window, it carries a value as far as the picture has no edge. Every pixel of the
// result is a mean of the map with weights that sum to 1.
class EdgeSmoother {
public:
    explicit EdgeSmoother(ImageView picture);

    Image smoothed(Image map) const; // of the picture's size

private:
    Size size_;
    std::vector<float> right_, below_; // a pixel's w with the next one; 0 at the end of a line
};

} // namespace maniera
