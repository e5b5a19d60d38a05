// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/heap.h"

#include <limits>
#include <malloc.h>

namespace maniera {

// By itself glibc gives large blocks back at once, and each new tensor then faults its pages in
// again: the first layers get several times slower. 32 MiB is the most it takes as the limit; of
// the larger tensors beyond about 600 x 600 px the arithmetic takes far longer than the faults, and
// in the heap they would leave holes that double the memory in use.
void keep_blocks(int most) {
    mallopt(M_MMAP_THRESHOLD, most << 20);
    mallopt(M_TRIM_THRESHOLD, std::numeric_limits<int>::max());
    mallopt(M_TOP_PAD, 64 << 20);
}

void return_holes() { malloc_trim(0); }

} // namespace maniera
