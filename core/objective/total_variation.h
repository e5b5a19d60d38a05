// SPDX-License-Identifier: GPL-3.0-or-later
// The smoothness term: differences of neighbouring pixels. Internal.

#pragma once

#include "core/network/vgg.h"
#include "core/options.h"

#include <vector>

namespace maniera {

// Values (0-dimensional, float64) of the pairs whose upper pixels lie in each of these spans, which
// follow each other; and the gradient of all pairs times `weight`, added to `gradient`: of the
// picture's rows from the first span's beginning to the last one's end. `x` has those, and the row
// before and after them where there is one.
std::vector<at::Tensor> add_smoothness(ManieraObjective objective, const Rows& x,
                                       const std::vector<Span>& spans, double weight,
                                       at::Tensor& gradient);

} // namespace maniera
