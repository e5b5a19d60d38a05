// SPDX-License-Identifier: GPL-3.0-or-later
// A run's pictures brought to one scale: what the objective sees, and what becomes of a painting.
// Internal.

#pragma once

#include "core/objective.h"
#include "core/plan.h"
#include "core/pyramid.h"
#include "core/stylize.h"
#include "core/tensors.h"

#include <memory>

namespace maniera {

// With colours within [0,1], those under transparency filled.
void prepare_content(Picture& content);

// Inputs as given, with colours within [0,1], those under transparency filled and styles recoloured
// when asked.
Inputs prepare_inputs(Inputs inputs, const ManieraOptions& resolved);

struct Scene {
    Size size;
    int margin = 0;                       // pixels painted beyond each edge and cropped away
    ImageView content;                    // at `size`, without the margin: of the inputs, or
    Image own_content;                    // this
    Image coverage;                       // where styles act, at `size`; empty = everywhere
    std::unique_ptr<Objective> objective; // of canvases
};

// The content, masks and styles at `size`. Styles follow: their long side is the run's times
// their scale, within their own pixels. The inputs must outlive the scene. `targets` holds what
// scenes of the same network, options and styles made before this one.
Scene make_scene(const Network& network, const TermOptions& terms, const ManieraOptions& resolved,
                 const Inputs& prepared, Size size, int margin, StyleTargetCache& targets,
                 const MemoryPlan& memory);

// The same for one scene alone.
inline Scene make_scene(const Network& network, const TermOptions& terms,
                        const ManieraOptions& resolved, const Inputs& prepared, Size size,
                        int margin, const MemoryPlan& memory) {
    StyleTargetCache none(0);
    return make_scene(network, terms, resolved, prepared, size, margin, none, memory);
}

// Where any style acts, at `size`; empty = everywhere.
Image make_coverage(const TermOptions& terms, const Inputs& prepared, Size size);

// The scene's content, without the margin, in the colours of the styles: each region gets the mean
// and covariance of its styles' colours; where no style acts it stays as it is.
Image in_style_colors(const Scene& scene, const ManieraOptions& resolved, const Inputs& prepared);

// What is painted on a canvas within its margin, clamped to [0,1].
Image painting_on(const at::Tensor& canvas, const Scene& scene);

// A painting as the user gets it: in the colours asked for, the content where no style acts.
Image finish(const Scene& scene, const ManieraOptions& resolved, Image painting);

} // namespace maniera
