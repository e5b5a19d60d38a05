// SPDX-License-Identifier: GPL-3.0-or-later
// Where in a run a checkpoint was made. Internal.

#pragma once

#include "core/base/checkpoint.h"
#include "core/resolved_options.h"

#include <cstddef>
#include <cstdint>

namespace maniera {

struct RunPosition {
    std::size_t scale = 0;
    int step = 0;  // steps done at that scale
    int steps = 0; // over all scales
    double seconds = 0;
    double loss = 0;
    double budget = 0; // bytes of memory that the run began with
};

void save_position(const RunPosition& position, CheckpointWriter& writer);

// Throws Error{invalid_request} where a run with so many scales has no such step.
RunPosition load_position(const CheckpointReader& reader, const ResolvedOptions& resolved,
                          std::size_t scales);

// A saved budget; without one it is the largest there is.
std::int64_t budget_bytes(const RunPosition& position);

} // namespace maniera
