// SPDX-License-Identifier: GPL-3.0-or-later

#include "helper/job/going_on.h"

#include "core/image/scale_schedule.h"
#include "helper/job/reading_memory.h"

#include <algorithm>
#include <cstddef>

namespace maniera {
namespace {

constexpr std::size_t least = 2; // scales

// The steps that the job lacks, of the `kept` last scales that are painted in half of theirs.
void make_up_for(const Unfinished& unfinished, const ResolvedOptions& resolved, std::size_t all,
                 std::size_t kept, ManieraIntList& steps) {
    const std::size_t lacking = std::min<std::size_t>(kept, unfinished.scales);
    for (std::size_t i = kept - lacking; i < kept; ++i) {
        const int full = steps_at(resolved, all - kept + i);
        const bool begun = i == kept - lacking;
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
    const std::size_t all = run_scales(full, resolved).size();
    const std::size_t kept = std::min(all, std::max<std::size_t>(least, job.unfinished.scales));
    keep_last_scales(job.options, resolved, full, kept);
    make_up_for(job.unfinished, resolved, all, kept, job.options.iterations);
    return job;
}

} // namespace maniera
