// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/scale_memory.h"

#include "core/device.h"
#include "core/error.h"
#include "core/heap.h"
#include "core/machine_memory.h"
#include "core/memory_errors.h"

#include <c10/core/ScalarType.h>

#include <utility>

namespace maniera {
namespace {

Size size_of(const Picture& picture) { return {picture.color.width, picture.color.height}; }

} // namespace

Budget make_budget(const NetworkCost& network, const Inputs& inputs, const ManieraOptions& resolved,
                   const Placement& placement) {
    Budget budget;
    budget.network = network;
    budget.network.value_bytes = static_cast<double>(c10::elementSize(placement.precision));
    const RunDevice device = run_device(placement);
    budget.gpu = device.gpu;
    budget.bytes = device_budget(resolved, device);
    budget.content = size_of(inputs.content);
    for (const StyleInput& style : inputs.styles)
        budget.styles.push_back({size_of(style.picture), style.scale});
    if (!budget.gpu) // a file would hold what lies in a GPU's memory only by way of the host's
        budget.scratch_folder = inputs.scratch_folder;
    return budget;
}

ScaleMemory::ScaleMemory(const Budget& budget, const ManieraOptions& resolved, Size size,
                         NoticeCallback tell)
    : resolved_(resolved), network_(budget.network), budget_(budget.bytes),
      on_processor_(!budget.gpu), scratch_folder_(budget.scratch_folder), size_(size),
      load_(scale_load(budget.content, budget.styles, resolved, size)), tell_(std::move(tell)),
      choice_(choose_plan(load_, resolved, network_, budget_, scratch_folder_)) {}

std::string ScaleMemory::describe() const {
    return maniera::describe(choice_, load_.canvas, budget_);
}

void ScaleMemory::within(const std::function<void()>& body) {
    const auto set_heap = [&] {
        keep_blocks(choice_.plan.tile > 0 ? sparing_blocks : quick_blocks);
    };
    const auto room = [&] {
        return !on_processor_ || has_room(pass_bytes(choice_.plan, load_, network_));
    };
    set_heap();
    while (!room() || !had_memory(body)) {
        if (!shrink(choice_.plan, load_.canvas, scratch_folder_))
            throw Error(ErrorCode::out_of_memory,
                        "There is not enough memory: at " + std::to_string(size_.width) + "x" +
                            std::to_string(size_.height) + " about " + in_gib(choice_.bytes) +
                            " are needed even in the smallest tiles, of a budget of " +
                            in_gib(budget_) +
                            "; choose a smaller --size, or close other programs.");
        choice_.bytes = plan_bytes(choice_.plan, load_, resolved_, network_);
        if (tell_)
            tell_(Notice::smaller_tiles, "Memory is short: going on in tiles of " +
                                             std::to_string(choice_.plan.tile) + " pixels.");
        set_heap();
        return_holes();
    }
}

} // namespace maniera
