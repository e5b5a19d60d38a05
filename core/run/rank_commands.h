// SPDX-License-Identifier: GPL-3.0-or-later
// After a step rank 0's caller may want to see or save a painting of which each rank has a part.
// Rank 0 sends commands, and the others carry them out until they hear how to go on. Internal.
//
//     const RankCommands commands(comm, make_preview, save_state);
//     const bool go_on = commands.decide([&] { show(commands.picture()); return !interrupted; });

#pragma once

#include "core/base/checkpoint.h"
#include "core/distributed/communicator.h"
#include "core/image/image.h"
#include "core/progress.h"

#include <functional>

namespace maniera {

class RankCommands {
public:
    // Both functions are collective. `save` gets a null pointer at all ranks but 0.
    RankCommands(Communicator& comm, std::function<Image()> picture,
                 std::function<void(CheckpointWriter*)> save);

    // For rank 0, within `decide`.
    Image picture() const;
    void save(CheckpointWriter& writer) const;

    // Returns whether to go on, as rank 0's `decide` says. Collective.
    bool decide(const std::function<bool()>& decide) const;

private:
    void send(const char* command) const;

    Communicator& comm_;
    std::function<Image()> picture_;
    std::function<void(CheckpointWriter*)> save_;
};

// Whether the caller of any rank but 0 asks to stop. Collective.
bool other_rank_stops(Communicator& comm, const ProgressCallback& progress, const Progress& report);

} // namespace maniera
