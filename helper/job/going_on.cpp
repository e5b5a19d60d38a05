// SPDX-License-Identifier: GPL-3.0-or-later

#include "helper/job/going_on.h"

#include "core/image/scale_schedule.h"
#include "helper/job/reading_memory.h"

#include <algorithm>
#include <cstddef>

namespace maniera {
namespace {

constexpr int least = 2; // scales

// Adds the steps that the painting lacks to those of the last scales, which are half of what they
// take. `scales` is how many there are in all.
void make_up_for(const Unfinished& unfinished, const ResolvedOptions& resolved, int scales,
                 ManieraIntList& steps) {
    const int first = std::max(0, steps.count - unfinished.scales);
    for (int i = first; i < steps.count; ++i) {
        const int full = steps_at(resolved, static_cast<std::size_t>(scales - steps.count + i));
        const bool begun = i == first;
        int& half = steps.values[i];
        half = begun ? std::clamp(unfinished.steps, half, full) : full;
    }
}

} // namespace

Job going_on(Job job) {
    if (job.painting.empty())
        return job;
    const ResolvedOptions resolved = resolve(job.options);
    const Size full = run_size(size_of(job.content), resolved);
    keep_last_scales(job.options, resolved, full,
                     static_cast<std::size_t>(std::max(least, job.unfinished.scales)));
    make_up_for(job.unfinished, resolved, static_cast<int>(run_scales(full, resolved).size()),
                job.options.iterations);
    return job;
}

} // namespace maniera
