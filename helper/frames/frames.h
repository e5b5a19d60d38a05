// SPDX-License-Identifier: GPL-3.0-or-later
// Frames of a moving picture, painted one after the other without flicker: each begins with the
// painting of the one before, moved along by optical flow, and stays near it.

#pragma once

#include "core/error.h"
#include "core/network/model.h"
#include "core/stylize.h"
#include "helper/frames/frame_files.h"
#include "helper/job/shared_memory.h"

#include <cstddef>
#include <functional>
#include <string>

namespace maniera {

// Called while frames are painted. `number` counts them from 1.
struct FramesListener {
    std::function<void(std::size_t number, const BatchPicture&, const Progress&)> progress;
    // `anew`: as a lone picture, for it is the first of a shot.
    std::function<void(std::size_t number, const BatchPicture&, const Result&, bool anew)> painted;
    std::function<void(std::size_t number, const BatchPicture&)> skipped; // it was done before
    std::function<void(const BatchPicture&, const std::string& text)> warn;
    std::function<bool()> stop; // true: the frame in work is left undone, and so is what follows
};

struct FramesSummary {
    std::size_t frames = 0;
    std::size_t painted = 0;
    std::size_t skipped = 0;
    std::size_t shots = 0; // begun anew, of those painted
    bool stopped = false;
    double seconds = 0;
    Manifest model; // that paints them

    std::size_t left() const { return frames - painted - skipped; }
};

// Paintings that an earlier call finished stay, where frame, styles and settings are what they were
// and the paintings before them stay too. `summary` says how much was done, also when an Error is
// thrown.
// Styles and masks may lie in `memory`.
void run_frames(const Frames& frames, const FramesListener& listener, FramesSummary& summary,
                const SharedMemory& memory = SharedMemory());

} // namespace maniera
