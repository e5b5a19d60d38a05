// SPDX-License-Identifier: GPL-3.0-or-later
// The parts that a job's photograph and paintings have in common, for people to look at.
//
//     JobParts found = find_job_parts(job, 480, SharedMemory(), models, listener);

#pragma once

#include "core/stylize.h"
#include "helper/job/job.h"
#include "helper/job/shared_memory.h"
#include "helper/run/model_cache.h"
#include "helper/run/run_job.h"

#include <cstdint>
#include <vector>

namespace maniera {

struct JobParts {
    std::vector<PartPair> parts; // none: the pictures have nothing in common
    std::vector<Image> pictures; // the content, then the styles
    // The part that each pixel of these belongs to most: 1 = the first, 0 = none.
    std::vector<std::vector<std::uint8_t>> labels;
};

// What `stylize` would find for the job; its output does not count. The pictures' long side is at
// most `side` px. Throws as load_inputs and find_parts do, and what the listener's `stop` throws.
JobParts find_job_parts(const Job& job, int side, const SharedMemory& memory, ModelCache& models,
                        const Listener& listener);

// A part's mask in a picture: 0 = the content, 1 = the first style. Empty = it is not there.
const Image& mask_in(const PartPair& part, std::size_t picture);

} // namespace maniera
