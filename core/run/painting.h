// SPDX-License-Identifier: GPL-3.0-or-later
// The painting itself: where it starts, and what a user gets of it. Internal.
//
//     at::Tensor canvas = start_canvas(scene, resolved, inputs, device);
//     ...                                                   // steps
//     Image result = finish(scene, resolved, to_image(painting_on(canvas, scene)));

#pragma once

#include "core/inputs.h"
#include "core/network/tensors.h"
#include "core/resolved_options.h"
#include "core/run/scene.h"

namespace maniera {

// Where a run starts by the option `init`, and a frame by the one before it: this rank's rows of
// the canvas. Collective.
at::Tensor start_canvas(const Scene& scene, const ResolvedOptions& resolved, const Inputs& prepared,
                        at::Device device);

// This rank's rows of the picture, of what is painted on its band of the canvas; a view.
at::Tensor painting_on(const at::Tensor& canvas, const Scene& scene);

// A painting (this rank's rows) as the user gets it: in the colors asked for, gray of gray styles,
// the content where no style acts.
Image finish(const Scene& scene, const ResolvedOptions& resolved, Image painting);

// The painting so far as a preview shows it. Of several ranks rank 0 gets it, at
// rank_preview_side at most, and the others get an empty image. Collective.
Image preview(const at::Tensor& canvas, const Scene& scene, const ResolvedOptions& resolved);

} // namespace maniera
