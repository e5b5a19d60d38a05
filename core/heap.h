// SPDX-License-Identifier: GPL-3.0-or-later
// How glibc's heap holds tensors: it decides how fast the first layers are, and the peak memory.

#pragma once

namespace maniera {

// For the whole process, before any work.
void keep_large_blocks();

// Gives what is free inside the heap back to the system. For the ends of phases, not of steps.
void return_holes();

} // namespace maniera
