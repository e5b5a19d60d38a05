// SPDX-License-Identifier: GPL-3.0-or-later
// How glibc's heap holds tensors: it decides how fast the first layers are, and the peak memory.

#pragma once

namespace maniera {

// How large a block may be (MiB) that stays in the process when it is freed. Sparing takes a tenth
// to a sixth less memory in tiles, and a few per cent more time.
constexpr int fast_mmap_threshold = 32, tight_mmap_threshold = 8;

// For the whole process; before any work, and again at will.
void set_mmap_threshold(int most);

// Gives what is free inside the heap back to the system. For the ends of phases and of tiles, not
// of steps in one piece: what comes next faults its pages in again.
void trim_heap();

} // namespace maniera
