// SPDX-License-Identifier: GPL-3.0-or-later
// Processes that talk over the network through Gloo. Needs no header of LibTorch.
//
//     std::signal(SIGPIPE, SIG_IGN);
//     std::shared_ptr<Communicator> comm = init_process_group(config);
//
// The program must ignore SIGPIPE: Gloo's connections do not.

#pragma once

#include "core/distributed/communicator.h"

#include <memory>

namespace maniera {

// Returns when all ranks have come. Throws Error{internal} when they do not come in time, when two
// say that they are the same rank, or when this build lacks Gloo.
std::shared_ptr<Communicator> init_process_group(const RankConfig& config);

} // namespace maniera
