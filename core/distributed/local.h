// SPDX-License-Identifier: GPL-3.0-or-later
// The communicator of a process by itself: rank 0 of 1.
//
//     Result result = stylize(model, inputs, options, progress); // uses it by default
//
// Its collectives return what they were given, at no cost and with the same bits.

#pragma once

#include "core/distributed/communicator.h"

namespace maniera {

// It has no state: any number of threads may use it.
Communicator& local_communicator();

} // namespace maniera
