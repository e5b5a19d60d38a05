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
    at::Tensor first;    // (C)
    at::Tensor second;   // (C, C); or (r, r) of features on r directions alone,
    at::Tensor square{}; // and then sum w |f|^2, 0-dimensional; else undefined
};

struct Moments {
    at::Tensor mean;     // (C), float64
    at::Tensor second;   // (C, C), float64: the mean of f f^T; or (r, r) on r directions alone,
    at::Tensor square{}; // and then the mean of |f|^2; else undefined
};

// Features are a (M, C) matrix in any precision; weights are (M) float32 in [0,1] with the sum
// `weight_sum`, or undefined: every weight is 1. Products are formed and summed in float32
// within a part, in float64 where the features are. The caller passes the sum so that nothing has
// to be read back from a device.
MomentSums gather(const at::Tensor& features, const at::Tensor& weights, double weight_sum);

// second += the symmetric half of the sum of `products`: of weighed rows one side is rounded, and
// the other is not. second (C, C) in float64; each product (C, C), or (C, 2 C) where rows were
// weighed with what rounding took (sweeps.h), in float32; all contiguous. The same bits with any
// number of threads.
void add_symmetric(at::Tensor& second, const std::vector<at::Tensor>& products);

void add(MomentSums& sums, const MomentSums& part);

// Divides by the weight, which must not be 0.
Moments normalize(const MomentSums& sums);

// The mixture of several styles: sum of weights[i] * moments[i].
Moments mix(const std::vector<Moments>& moments, const std::vector<double>& weights);

} // namespace maniera
