// SPDX-License-Identifier: GPL-3.0-or-later
// A scale's plan for the memory there is, and smaller ones where memory fails after all. Internal.

#pragma once

#include "core/device/placement.h"
#include "core/distributed/communicator.h"
#include "core/inputs.h"
#include "core/memory/memory_model.h"
#include "core/progress.h"
#include "core/resolved_options.h"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace maniera {

// What decides how a run is painted in the memory there is.
struct Budget {
    std::int64_t bytes = 0; // of the device's memory
    bool gpu = false;
    NetworkCost network;
    Size content;
    std::vector<StyleSize> styles;
    int parts = 0;              // regions that parts add
    bool temporal = false;      // the picture stays near that of the frame before
    std::string scratch_folder; // for files; empty = no files
    int ranks = 1;              // processes that have a band each; `bytes` is the least of theirs
};

// Collective.
Budget make_budget(const NetworkCost& network, const Inputs& inputs,
                   const ResolvedOptions& resolved, const Placement& placement, Communicator& comm);

// At a scale of this size, with all its ranks.
ScaleLoad load_of(const Budget& budget, const ResolvedOptions& resolved, Size size);

class MemoryGuard {
public:
    // `notify` is told when tiles become smaller; it may be empty.
    MemoryGuard(const Budget& budget, const ResolvedOptions& resolved, Size size,
                NoticeCallback notify);

    const MemoryPlan& plan() const { return choice_.plan; }
    std::string describe() const; // for a person
    // Throws Error{out_of_memory} where not even the smallest plan fits.
    void refuse_too_large() const;

    // Calls `body`, which looks at the plan, with ever smaller tiles until the memory suffices.
    // Throws Error{out_of_memory} with the need and the budget when the smallest do not fit either.
    // One of several ranks cannot take other tiles than the rest, so it throws at once.
    void within(const std::function<void()>& body);

private:
    ResolvedOptions resolved_;
    NetworkCost network_;
    int ranks_;
    std::int64_t budget_;
    bool on_processor_;
    std::string scratch_folder_;
    Size size_;
    ScaleLoad load_;
    NoticeCallback notify_;
    Choice choice_;
};

} // namespace maniera
