// SPDX-License-Identifier: GPL-3.0-or-later
// Ranks that are threads of this process, with a connection each.

#pragma once

#include "core/distributed/communicator.h"

#include <functional>

namespace maniera::test {

// Calls f(rank, ranks) on a thread for each of so many ranks that know each other. What one of them
// throws is thrown when all have ended.
void as_ranks(int count, const std::function<void(int rank, Communicator& comm)>& f);

} // namespace maniera::test
