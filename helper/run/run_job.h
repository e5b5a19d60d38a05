// SPDX-License-Identifier: GPL-3.0-or-later
// A job from its pictures to its result: the same for the command line and for serve.
//
//     ModelCache models;
//     Result result = run_job(read_job("job.json"), SharedMemory(), models, listener);

#pragma once

#include "core/stylize.h"
#include "helper/job/checkpoints.h"
#include "helper/job/inputs.h"
#include "helper/job/job.h"
#include "helper/job/shared_memory.h"
#include "helper/run/model_cache.h"
#include "helper/run/previews.h"

#include <functional>
#include <optional>

namespace maniera {

// Writes a new preview to memory when one is due; returns nothing when none is.
using MakePreview = std::function<std::optional<WrittenPreview>()>;

// Both are called after every step, `stop` before the first and in the middle of a step too.
struct Listener {
    // Returns whether the client was told of it, and so of the preview that was made for it.
    std::function<bool(const Progress& progress, const MakePreview& preview)> progress;
    // True: the best picture so far becomes the result. Throws Error{stopped} when nothing is to
    // be written.
    std::function<bool()> stop;
    NoticeCallback notice;
};

// Reads, paints and writes. Refuses before any work what could not be read or written. With
// `checkpoints` of a run that is resumed, `job` is that run's. Every rank of `comm` calls it with
// the same job, all of files; rank 0 alone writes and reports. Collective.
Result run_job(const Job& job, const SharedMemory& memory, ModelCache& models,
               const Listener& listener, Checkpoints* checkpoints = nullptr,
               Communicator& comm = local_communicator());

} // namespace maniera
