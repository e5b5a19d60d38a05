// SPDX-License-Identifier: GPL-3.0-or-later
// A style term's gradient at a layer: an affine map of its features. Internal.

#pragma once

#include <ATen/core/Tensor.h>

namespace maniera {

// gradient += weights * (f a + 1 b^T), or without what is in it where that is not to be read. f and
// gradient are (M, C), the latter contiguous; a (C, C); b (C) or undefined for 0; weights (M) or
// undefined for 1.
void add_affine_gradient(at::Tensor& gradient, bool read, const at::Tensor& f, const at::Tensor& a,
                         const at::Tensor& b, const at::Tensor& weights);

} // namespace maniera
