// SPDX-License-Identifier: GPL-3.0-or-later
// VGG: Simonyan and Zisserman 2015. Forward keeps the outputs of ReLUs and taps; backward needs
// nothing else.

#include "core/network/vgg.h"

#include "core/base/interruption.h"
#include "core/error.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/avg_pool2d.h>
#include <ATen/ops/avg_pool2d_backward.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/max_pool2d.h>
#include <ATen/ops/max_pool2d_with_indices.h>
#include <ATen/ops/max_pool2d_with_indices_backward.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/replication_pad2d.h>
#include <ATen/ops/replication_pad2d_backward.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/threshold_backward.h>
#include <ATen/ops/zeros_like.h>

#include <algorithm>

namespace maniera {
namespace {

constexpr auto channels_last = at::MemoryFormat::ChannelsLast;

at::Tensor three_channels(const std::array<double, 3>& values, at::Device device) {
    return at::tensor({values[0], values[1], values[2]}, at::kFloat).view({1, 3, 1, 1}).to(device);
}

std::string nearest_layer_hint(const Manifest& manifest) {
    return " (it has " + manifest.layers.front() + " to " + manifest.layers.back() + ")";
}

// Finds the argmax again: kept since the forward pass, the int64 indices would take more memory
// than the features. In bands of rows, because all indices at once would still take half as much.
at::Tensor max_pool_backward(const at::Tensor& gradient, const at::Tensor& input) {
    constexpr std::int64_t band = 64;
    at::Tensor result = at::zeros_like(input);
    for (std::int64_t row = 0; row < gradient.size(2); row += band) {
        const std::int64_t rows = std::min(band, gradient.size(2) - row);
        const at::Tensor part = input.narrow(2, 2 * row, 2 * rows);
        const at::Tensor winners = std::get<1>(at::max_pool2d_with_indices(part, {2, 2}, {2, 2}));
        result.narrow(2, 2 * row, 2 * rows)
            .copy_(at::max_pool2d_with_indices_backward(gradient.narrow(2, row, rows), part, {2, 2},
                                                        {2, 2}, {0, 0}, {1, 1}, false, winners));
    }
    return result;
}

// The part of a layer (`pools` pools deep) that covers `window` of the picture.
at::Tensor part_of(const at::Tensor& maps, const Window& part, const Window& window, int pools) {
    return narrowed(maps, relative(reduced(part, pools), reduced(window, pools)));
}

// Of the model's layers, the last that a tap is of.
std::size_t deepest_layer(const Manifest& manifest, const std::vector<std::string>& taps) {
    const auto& layers = manifest.layers;
    std::size_t deepest = 0;
    for (const std::string& tap : taps) {
        const auto found = std::find(layers.begin(), layers.end(), tap);
        if (found == layers.end())
            throw Error(ErrorCode::invalid_option, "The model " + manifest.name + " has no layer " +
                                                       tap + nearest_layer_hint(manifest) +
                                                       "; name one that it has.");
        deepest = std::max<std::size_t>(deepest, found - layers.begin());
    }
    return deepest;
}

const Convolution& convolution_of(const Model& model, const std::string& layer) {
    for (const auto& [name, convolution] : model.convolutions)
        if (name == layer)
            return convolution;
    throw Error(ErrorCode::unreadable_model, "The model " + model.manifest.name +
                                                 " lacks the weights of " + layer +
                                                 "; import it again.");
}

} // namespace

at::Tensor as_matrix(const at::Tensor& features) {
    return features.permute({0, 2, 3, 1}).reshape({-1, features.size(1)});
}

at::Tensor narrowed(const at::Tensor& maps, const Window& window) {
    return maps.narrow(2, window.y.begin, window.y.length())
        .narrow(3, window.x.begin, window.x.length());
}

Size size_of(const at::Tensor& pictures) {
    return {static_cast<int>(pictures.size(3)), static_cast<int>(pictures.size(2))};
}

Rows::Rows(const at::Tensor& whole) : pixels(whole), top(0), picture(size_of(whole)) {}

at::Tensor Rows::at(const Window& window) const {
    return narrowed(pixels, {window.x, counted_from(window.y, top)});
}

void Network::place_weights(Step& step, const Convolution& convolution, bool first) const {
    // Convolutions, ReLUs and pools are positively homogeneous: scaling the first weights and every
    // bias scales all features, at no cost.
    at::Tensor weight = at::from_blob(const_cast<float*>(convolution.weight.data()),
                                      {convolution.out, convolution.in, 3, 3}, at::kFloat);
    if (first)
        weight = weight * config_.feature_factor;
    const at::Tensor bias =
        at::from_blob(const_cast<float*>(convolution.bias.data()), {convolution.out}, at::kFloat) *
        config_.feature_factor;
    const auto placed = [&](const at::Tensor& t) {
        return t.to(config_.placement.device, config_.placement.precision);
    };
    step.weight = placed(weight).contiguous(channels_last);
    step.rotated = placed(weight.transpose(0, 1).flip({2, 3})).contiguous(channels_last);
    step.bias = placed(bias).clone();
}

Network::Network(const Model& model, const NetworkConfig& config) : config_(config) {
    const auto& layers = model.manifest.layers;
    const at::Device device = config_.placement.device;
    mean_ = three_channels(model.manifest.mean, device);
    deviation_ = three_channels(model.manifest.deviation, device);

    const std::size_t deepest = deepest_layer(model.manifest, config_.taps);
    tap_steps_.resize(config_.taps.size());
    tap_pools_.resize(config_.taps.size());
    tap_channels_.resize(config_.taps.size());
    int pools = 0, channels = 3, radius = 0;
    for (std::size_t i = 0; i <= deepest; ++i) {
        const std::string& name = layers[i];
        Step step;
        if (name.rfind("conv", 0) == 0) {
            step.kind = Kind::convolution;
            const Convolution& convolution = convolution_of(model, name);
            place_weights(step, convolution, steps_.empty());
            channels = convolution.out;
            radius += 1 << pools;
        } else if (name.rfind("relu", 0) == 0) {
            step.kind = Kind::relu;
            step.keep_input = !steps_.empty() && steps_.back().tap >= 0;
        } else {
            step.kind = Kind::pool;
            ++pools;
        }
        step.pools = pools;
        step.radius = radius;
        const auto tap = std::find(config_.taps.begin(), config_.taps.end(), name);
        if (tap != config_.taps.end()) {
            step.tap = static_cast<int>(tap - config_.taps.begin());
            tap_steps_[step.tap] = steps_.size();
            tap_pools_[step.tap] = pools;
            tap_channels_[step.tap] = channels;
        }
        steps_.push_back(std::move(step));
    }
}

int Network::level(std::size_t tap) const { return tap_pools_[tap]; }
int Network::channels(std::size_t tap) const { return tap_channels_[tap]; }

int Network::margin(bool backward_pass) const {
    const int radius = steps_.back().radius;
    const auto rounded = [&](int pixels) { return (pixels + stride() - 1) / stride() * stride(); };
    return rounded(backward_pass ? rounded(radius) + radius : radius);
}

// The receptive field of features in the part extends `deepest.radius` beyond it. A gradient in the
// part depends on features equally far beyond it, which must be exact as well.
Window Network::needed(const Window& part, Size picture, std::size_t end, bool backward_pass,
                       int radius) const {
    const Step& deepest = steps_[end - 1];
    const int stride = 1 << deepest.pools;
    const Window seen = backward_pass ? grown(part, deepest.radius, stride, picture) : part;
    return grown(seen, deepest.radius - radius, stride, picture);
}

void Network::run(const Rows& x, const Window& part, std::size_t end, bool backward_pass,
                  const Show& show) const {
    const Size picture = x.picture;
    Window window = needed(part, picture, end, backward_pass, 0);
    at::Tensor h = (x.at(window) - mean_) / deviation_;
    std::int64_t padding = 1;
    if (config_.replicate_border) {
        h = at::replication_pad2d(h, {1, 1, 1, 1});
        padding = 0;
    }
    h = h.to(config_.placement.precision).contiguous(channels_last);
    for (std::size_t i = 0; i < end; ++i) {
        check_interruption();
        const Step& step = steps_[i];
        switch (step.kind) {
        case Kind::convolution:
            h = at::conv2d(h, step.weight, step.bias, 1, padding);
            padding = 1;
            break;
        case Kind::relu: h = step.keep_input ? at::relu(h) : at::relu_(h); break;
        case Kind::pool: {
            const Window wanted = needed(part, picture, end, backward_pass, step.radius);
            h = part_of(h, wanted, window, step.pools - 1);
            window = wanted;
            if (config_.average_pooling)
                h = at::avg_pool2d(h, {2, 2}, {2, 2});
            else
                h = at::max_pool2d(h, {2, 2}, {2, 2});
            break;
        }
        }
        show(i, h, window);
    }
}

Trace Network::forward(const Rows& x, const Window& part) const {
    Trace trace;
    trace.outputs.resize(steps_.size());
    trace.windows.resize(steps_.size());
    trace.tap_steps = tap_steps_;
    trace.picture = x.picture;
    trace.part = part;
    run(x, part, steps_.size(), true,
        [&](std::size_t i, const at::Tensor& output, const Window& window) {
            trace.windows[i] = window;
            if (steps_[i].kind == Kind::relu || steps_[i].tap >= 0)
                trace.outputs[i] = output;
        });
    return trace;
}

void Network::visit(const Rows& x, const Window& part, const std::vector<std::size_t>& wanted,
                    const Visit& visit) const {
    std::size_t end = 0;
    for (const std::size_t tap : wanted)
        end = std::max(end, tap_steps_[tap] + 1);
    run(x, part, end, false, [&](std::size_t i, const at::Tensor& output, const Window& window) {
        for (const std::size_t tap : wanted)
            if (tap_steps_[tap] == i)
                visit(tap, part_of(output, part, window, steps_[i].pools));
    });
}

at::Tensor Network::in_part(const Trace& trace, std::size_t tap) const {
    const std::size_t step = tap_steps_[tap];
    return part_of(trace.outputs[step], trace.part, trace.windows[step], steps_[step].pools);
}

at::Tensor Network::backward(Trace& trace, const Inject& inject) const {
    at::Tensor gradient;
    // The gradient's window. It shrinks at pools to what still contributes to the part:
    // convolutions leave a rim of wrong values at its edges, which does not.
    Window window = grown(trace.part, steps_.back().radius, stride(), trace.picture);
    const auto output = [&](std::size_t i) {
        return part_of(trace.outputs[i], window, trace.windows[i], steps_[i].pools);
    };
    for (std::size_t i = steps_.size(); i-- > 0;) {
        check_interruption();
        const Step& step = steps_[i];
        if (step.tap >= 0)
            inject(step.tap, reduced(window, step.pools), output(i), gradient);
        switch (step.kind) {
        case Kind::relu: at::threshold_backward_out(gradient, gradient, output(i), 0); break;
        case Kind::pool: {
            const Window wanted = grown(trace.part, step.radius, 1 << step.pools, trace.picture);
            gradient = part_of(gradient, wanted, window, step.pools);
            window = wanted;
            // The pool's input is the output of the ReLU before it.
            const at::Tensor input = output(i - 1);
            gradient = config_.average_pooling
                           ? at::avg_pool2d_backward(gradient, input, {2, 2}, {2, 2}, {0, 0}, false,
                                                     true, c10::nullopt)
                           : max_pool_backward(gradient, input);
            break;
        }
        case Kind::convolution:
            // The adjoint of a 3x3 convolution is one with rotated kernels: as fast as the forward
            // convolution on every backend, which the backward-data call is not.
            gradient = at::conv2d(gradient, step.rotated, {}, 1,
                                  i == 0 && config_.replicate_border ? 2 : 1);
            break;
        }
        trace.outputs[i] = at::Tensor();
    }
    gradient = gradient.to(at::kFloat);
    if (config_.replicate_border)
        gradient = at::replication_pad2d_backward(
            gradient.contiguous(),
            at::empty({1, 3, window.y.length(), window.x.length()}, gradient.options()),
            {1, 1, 1, 1});
    return (part_of(gradient, trace.part, window, 0) / deviation_).contiguous(channels_last);
}

} // namespace maniera
