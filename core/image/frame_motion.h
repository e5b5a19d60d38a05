// SPDX-License-Identifier: GPL-3.0-or-later
// How one frame came from the one before it, by optical flow.
//
//     const FrameMotion motion = frame_motion(before, now);
//     if (motion.seen > 0.3)                              // else it is another shot
//         Image start = moved(painting_of_before, motion);

#pragma once

#include "core/image/image.h"

namespace maniera {

struct FrameMotion {
    Image offsets;   // 2 channels, x and y in pixels: from a pixel to where it was before
    Image shown;     // 1 channel in [0,1]: how surely the frame before showed the same there
    Image weights;   // the same, less motions' edges
    double seen = 0; // mean of the weights
};

// DIS optical flow (Kroeger, Timofte, Dai and Van Gool 2016) from each frame to the other. What lay
// hidden or outside before, edges of motions (Ruder, Dosovitskiy and Brox 2016), and what looks
// different after all weigh nothing. Both have three channels and one size, 32 pixels at least.
FrameMotion frame_motion(ImageView before, ImageView now);

// A picture of the frame before, such as its painting, as it lies now: Lanczos interpolation,
// clamped to [0,1]. Of the motion's size.
Image moved(ImageView before, const FrameMotion& motion);

// Of a map with one channel.
double mean_of(const Image& map);

} // namespace maniera
