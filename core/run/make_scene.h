// SPDX-License-Identifier: GPL-3.0-or-later
// Content, masks and styles brought to one scale, with the objective there. Internal.
//
//     prepare_content(inputs.content);
//     inputs = prepare_styles(std::move(inputs), resolved, comm);
//     Scene scene = make_scene(network, terms, resolved, inputs, size, margin, plan, ranks);
//     Evaluation e = scene.objective->evaluate(canvas);

#pragma once

#include "core/inputs.h"
#include "core/memory/memory_plan.h"
#include "core/resolved_options.h"
#include "core/run/scene.h"

namespace maniera {

// Clamps colors to [0,1] and fills those under transparency, but for rows that are read from
// elsewhere. The ends of one that shall be tileable are joined.
void prepare_content(PictureSource& content, Wrap wrap);

// The content, masks and styles at `size`; `margin` is the canvas's. Styles follow: their long side
// is the run's times their scale, within their own pixels. The inputs must outlive the scene.
// `targets` keeps what scenes of the same network, options and styles made before this one. The
// scene has the styles' features at the layers that are to be `matched`.
// Collective; all ranks must have the same tiles.
Scene make_scene(const Network& network, const TermOptions& terms, const ResolvedOptions& resolved,
                 const Inputs& prepared, Size size, int margin, StyleTargetCache& targets,
                 const std::vector<MatchedLayer>& matched, const MemoryPlan& memory,
                 Communicator& comm = local_communicator());

// The same for one scene alone, of which nothing is matched.
inline Scene make_scene(const Network& network, const TermOptions& terms,
                        const ResolvedOptions& resolved, const Inputs& prepared, Size size,
                        int margin, const MemoryPlan& memory,
                        Communicator& comm = local_communicator()) {
    StyleTargetCache none(0);
    return make_scene(network, terms, resolved, prepared, size, margin, none, {}, memory, comm);
}

// Without an objective: what finish() looks at. `bands` are of the canvas, with its margin.
Scene make_frame(const TermOptions& terms, const Inputs& prepared, Size size,
                 const RowPartition& bands, int margin = 0);

} // namespace maniera
