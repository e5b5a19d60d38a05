// SPDX-License-Identifier: GPL-3.0-or-later
// The parts of a job that a person has paired.
//
//     inputs.parts = paired_parts(job, memory, model, notice, stop);

#pragma once

#include "core/stylize.h"
#include "helper/job/job.h"
#include "helper/job/shared_memory.h"

#include <vector>

namespace maniera {

// What the job's pairing makes of the parts in its copies; none where it has no pairing, or is
// painted without parts. Throws as load_inputs and find_parts do.
std::vector<PartPair> paired_parts(const Job& job, const SharedMemory& memory, const Model& model,
                                   const NoticeCallback& notice, const StopCallback& stop);

} // namespace maniera
