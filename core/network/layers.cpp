// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/network/layers.h"

#include "core/network/sweeps.h"

#include <ATen/ops/avg_pool2d.h>
#include <ATen/ops/avg_pool2d_backward.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/max_pool2d.h>
#include <ATen/ops/max_pool2d_with_indices.h>
#include <ATen/ops/max_pool2d_with_indices_backward.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/threshold_backward.h>
#include <ATen/ops/zeros_like.h>

#include <algorithm>

namespace maniera {
namespace {

bool is_ours(at::Device device, at::ScalarType precision) {
    return device.is_cpu() && onednn_serves(precision);
}

// Finds the argmax again: kept since the forward pass, the int64 indices would take more memory
// than the features. In bands of rows, because all indices at once would still take half as much.
at::Tensor max_pool_backward_by_aten(const at::Tensor& gradient, const at::Tensor& features) {
    constexpr std::int64_t band = 64;
    at::Tensor result = at::zeros_like(features);
    for (std::int64_t row = 0; row < gradient.size(2); row += band) {
        const std::int64_t rows = std::min(band, gradient.size(2) - row);
        const at::Tensor part = features.narrow(2, 2 * row, 2 * rows);
        const at::Tensor winners = std::get<1>(at::max_pool2d_with_indices(part, {2, 2}, {2, 2}));
        result.narrow(2, 2 * row, 2 * rows)
            .copy_(at::max_pool2d_with_indices_backward(gradient.narrow(2, row, rows), part, {2, 2},
                                                        {2, 2}, {0, 0}, {1, 1}, false, winners));
    }
    return result;
}

} // namespace

bool is_ours(const at::Tensor& features) {
    return is_ours(features.device(), features.scalar_type());
}

bool is_ours(const Placement& placement) { return is_ours(placement.device, placement.precision); }

ConvolutionLayer::ConvolutionLayer(const at::Tensor& weight, const at::Tensor& bias, bool relu,
                                   Passes passes, const Placement& placement)
    : relu_(relu) {
    const at::Tensor placed = weight.to(placement.device, placement.precision);
    if (is_ours(placement)) {
        packed_ = std::make_shared<PackedConvolution>(placed, bias, relu, passes);
        return;
    }
    weight_ = placed.contiguous(at::MemoryFormat::ChannelsLast);
    if (bias.defined())
        bias_ = bias.to(placement.device, placement.precision).clone();
}

at::Tensor ConvolutionLayer::operator()(const at::Tensor& x, int padding, Passes passes) const {
    if (packed_)
        return (*packed_)(x, padding, passes);
    at::Tensor result = at::conv2d(x, weight_, bias_, 1, padding);
    return relu_ ? at::relu_(result) : result;
}

void ConvolutionLayer::compile(std::int64_t height, std::int64_t width, int padding,
                               Passes passes) const {
    if (packed_)
        packed_->compile(height, width, padding, passes);
}

at::Tensor pool(const at::Tensor& features, bool average) {
    if (average)
        return at::avg_pool2d(features, {2, 2}, {2, 2});
    return is_ours(features) ? max_pool(features) : at::max_pool2d(features, {2, 2}, {2, 2});
}

at::Tensor pool_backward(const at::Tensor& gradient, const at::Tensor& features, bool average) {
    if (average)
        return at::avg_pool2d_backward(gradient, features, {2, 2}, {2, 2}, {0, 0}, false, true,
                                       c10::nullopt);
    if (is_ours(features))
        return max_pool_and_relu_backward(gradient, features);
    at::Tensor result = max_pool_backward_by_aten(gradient, features);
    through_relu(result, features);
    return result;
}

void through_relu(at::Tensor& gradient, const at::Tensor& features) {
    if (is_ours(features))
        relu_backward(gradient, features);
    else
        at::threshold_backward_out(gradient, gradient, features, 0);
}

} // namespace maniera
