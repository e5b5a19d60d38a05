// SPDX-License-Identifier: GPL-3.0-or-later
// Between scales: what lies on a canvas of one size, brought to the next. Internal.

#pragma once

#include "core/optimizer/optimizer.h"
#include "core/run/scene.h"

namespace maniera {

// Takes this rank's rows of one canvas, returns its rows of the other. The picture within the
// margin is interpolated (bicubic, a = -0.75; edges repeated, or the other end of a tileable
// picture beyond them) and the new margin follows from its border: margins have the same width in
// pixels at every scale. Collective. Both scenes must outlive it.
Resizer enlarger(const Scene& from, const Scene& to);

// What a scale starts from: the painting enlarged, and this share of the detail that the content
// has at this scale and had not at the one before. Changes `painting`. Collective.
at::Tensor enlarged_painting(at::Tensor painting, const Scene& from, const Scene& to, float detail);

} // namespace maniera
