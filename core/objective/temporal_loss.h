// SPDX-License-Identifier: GPL-3.0-or-later
// The temporal term (Ruder, Dosovitskiy and Brox 2016): how far a frame is from the painting of the
// frame before it, moved along, where both show the same. Internal.
//
//     values = add_temporal(term, x, spans, pixels, gradient);
//
// The mean over all pixels and channels of c (x - t)^2.

#pragma once

#include "core/image/geometry.h"

#include <ATen/core/Tensor.h>

#include <vector>

namespace maniera {

struct TemporalTerm {
    at::Tensor target;     // t, (1, 3, h, W), float32: this rank's rows; undefined = no term
    at::Tensor confidence; // c, (1, 1, h, W), float32
    double weight = 0;
};

// Returns a value a span (0-dimensional, float64). Adds the weight times the gradient to
// `gradient`, which has the rows of `x` (1, 3, h, W), from the first span's begin to the last one's
// end. The spans must be adjacent. `pixels` are those of the whole picture.
std::vector<at::Tensor> add_temporal(const TemporalTerm& term, const at::Tensor& x,
                                     const std::vector<Span>& spans, double pixels,
                                     at::Tensor& gradient);

} // namespace maniera
