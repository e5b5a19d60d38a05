// SPDX-License-Identifier: GPL-3.0-or-later
// Moments and gradients of regions that reach but a part of the picture each: rows whose weight is
// 0 are passed over, so that regions side by side cost what they cover. For processors: elsewhere
// the count of rows would have to be read back, and everything is taken whole.

#pragma once

#include "core/objective/moments.h"

#include <vector>

namespace maniera {

// Of the picture: a region that covers more is quicker passed whole.
constexpr double most_reached = 0.5;

struct RegionSums {
    at::Tensor weights; // as gather() takes them
    bool is_sparse;     // covers less than most_reached
    MomentSums* sums;
};

// Adds to each region's sums what gather() finds with its weights. Those of sparse ones have the
// same bits with any number of threads.
void add_moments(const at::Tensor& features, const std::vector<RegionSums>& regions);

// What add_affine_gradient() takes of a region.
struct ReachedGradient {
    at::Tensor a, b, weights;
};

// As add_affine_gradient(), to a gradient that is read, for one region after the other.
void add_affine_gradients_reached(at::Tensor& gradient, const at::Tensor& f,
                                  const std::vector<ReachedGradient>& regions);

} // namespace maniera
