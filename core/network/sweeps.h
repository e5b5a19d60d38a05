// SPDX-License-Identifier: GPL-3.0-or-later
// What a network's layers do beside their convolutions on a processor, each in one sweep over the
// memory. Features and gradients are (1, C, H, W) in float32 or bfloat16 and channels last, windows
// of such included. Features are a ReLU's: none is below 0.

#pragma once

#include <ATen/core/Tensor.h>

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

// weights * rows, and to += weights * rows: both (M, C), contiguous, of one precision; weights (M)
// in float32.
at::Tensor weighed_rows(const at::Tensor& rows, const at::Tensor& weights);
void add_weighed_rows(at::Tensor& to, const at::Tensor& rows, const at::Tensor& weights);

// Rows with a weight other than 0, one after the other; all (M, C), contiguous and of one
// precision, weights M. In the calling thread alone.
//
// pick_rows() copies them to the first rows of `to` and returns how many there are.
// pick_weighed_rows() multiplies them with the weights' roots, and adds weights * rows to `sum`, C
// numbers. add_to_picked_rows() adds weights * rows to those that pick_rows() took the rows from.
std::int64_t pick_rows(const at::Tensor& rows, const float* weights, at::Tensor& to);
std::int64_t pick_weighed_rows(const at::Tensor& rows, const float* weights, at::Tensor& to,
                               float* sum);
void add_to_picked_rows(at::Tensor& to, const at::Tensor& rows, const float* weights);

// The sum of weights * (features - target)^2, and gradient += factor * weights * (features -
// target): all (1, C, h, w) of one precision, windows included; weights (1, 1, h, w) in float32, or
// undefined for 1. The same bits with any number of threads.
double sum_of_squared_differences(const at::Tensor& features, const at::Tensor& target,
                                  const at::Tensor& weights);
void add_weighed_difference(at::Tensor& gradient, const at::Tensor& features,
                            const at::Tensor& target, const at::Tensor& weights, double factor);

// The sum of a[i] b[i], both contiguous and float32. The same bits with any number of threads.
double sum_of_products(const at::Tensor& a, const at::Tensor& b);

} // namespace maniera
