// SPDX-License-Identifier: GPL-3.0-or-later
// Weighted moments of features, kept as sums over parts so that tiles and machines add up.
//
//     MomentSums sums = gather(features, weights);      // one part
//     add(sums, gather(more, more_weights));            // another
//     Moments moments = normalize(sums);                // mean and second moment

#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

namespace maniera {

// Over pixels i of features f (C) with weights w: sum w, sum w f, sum w f f^T; float64.
struct MomentSums {
    double weight = 0;
    at::Tensor first;  // (C)
    at::Tensor second; // (C, C)
};

struct Moments {
    at::Tensor mean;   // (C), float64
    at::Tensor second; // (C, C), float64: the mean of f f^T
};

// Features are a (M, C) matrix in any precision; weights are (M) float32 in [0,1] with the sum
// `weight_sum`, or undefined: every weight is 1. Products are formed and summed in float32
// within a part, in float64 where the features are. The caller passes the sum so that nothing has
// to be read back from a device.
MomentSums gather(const at::Tensor& features, const at::Tensor& weights, double weight_sum);

// sum += f^T weights f, of sums of f^T weighed_rows(f) (sweeps.h): sum (C, C) in float64, products
// (C, C) or (C, 2 C) in float32 or float64.
void add_products(at::Tensor& sum, const at::Tensor& products);

// Second moments (C, C), float64, contiguous, to their symmetric half: of weighed products one side
// is rounded, and the other is not.
void make_symmetric(at::Tensor& second);

void add(MomentSums& sums, const MomentSums& part);

// Divides by the weight, which must not be 0.
Moments normalize(const MomentSums& sums);

// The mixture of several styles: sum of weights[i] * moments[i].
Moments mix(const std::vector<Moments>& moments, const std::vector<double>& weights);

} // namespace maniera
