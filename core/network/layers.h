// SPDX-License-Identifier: GPL-3.0-or-later
// The arithmetic of the network's layers: on a processor by oneDNN and sweeps of our own, where
// there are such for the precision; else by ATen. Both ways round differently and do the same.

#pragma once

#include "core/device/placement.h"
#include "core/network/onednn.h"

#include <ATen/core/Tensor.h>

#include <memory>

namespace maniera {

// Whether they are computed by oneDNN and our own sweeps.
bool is_ours(const at::Tensor& features);
bool is_ours(const Placement& placement);

// A 3x3 convolution with its bias and, if wanted, a ReLU.
class ConvolutionLayer {
public:
    ConvolutionLayer() = default;
    // weight (out, in, 3, 3) and bias (out) in float32, or undefined for 0. Made ready for these
    // passes; others may follow.
    ConvolutionLayer(const at::Tensor& weight, const at::Tensor& bias, bool relu, Passes passes,
                     const Placement& placement);
    at::Tensor operator()(const at::Tensor& x, int padding, Passes passes) const;
    // What the first x of this size would wait for; nothing by ATen.
    void compile(std::int64_t height, std::int64_t width, int padding, Passes passes) const;

private:
    std::shared_ptr<const PackedConvolution> packed_; // or, by ATen:
    at::Tensor weight_, bias_;
    bool relu_ = false;
};

// Pools of 2x2 squares of a ReLU's features, (1, C, H, W).
at::Tensor pool(const at::Tensor& features, bool average);

// Of a pool's gradient that of its features; of the greatest in a square also through the ReLU.
at::Tensor pool_backward(const at::Tensor& gradient, const at::Tensor& features, bool average);

// Makes the gradient of a ReLU's features that of its input, in place where that can be.
void through_relu(at::Tensor& gradient, const at::Tensor& features);

} // namespace maniera
