// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/run/memory_guard.h"

#include "core/device/device.h"
#include "core/device/memory_limits.h"
#include "core/error.h"
#include "core/memory/malloc_tuning.h"
#include "core/memory/memory_errors.h"
#include "core/run/style_palette.h"

#include <c10/core/ScalarType.h>

#include <algorithm>
#include <utility>

namespace maniera {
namespace {

// What the poorest rank has.
std::int64_t least(Communicator& comm, std::int64_t bytes) {
    if (comm.size() == 1)
        return bytes;
    for (const std::string& text : comm.all_gather(std::to_string(bytes)))
        bytes = std::min<std::int64_t>(bytes, std::stoll(text));
    return bytes;
}

} // namespace

Budget make_budget(const NetworkCost& network, const Inputs& inputs,
                   const ResolvedOptions& resolved, const Placement& placement,
                   Communicator& comm) {
    Budget budget;
    budget.ranks = comm.size();
    budget.network = network;
    budget.network.value_bytes = static_cast<double>(c10::elementSize(placement.precision));
    const RunDevice device = run_device(placement);
    budget.gpu = device.gpu;
    budget.bytes = least(comm, device_budget(resolved, device, comm.config().local_world_size));
    budget.content = inputs.content.color.size;
    budget.styles = style_sizes(inputs);
    budget.parts = inputs.parts.empty() ? 0 : static_cast<int>(inputs.parts.size()) + 1;
    budget.temporal = !inputs.temporal.painting.empty();
    if (!budget.gpu) // a file would hold what lies in a GPU's memory only by way of the host's
        budget.scratch_folder = inputs.scratch_folder;
    return budget;
}

ScaleLoad load_of(const Budget& budget, const ResolvedOptions& resolved, Size size) {
    ScaleLoad load = scale_load(budget.content, budget.styles, resolved, size);
    load.ranks = budget.ranks;
    load.masks += budget.parts;
    load.temporal = budget.temporal;
    return load;
}

MemoryGuard::MemoryGuard(const Budget& budget, const ResolvedOptions& resolved, Size size,
                         NoticeCallback notify)
    : resolved_(resolved), network_(budget.network), ranks_(budget.ranks), budget_(budget.bytes),
      on_processor_(!budget.gpu), scratch_folder_(budget.scratch_folder), size_(size),
      load_(load_of(budget, resolved, size)), notify_(std::move(notify)),
      choice_(choose_plan(load_, resolved, network_, budget_, scratch_folder_)) {}

std::string MemoryGuard::describe() const {
    const std::string text = maniera::describe(choice_, load_.canvas, budget_);
    return ranks_ == 1 ? text
                       : text + " " + std::to_string(ranks_) +
                             " processes share the picture; the memory is that of each.";
}

void MemoryGuard::refuse_too_large() const {
    if (!choice_.fits)
        throw Error(ErrorCode::out_of_memory,
                    "Each of " + std::to_string(ranks_) + " processes would need about " +
                        in_gib(choice_.bytes) + " of memory, and the least there is for one is " +
                        in_gib(budget_) + "; start more processes, or choose a smaller --size.");
}

void MemoryGuard::within(const std::function<void()>& body) {
    const auto set_heap = [&] {
        set_mmap_threshold(choice_.plan.tile > 0 ? tight_mmap_threshold : fast_mmap_threshold);
    };
    const auto room = [&] {
        return !on_processor_ || has_room(pass_bytes(choice_.plan, load_, network_));
    };
    set_heap();
    while (!room() || !had_memory(body)) {
        if (ranks_ > 1 || !shrink(choice_.plan, load_.canvas, scratch_folder_))
            throw Error(ErrorCode::out_of_memory,
                        "There is not enough memory: at " + std::to_string(size_.width) + "x" +
                            std::to_string(size_.height) + " about " + in_gib(choice_.bytes) +
                            " are needed " +
                            (ranks_ > 1 ? "as it was begun" : "even in the smallest tiles") +
                            ", of a budget of " + in_gib(budget_) + "; choose a smaller " +
                            (ranks_ > 1 ? "--memory" : "--size") + ", or close other programs.");
        choice_.bytes = plan_bytes(choice_.plan, load_, resolved_, network_);
        if (notify_)
            notify_(Notice::smaller_tiles, "Memory is short: going on in tiles of " +
                                               std::to_string(choice_.plan.tile) + " pixels.");
        set_heap();
        trim_heap();
    }
}

} // namespace maniera
