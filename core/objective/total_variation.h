// SPDX-License-Identifier: GPL-3.0-or-later
// The smoothness term: total variation (Rudin, Osher, Fatemi 1992), differences of neighboring
// pixels. Internal.
//
//     values = add_total_variation(convention, x, spans, weight, gradient);
//
// Squared: the mean over pairs of d^2, 2/3 for each axis and 1/6 for each diagonal. Absolute: the
// sum of |d| along both axes, in units of 0 to 255. Of a tileable picture (see
// ObjectiveConvention::surroundings) each pixel has its pairs, those across a seam too, and its
// surroundings have none.

#pragma once

#include "core/base/objective_convention.h"
#include "core/network/vgg.h"

#include <vector>

namespace maniera {

// Returns a value a span (0-dimensional, float64): of the pairs whose upper pixel lies in the span.
// Adds `weight` times the gradient of all pairs to `gradient`, (1, 3, h, W), which has the rows
// from the first span's begin to the last one's end. The spans must be adjacent, and `x` must hold
// their rows and one more at each end, where the picture has one.
std::vector<at::Tensor> add_total_variation(const ObjectiveConvention& convention, const Rows& x,
                                            const std::vector<Span>& spans, double weight,
                                            at::Tensor& gradient);

} // namespace maniera
