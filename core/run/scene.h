// SPDX-License-Identifier: GPL-3.0-or-later
// A run's pictures brought to one scale: what the objective sees, and what becomes of a painting.
// Each of several ranks has a band of it. Internal.

#pragma once

#include "core/image/pyramid.h"
#include "core/memory/memory_plan.h"
#include "core/network/tensors.h"
#include "core/objective/objective.h"
#include "core/stylize.h"

#include <memory>
#include <vector>

namespace maniera {

// With colours within [0,1], those under transparency filled.
void prepare_content(Picture& content);

struct Scene {
    Size size;          // of the picture at this scale
    int margin = 0;     // pixels painted beyond each edge and cropped away
    RowPartition bands; // of the canvas, which is the picture and its margin
    // Of the picture, which rows lie in each rank's band: disjoint, from the top.
    std::vector<Span> rows;
    std::vector<Span> held;               // and those that the canvas shows around each rank's band
    ImageView content;                    // the rows that this rank holds: of the inputs, or
    Image own_content;                    // this
    Image coverage;                       // where styles act, of the rows held; empty = everywhere
    std::unique_ptr<Objective> objective; // of canvases, in these bands

    Span own() const { return rows[bands.comm->rank()]; }
    Span own_held() const { return held[bands.comm->rank()]; }
};

// The content, masks and styles at `size`. Styles follow: their long side is the run's times
// their scale, within their own pixels. The inputs must outlive the scene. `targets` holds what
// scenes of the same network, options and styles made before this one. Collective; all ranks must
// have the same tiles.
Scene make_scene(const Network& network, const TermOptions& terms, const ResolvedOptions& resolved,
                 const Inputs& prepared, Size size, int margin, StyleTargetCache& targets,
                 const MemoryPlan& memory, Communicator& comm = local_communicator());

// The same for one scene alone.
inline Scene make_scene(const Network& network, const TermOptions& terms,
                        const ResolvedOptions& resolved, const Inputs& prepared, Size size,
                        int margin, const MemoryPlan& memory,
                        Communicator& comm = local_communicator()) {
    StyleTargetCache none(0);
    return make_scene(network, terms, resolved, prepared, size, margin, none, memory, comm);
}

// Without an objective and a margin: what finish() looks at.
Scene make_frame(const TermOptions& terms, const Inputs& prepared, Size size,
                 const RowPartition& bands);

// Where a run starts when `init` is what it says: this rank's rows of the canvas. Collective.
at::Tensor start_canvas(const Scene& scene, const ResolvedOptions& resolved, const Inputs& prepared,
                        at::Device device);

// Rows of the canvas with the content on it; of those that this rank holds.
at::Tensor content_canvas(const Scene& scene, Span rows, at::Device device);

// This rank's rows of the picture, of what is painted on its band of the canvas; a view.
at::Tensor painting_on(const at::Tensor& canvas, const Scene& scene);

// A painting (this rank's rows) as the user gets it: in the colours asked for, the content where
// no style acts.
Image finish(const Scene& scene, const ResolvedOptions& resolved, Image painting);

} // namespace maniera
