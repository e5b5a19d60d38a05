// SPDX-License-Identifier: GPL-3.0-or-later
// What a run writes must never take the place of what it reads.

#pragma once

#include "helper/job/job.h"

#include <string>
#include <vector>

namespace maniera {

// The picture files that a job reads, in a fixed order.
std::vector<std::string> input_files(const Job& job);

// Refuses an output, preview or checkpoint (empty = none) that is an input, or another of the
// three, through whatever links, with Error{invalid_request}.
void refuse_overwriting(const Job& job, const std::string& checkpoint);

} // namespace maniera
