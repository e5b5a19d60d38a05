// SPDX-License-Identifier: GPL-3.0-or-later
// A tileable picture seen in its surroundings. Internal.
//
// What the objective sees beyond an edge of such a picture is the picture again: its other end
// where it wraps, else its reflection. That is a linear map of the canvas, and the gradient goes
// back through its transpose, so network, losses and tiles know nothing of it. The margin is wider
// than the network sees, and no loss counts there (ObjectiveConvention::surroundings).

#pragma once

#include "core/run/scene.h"

namespace maniera {

// The scene's objective at this rank's rows of a canvas. Collective.
Evaluation evaluate(const Scene& scene, const at::Tensor& canvas);

// This rank's rows of the view of a canvas, and the transpose: what is left of a gradient on the
// view when each copy's is added to the pixel it repeats. Without a wrap they return what they are
// given. Collective.
at::Tensor view_of(const Scene& scene, const at::Tensor& canvas);
at::Tensor folded(const Scene& scene, const at::Tensor& gradient);

} // namespace maniera
