// SPDX-License-Identifier: GPL-3.0-or-later
// The memory budget of a run that goes on. Another one could mean other tiles, and so other
// rounding, than the run began with. Internal.

#pragma once

#include "core/run/memory_guard.h"

#include <cstdint>
#include <vector>

namespace maniera {

// The budget that the run began with, in bytes, where all that it still means to paint fits into
// what there is now; else `now`'s. `sizes` are of the scales that are left.
std::int64_t resumed_budget(std::int64_t began_with, const Budget& now,
                            const std::vector<Size>& sizes, const ResolvedOptions& resolved);

} // namespace maniera
