// SPDX-License-Identifier: GPL-3.0-or-later
// Thick paint: strokes of bristles that follow a current, lit from the upper left.
// Internal to the samples.

#pragma once

#include "helper/samples/sample_canvas.h"

#include <functional>
#include <vector>

namespace maniera::sample {

// What is painted, in units of the canvas's height.
struct Motif {
    std::function<cv::Point2f(float x, float y)> current;         // of unit length
    std::function<Color(float x, float y, float chance)> pigment; // chance in [0,1)
    bool axial = false; // the current has no sense; a stroke keeps its own
    // Whether a stroke of this width may begin here; empty = all may.
    std::function<bool(float x, float y, float width, Random& random)> takes;
};

struct Brush {
    float length, width; // of a stroke, in heights
    float cover;         // how often its strokes would cover the canvas
};

// Paints over what is on the canvas, with the brushes in their order.
void paint_impasto(Canvas& canvas, const Motif& motif, const std::vector<Brush>& brushes);

} // namespace maniera::sample
