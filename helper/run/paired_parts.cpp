// SPDX-License-Identifier: GPL-3.0-or-later

#include "helper/run/paired_parts.h"

#include "helper/job/inputs.h"
#include "helper/job/part_pairs.h"

#include <string>
#include <utility>

namespace maniera {
namespace {

// The pairing's copies in place of the job's pictures, which are of another size.
Job small_job(const Job& job) {
    Job small = job;
    small.content = job.pairing.content;
    small.styles = job.pairing.styles;
    small.painting = {};
    for (const char* of_size : {"size", "style-scale", "iterations", "scales", "init"})
        maniera_option_unset(&small.options, of_size);
    return small;
}

} // namespace

std::vector<PartPair> paired_parts(const Job& job, const SharedMemory& memory, const Model& model,
                                   const NoticeCallback& notice, const StopCallback& stop) {
    if (job.pairing.counterparts.empty() || resolve(job.options).parts == MANIERA_PARTS_OFF)
        return {};
    const Job small = small_job(job);
    JobInputs loaded = load_inputs(
        small, memory, [&](const std::string& text) { notice(Notice::odd_values, text); });
    std::vector<std::string> remarks;
    const std::vector<PartPair> parts =
        paired(find_parts(model, std::move(loaded.inputs), small.options, stop),
               job.pairing.counterparts, job.styles, remarks);
    for (const std::string& remark : remarks)
        notice(Notice::other, remark);
    return parts;
}

} // namespace maniera
