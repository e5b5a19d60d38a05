// SPDX-License-Identifier: GPL-3.0-or-later
// The request `frames` of serve: how it is read, and what is said while it is done.

#pragma once

#include "helper/frames/frames.h"
#include "helper/run/previews.h"
#include "helper/serve/run_notes.h"

#include <nlohmann/json.hpp>

#include <chrono>
#include <cstddef>
#include <string>

namespace maniera {

// Of the request's job and the params around it. Throws Error{invalid_request} or
// Error{invalid_option}.
Frames frames_from_message(const nlohmann::json& job, const nlohmann::json& params);

// Tells a client of progress, previews, warnings, and of each frame that is painted. All that it is
// given must outlive it.
class FramesReport {
public:
    FramesReport(nlohmann::json id, const Job& recipe, const SharedMemory& memory,
                 const FramesSummary& summary, LineWriter& writer);

    FramesListener listener(); // but for `stop`

private:
    using Clock = std::chrono::steady_clock;

    void progress(std::size_t number, Progress progress);
    void done(std::size_t number, const BatchPicture& frame);

    const FramesSummary& summary_;
    RunNotes notes_;
    MemoryPreview slots_;
    const Clock::time_point start_ = Clock::now();
};

} // namespace maniera
