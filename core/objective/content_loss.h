// SPDX-License-Identifier: GPL-3.0-or-later
// The content term: squared differences of features from those of the content picture. Internal.
//
//     value += content_value(features, target, scale);
//     add_content_gradient(features, target, weight * scale, gradient);
//
// Gatys, Ecker, Bethge 2016, eq. 1 and 2, but for the scale.

#pragma once

#include "core/base/objective_convention.h"
#include "core/distributed/row_partition.h"
#include "core/memory/offloaded_tensor.h"
#include "core/network/vgg.h"

#include <string>
#include <vector>

namespace maniera {

// The features at each tap in `taps`, by tap, of the layer's rows that this rank holds; others are
// empty. `content` is (1, 3, h, W), the rows held. `tiles` are this rank's. They lie in files in
// `folder`, or in memory where it is empty. Collective.
std::vector<OffloadedTensor> content_targets(const Network& network, const RowPartition& bands,
                                             const std::vector<Window>& tiles,
                                             const std::vector<std::size_t>& taps,
                                             const at::Tensor& content, const std::string& folder);

// The factor of the sum of squares over a layer's N = channels * pixels features: 1 / N for a mean,
// else 1 / (2 sqrt(N)).
double content_scale(const ObjectiveConvention& convention, std::int64_t channels, double pixels);

// scale * sum of weights * (features - target)^2: 0-dimensional, float64. Both (1, C, h, w); the
// weights of positions (1, 1, h, w), float32, or undefined for 1 everywhere.
at::Tensor content_value(const at::Tensor& features, const at::Tensor& target,
                         const at::Tensor& weights, double scale);

// Adds 2 * scale * weights * (features - target) to `gradient`, (1, C, h, w).
void add_content_gradient(const at::Tensor& features, const at::Tensor& target,
                          const at::Tensor& weights, double scale, at::Tensor& gradient);

} // namespace maniera
