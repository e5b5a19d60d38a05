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
    // Of a sparse region: the directions (C, r) that its second moments are wanted on alone, in the
    // features' precision; undefined = all. At most as many as projects_on() says gain anything.
    at::Tensor directions{};
};

// Whether r directions of C channels are worth projecting on.
bool projects_on(std::int64_t directions, std::int64_t channels);

// Adds to each region's sums what gather() finds with its weights. Those of sparse ones have the
// same bits with any number of threads.
void add_moments(const at::Tensor& features, const std::vector<RegionSums>& regions);

// What add_affine_gradient() takes of a region. `a` may be left out for what it is then: directions
// inner directions^T + diagonal I.
struct ReachedGradient {
    at::Tensor a, b, weights;
    at::Tensor directions{}; // (C, r), in the features' precision
    at::Tensor inner{};      // (r, r)
    double diagonal = 0;
};

// As add_affine_gradient(), to a gradient that is read, for one region after the other.
void add_affine_gradients_reached(at::Tensor& gradient, const at::Tensor& f,
                                  const std::vector<ReachedGradient>& regions);

} // namespace maniera
