// SPDX-License-Identifier: GPL-3.0-or-later
// What a run would take, by arithmetic alone: from sizes, options, and what was once measured of
// the machine and the network.

#pragma once

#include "core/memory/memory_model.h"
#include "core/resolved_options.h"

#include <cstdint>
#include <string>
#include <vector>

namespace maniera {

// The defaults are VGG-16's on a processor of two cores, so that memory can be told of before
// anything was measured.
struct Calibration {
    double start_seconds = 0.5;    // once a run: the model, the pictures, the result
    double step_seconds = 0.03;    // a step of an empty picture
    double pixel_seconds = 2.6e-6; // a step in one small piece, for every pixel of the canvas
    // How much more a pixel takes for each doubling of what is looked at, from small pieces on: of
    // large ones less stays in a processor's caches.
    double growth = 0.085;
    NetworkCost network;
};

constexpr double small_piece = 320 * 320; // pixels, where growth begins: what calibrations measure

// What there is to work with.
struct Means {
    std::int64_t memory = 0;    // bytes
    std::string scratch_folder; // for files; empty = no files
};

struct Estimate {
    std::int64_t bytes = 0; // peak of the process's resident memory, at whichever scale
    double seconds = 0;
    int tiles = 1; // at the last scale
    int tile = 0;  // their side; 0 = one piece
    int scales = 0;
    int width = 0; // of the result
    int height = 0;
    bool fits = true; // whether the bytes are within the means
};

// Throws Error{invalid_option} for a size that is too small to paint.
Estimate estimate(Size content, const std::vector<StyleSize>& styles, const ManieraOptions& options,
                  const Calibration& calibration, const Means& means);

// The seconds that a run's steps and targets take after its start, scale by scale.
std::vector<double> scale_seconds(Size content, const std::vector<StyleSize>& styles,
                                  const ResolvedOptions& resolved, const Calibration& calibration,
                                  const Means& means);

// Brings the calibration's times nearer to those of a run that was made, of its last scale: a
// quicker run than was thought possible counts fully, a slower one, which something may have
// disturbed, by a tenth. False when there is nothing to learn: too short a time, or a run that was
// stopped.
bool refine(Calibration& calibration, Size content, const std::vector<StyleSize>& styles,
            const ResolvedOptions& resolved, const Means& means,
            const std::vector<double>& scale_seconds);

// The largest `size` with which the run stays within its means; 0 when none does.
int largest_size(Size content, const std::vector<StyleSize>& styles, const ManieraOptions& options,
                 const Calibration& calibration, const Means& means);

} // namespace maniera
