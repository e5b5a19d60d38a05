// SPDX-License-Identifier: GPL-3.0-or-later
// How much memory this process may take, and whether the machine begins to swap.

#pragma once

#include "core/error.h"
#include "core/resolved_options.h"

#include <cstdint>

namespace maniera {

// Bytes that the process may have in all: the option `memory`, or else what it has and what is free
// on the machine and in its control group, less a reserve for others, and in its address space. Of
// what they share, each of `ranks` on this machine takes a part; address space each has its own.
std::int64_t memory_budget(const ResolvedOptions& resolved, int ranks = 1);

// Whether the system would give so many bytes more. oneDNN ends the process where its own
// allocations fail: ask before.
bool has_room(double bytes);

// What is said where a run's allocation fails.
Error lacks_memory();

// Bytes of address space, little of it memory, that the libraries take besides the pictures.
constexpr std::int64_t room_for_libraries = std::int64_t{256} << 20;

// Tells once that the machine has begun to swap since this was made.
class SwapWatch {
public:
    SwapWatch();
    bool begins();

private:
    std::int64_t pages_out_, own_; // at the last look: the machine's so far; bytes of the process
    int seen_ = 0;
    bool told_ = false;
};

} // namespace maniera
