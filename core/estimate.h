// SPDX-License-Identifier: GPL-3.0-or-later
// What a run would take, by arithmetic alone: from sizes, options, and what was once measured of
// the machine and the network.

#pragma once

#include "core/options.h"
#include "core/pyramid.h"

#include <cstdint>
#include <vector>

namespace maniera {

// The defaults are VGG-16's on a processor of two cores, so that memory can be told of before
// anything was measured.
struct Calibration {
    double start_seconds = 0.5;        // once a run: the model, the pictures, the result
    double step_seconds = 0.03;        // a step of an empty picture
    double pixel_seconds = 2.6e-6;     // a step, for every pixel of the canvas
    double features = 266;             // values that a pixel's features have, all layers together
    double feature_bytes = 4;          // 2 in bf16
    double model_bytes = 60 * 1048576; // of the weights
};

struct StyleSize {
    Size size;        // the picture's own
    double scale = 0; // as in StyleInput
};

struct Estimate {
    std::int64_t bytes = 0; // peak of the process's resident memory
    double seconds = 0;
    int tiles = 1;
    int scales = 0;
    int width = 0; // of the result
    int height = 0;
};

// Throws Error{invalid_option} for a size that is too small to paint.
Estimate estimate(Size content, const std::vector<StyleSize>& styles, const ManieraOptions& options,
                  const Calibration& calibration);

// The largest `size` with which the run stays within so many bytes; 0 when none does.
int largest_size(Size content, const std::vector<StyleSize>& styles, const ManieraOptions& options,
                 const Calibration& calibration, std::int64_t bytes);

} // namespace maniera
