// SPDX-License-Identifier: GPL-3.0-or-later
// Moments and gradients of a region that reaches but a part of the picture: rows whose weight is 0
// are passed over, so that regions side by side cost what they cover. For processors: elsewhere the
// count of rows would have to be read back, and everything is taken whole.

#pragma once

#include "core/objective/moments.h"

namespace maniera {

// As gather(), with weights.
MomentSums gather_reached(const at::Tensor& features, const at::Tensor& weights);

// As add_affine_gradient(), to a gradient that is read, with weights.
void add_affine_gradient_reached(at::Tensor& gradient, const at::Tensor& f, const at::Tensor& a,
                                 const at::Tensor& b, const at::Tensor& weights);

} // namespace maniera
