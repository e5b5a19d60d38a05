// SPDX-License-Identifier: GPL-3.0-or-later

#include "helper/job/going_on.h"

#include "core/image/scale_schedule.h"
#include "helper/job/reading_memory.h"

#include <algorithm>
#include <cstddef>

namespace maniera {

Job going_on(Job job) {
    if (job.painting.empty())
        return job;
    constexpr std::size_t most = 2;
    const ResolvedOptions resolved = resolve(job.options);
    const std::size_t all = run_scales(run_size(size_of(job.content), resolved), resolved).size();
    const std::size_t scales = std::min(all, most);
    std::string steps;
    for (std::size_t scale = all - scales; scale < all; ++scale)
        steps += (steps.empty() ? "" : ",") + std::to_string((steps_at(resolved, scale) + 1) / 2);
    set_option(job.options, "scales", std::to_string(scales));
    set_option(job.options, "iterations", steps);
    return job;
}

} // namespace maniera
