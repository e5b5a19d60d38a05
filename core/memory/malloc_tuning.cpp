// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/memory/malloc_tuning.h"

#include <limits>
#include <malloc.h>
#include <mutex>

namespace maniera {

// By itself glibc gives large blocks back at once, and each new tensor then faults its pages in
// again: the first layers get several times slower. 32 MiB is the most it takes as the limit; of
// the larger tensors beyond about 600 x 600 px the arithmetic takes far longer than the faults, and
// in the heap they would leave holes that double the memory in use.
void set_mmap_threshold(int most) {
    mallopt(M_MMAP_THRESHOLD, most << 20);
    mallopt(M_TRIM_THRESHOLD, std::numeric_limits<int>::max());
    mallopt(M_TOP_PAD, 64 << 20);
}

// One thread at a time: where another allocator stands before glibc's, as under the sanitizers,
// this call is what starts glibc's, and two threads that start it together both count as the only
// user of its first arena; the second of them to end aborts the process.
void trim_heap() {
    static std::mutex one_at_a_time;
    const std::lock_guard lock(one_at_a_time);
    malloc_trim(0);
}

} // namespace maniera
