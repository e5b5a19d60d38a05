// SPDX-License-Identifier: GPL-3.0-or-later

#include "helper/job/going_on.h"

#include "core/image/scale_schedule.h"
#include "helper/job/reading_memory.h"

#include <cstddef>

namespace maniera {

Job going_on(Job job) {
    if (job.painting.empty())
        return job;
    constexpr std::size_t scales = 2;
    const ResolvedOptions resolved = resolve(job.options);
    keep_last_scales(job.options, resolved, run_size(size_of(job.content), resolved), scales);
    return job;
}

} // namespace maniera
