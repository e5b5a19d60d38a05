// SPDX-License-Identifier: GPL-3.0-or-later
// Whether this process is one of several that paint together, as what started it says in the
// environment: torchrun, mpirun (Open MPI, MPICH) or srun. Ours:
//
//     MASTER_ADDR, MASTER_PORT   where rank 0 is; 29500 is the port without
//     MANIERA_TIMEOUT            s that a process waits for another, 300 without
//     GLOO_SOCKET_IFNAME         the network interface
//     MANIERA_SECRET             what strangers on the network do not know; torchrun's run id
//     without

#pragma once

#include "core/distributed/communicator.h"

#include <functional>
#include <optional>
#include <string>

namespace maniera {

// The value of a variable; null where it is not set.
using GetVariable = std::function<const char*(const char* name)>;

// Nothing for a process by itself. Throws Error{invalid_option} for what cannot be.
std::optional<RankConfig> read_rank_config(const GetVariable& get);

// "node03" of Slurm's "node[03-07,9],other".
std::string first_node(const std::string& list);

} // namespace maniera
