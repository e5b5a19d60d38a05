// SPDX-License-Identifier: GPL-3.0-or-later
// What a run tells its caller: its progress after each step, notices, and the result.
//
//     const auto progress = [&](const Progress& now) {
//         bar.set(now.fraction);
//         return !interrupted;   // false stops the run
//     };

#pragma once

#include "core/image/image.h"
#include "core/image/pyramid.h"

#include <functional>
#include <string>
#include <vector>

namespace maniera {

class CheckpointWriter;

constexpr int rank_preview_side = 1024; // pixels

struct Progress {
    int scale = 0; // from 0
    int scales = 0;
    int step = 0;  // steps done at this scale
    int steps = 0; // steps planned at this scale
    int width = 0; // of the picture at this scale
    int height = 0;
    double fraction = 0; // of the whole run's work, 0 to 1
    double loss = 0;     // the objective's total at the picture before this step
    double seconds = 0;  // since the run began; a resumed run counts those before it was saved
    double seconds_left = 0;
    // The painting so far, at this scale's size. With several ranks it is smaller: its long side is
    // `rank_preview_side` at most. Call it only inside the callback, and only when it is wanted,
    // because it costs a copy.
    std::function<Image()> picture;
    bool last = false;       // no step follows, whatever the callback returns
    bool stop_asked = false; // by the callback of another rank
    // Writes all that a run needs, besides model, inputs and options, to be resumed after this
    // step. Call it only inside the callback.
    std::function<void(CheckpointWriter&)> save;
};

// Returns false to stop: the best picture so far becomes the result.
using ProgressCallback = std::function<bool(const Progress&)>;

// Asked in the middle of a step too: true abandons the step, and the best picture so
// far becomes the result. Where a step is abandoned the ProgressCallback is called once more, if
// there is a state to save.
using StopCallback = std::function<bool()>;

// Everything but `plan`, which says how the run is painted, is worth a warning. `other` is
// explained by its text alone.
enum class Notice { plan, smaller_tiles, swapping, odd_values, other };
using NoticeCallback = std::function<void(Notice kind, const std::string& text)>;

struct Result {
    Picture picture;      // at the run's size, with the content's alpha; of several ranks, its rows
    Size size;            // of the whole picture
    bool complete = true; // false after a stop or when the time limit was reached
    int steps = 0;        // over all scales
    double seconds = 0;
    double loss = 0;                   // the last step's
    std::string device;                // "cpu", "cuda:0"
    std::string precision;             // "fp32" or "bf16"
    std::vector<double> scale_seconds; // of each scale's targets and steps, as far as it came
};

} // namespace maniera
