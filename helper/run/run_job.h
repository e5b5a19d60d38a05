// SPDX-License-Identifier: GPL-3.0-or-later
// A job from its pictures to its result: the same for the command line and for serve.

#pragma once

#include "core/network/model.h"
#include "core/stylize.h"
#include "helper/job/checkpoints.h"
#include "helper/job/inputs.h"
#include "helper/job/job.h"
#include "helper/job/shared_memory.h"

#include <functional>
#include <optional>
#include <string>

namespace maniera {

// The model that was used last, kept so that the next run need not read and check it again.
class ModelCache {
public:
    const Model& get(const ManieraOptions& options);
    const Model& last() const { return model_; }

private:
    Model model_;
    std::string key_; // manifest's path and the weights' hash
};

// Where the newest preview in memory lies.
struct PreviewAt {
    std::uint64_t offset = 0; // bytes
    int width = 0;
    int height = 0;
};

// Writes a new preview to memory when one is due; nothing when none is.
using MakePreview = std::function<std::optional<PreviewAt>()>;

// Both are called after every step, `stop` before the first too.
struct Listener {
    // Returns whether the client got to know of it, and so of the preview that was made for it.
    std::function<bool(const Progress& progress, const MakePreview& preview)> progress;
    // True: the best picture so far becomes the result. Throws Error{stopped} when nothing shall
    // be written.
    std::function<bool()> stop;
    NoticeCallback notice;
};

// Reads, paints and writes. Refuses before any work what could not be read or written. With
// `checkpoints` of a run that goes on, `job` is that run's. Each rank of `comm`
// calls it with the same job, all of files; rank 0 alone writes and tells. Collective.
Result run_job(const Job& job, const SharedMemory& memory, ModelCache& models,
               const Listener& listener, Checkpoints* checkpoints = nullptr,
               Communicator& comm = local_communicator());

} // namespace maniera
