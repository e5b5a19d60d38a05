// SPDX-License-Identifier: GPL-3.0-or-later
// A step that one of several ranks abandons is abandoned by all, who would wait for it. Internal.
//
//     or_all_abandon(comm, [&] { rows = passes_over_own_tiles(); }); // may throw Interrupted
//     sums = all_reduce_in_order(comm, rows, like);                  // reached by all or by none

#pragma once

#include "core/distributed/communicator.h"

#include <functional>

namespace maniera {

// Runs `body`, which has no collectives. Where it was Interrupted at any rank, throws Interrupted
// at every rank, once all have come to the end of theirs. Collective.
void or_all_abandon(Communicator& comm, const std::function<void()>& body);

} // namespace maniera
