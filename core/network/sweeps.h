// SPDX-License-Identifier: GPL-3.0-or-later
// What a network's layers do beside their convolutions on a processor, each in one sweep over the
// memory. Features and gradients are (1, C, H, W) in float32 or bfloat16 and channels last, windows
// of such included. Features are a ReLU's: none is below 0.

#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

namespace maniera {

// Of 2x2 squares; an odd last row or column is left out.
at::Tensor max_pool(const at::Tensor& features);

// The gradient before the ReLU that is before the pool: that of each square goes to the first of
// its greatest features, and nowhere where all are 0.
at::Tensor max_pool_and_relu_backward(const at::Tensor& gradient, const at::Tensor& features);

// Makes the gradient of a ReLU's features that of its input.
void relu_backward(at::Tensor& gradient, const at::Tensor& features);

// sum of weights * rows, (C) in float64, of rows (M, C), contiguous; weights (M) in float32, or
// undefined for 1. The same bits with any number of threads.
at::Tensor sum_of_rows(const at::Tensor& rows, const at::Tensor& weights);

// sum += weights * rows, (C) in float32, in the calling thread alone; null weights are 1.
void add_sum_of_rows(at::Tensor& sum, const at::Tensor& rows, const float* weights);

// sum of weights * rows^2 of rows (M, C), contiguous, in the calling thread alone; null weights are
// 1.
double sum_of_squares(const at::Tensor& rows, const float* weights);

// to += weights * rows: both (M, C), contiguous, of one precision; weights (M) in float32.
void add_weighed_rows(at::Tensor& to, const at::Tensor& rows, const at::Tensor& weights);

// weights * rows, rounded, (M, C); with what rounding took from them in further C columns where
// `rest` is so, (M, 2 C). rows (M, C), contiguous; weights (M) in float32.
at::Tensor weighed_rows(const at::Tensor& rows, const at::Tensor& weights, bool rest);

// The same, to `to`: with the rest where that is (M, 2 C).
void weigh_rows(at::Tensor& to, const at::Tensor& rows, const at::Tensor& weights);

// Whether sums of products with weighed rows want the rest. In bfloat16 all features have 128
// mantissas, which one weight rounds in the same direction wherever they stand, and covariances are
// small differences of such sums. Nothing is rounded where all weights are 0 or powers of two.
bool wants_rest(const at::Tensor& rows, const at::Tensor& weights);

// Some consecutive rows of a matrix.
struct RowRun {
    std::int64_t begin, count;
};

// The rows of all runs, one after the other, to the first of `picked`: both contiguous, in the
// calling thread alone.
void pick_rows(const at::Tensor& rows, const std::vector<RowRun>& runs, at::Tensor& picked);

// Adds weights * rows, the k-th to the k-th row of `to` that is in the runs.
void add_to_picked_rows(at::Tensor& to, const std::vector<RowRun>& runs, const at::Tensor& rows,
                        const float* weights);

// The sum of weights * (features - target)^2, and gradient += factor * weights * (features -
// target): all (1, C, h, w) of one precision, windows included; weights (1, 1, h, w) in float32, or
// undefined for 1. The same bits with any number of threads.
double sum_of_squared_differences(const at::Tensor& features, const at::Tensor& target,
                                  const at::Tensor& weights);
void add_weighed_difference(at::Tensor& gradient, const at::Tensor& features,
                            const at::Tensor& target, const at::Tensor& weights, double factor);

// The sum of a[i] b[i], both contiguous and float32. The same bits with any number of threads.
double sum_of_products(const at::Tensor& a, const at::Tensor& b);

// The place of the greatest in each row of (M, N), contiguous and float32, M of int64; of equals
// the first.
at::Tensor places_of_greatest(const at::Tensor& rows);

} // namespace maniera
