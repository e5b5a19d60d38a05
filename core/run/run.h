// SPDX-License-Identifier: GPL-3.0-or-later
// One picture's run: what its scales share, and how far it has come. Internal.
//
//     Run run = begin_run(setup, inputs, budget, callbacks);
//     for (std::size_t i = run.begin.scale; i < run.sizes.size() && run.result.complete; ++i)
//         paint_scale(run, i);                   // scale_run.h
//     Result result = finish_run(run);

#pragma once

#include "core/base/checkpoint.h"
#include "core/device/memory_limits.h"
#include "core/device/placement.h"
#include "core/inputs.h"
#include "core/memory/memory_model.h"
#include "core/network/vgg.h"
#include "core/objective/style_targets.h"
#include "core/objective/term_options.h"
#include "core/optimizer/optimizer.h"
#include "core/progress.h"
#include "core/resolved_options.h"
#include "core/run/memory_guard.h"
#include "core/run/part_finder.h"
#include "core/run/part_matcher.h"
#include "core/run/run_position.h"
#include "core/run/scene.h"

#include <chrono>
#include <memory>
#include <optional>
#include <vector>

namespace maniera {

// What the pictures of a session share.
struct RunSetup {
    ResolvedOptions resolved;
    Communicator& comm;
    Placement placement;
    TermOptions terms;
    NetworkCost cost;
    std::unique_ptr<Network> network;
    std::unique_ptr<PartMatcher> matcher; // null without matched parts
    std::unique_ptr<PartFinder> finder;   // null where no parts are to be found, or are given
    StyleTargetCache targets;
    // Whether the last picture had counterparts in the styles, for the frames that follow it, which
    // shall not be painted now with matches and now without.
    std::optional<bool> counterparts;
};

struct RunCallbacks {
    const ProgressCallback& progress; // may be empty
    const NoticeCallback& notice;     // may be empty
    const CheckpointReader* from;     // null = from the beginning
    const StopCallback& stop;         // may be empty
};

struct Run {
    Run(RunSetup& setup, const Inputs& prepared, const RunCallbacks& callbacks,
        std::chrono::steady_clock::time_point start);

    RunSetup& setup;
    ResolvedOptions resolved; // match_parts is off where nothing has a counterpart
    PartMatcher* matcher;     // null without matched parts
    bool follows;             // a frame that follows another one
    bool rough;               // what such a frame is finished from
    const Inputs& inputs;     // prepared
    const ProgressCallback& progress;
    NoticeCallback notify; // of rank 0 alone; never empty
    const CheckpointReader* from;
    const StopCallback& stop;
    std::chrono::steady_clock::time_point start;

    std::vector<Size> sizes; // of the scales, coarse to fine
    Budget budget;
    RunPosition begin;
    double work = 0; // pixels times steps, of all scales

    double done = 0; // of `work`
    Result result;   // its numbers grow; the picture comes at the end
    SwapWatch swap;
    std::unique_ptr<Network> network;     // of the latest scale: the setup's, or its shallow part
    Scene scene;                          // of the same
    std::unique_ptr<Optimizer> optimizer; // holds the painting
    MatchField field;                     // of the latest scale; empty without matched parts
    std::vector<Size> compared;           // the sizes at which it was found

    double seconds() const; // since `start`
};

// Reads the position of a checkpoint, chooses the budget, and notifies of the plan for the largest
// scale. The inputs must outlive the run. Collective.
Run begin_run(RunSetup& setup, const Inputs& prepared, Budget budget, const RunCallbacks& callbacks,
              std::chrono::steady_clock::time_point start);

// The painting as it is, at the size of the last scale, with the content's alpha. Collective.
Result finish_run(Run& run);

} // namespace maniera
