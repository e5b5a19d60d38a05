// SPDX-License-Identifier: GPL-3.0-or-later
// VGG: Simonyan and Zisserman 2015. Forward keeps the outputs of ReLUs and taps; backward needs
// nothing else.

#include "core/network/vgg.h"

#include "core/base/interruption.h"
#include "core/device/libraries.h"
#include "core/device/side_by_side.h"
#include "core/error.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/replication_pad2d.h>
#include <ATen/ops/replication_pad2d_backward.h>
#include <ATen/ops/tensor.h>

#include <algorithm>
#include <cstdint>
#include <functional>

namespace maniera {
namespace {

constexpr auto channels_last = at::MemoryFormat::ChannelsLast;

at::Tensor three_channels(const std::array<double, 3>& values, at::Device device) {
    return at::tensor({values[0], values[1], values[2]}, at::kFloat).view({1, 3, 1, 1}).to(device);
}

std::string nearest_layer_hint(const Manifest& manifest) {
    return " (it has " + manifest.layers.front() + " to " + manifest.layers.back() + ")";
}

// The part of a layer (`pools` pools deep) that covers `window` of the picture.
at::Tensor part_of(const at::Tensor& maps, const Window& part, const Window& window, int pools) {
    return narrowed(maps, relative(reduced(part, pools), reduced(window, pools)));
}

// Of a convolution in the forward pass; its adjoint's is 2 less this. The first has its rim already
// where the border is replicated.
int padding_of(std::size_t step, const NetworkConfig& config) {
    return step == 0 && config.replicate_border ? 0 : 1;
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
    weight = weight.to(config_.placement.device, config_.placement.precision);
    const at::Tensor bias =
        at::from_blob(const_cast<float*>(convolution.bias.data()), {convolution.out}, at::kFloat) *
        config_.feature_factor;
    const Passes passes = config_.backward_pass ? Passes::many : Passes::once;
    step.forward = ConvolutionLayer(weight, bias, step.relu, passes, config_.placement);
    if (config_.backward_pass)
        step.back = ConvolutionLayer(weight.transpose(0, 1).flip({2, 3}), {}, false, passes,
                                     config_.placement);
}

int Network::tap_of(const std::string& layer) const {
    const auto found = std::find(config_.taps.begin(), config_.taps.end(), layer);
    return found == config_.taps.end() ? -1 : static_cast<int>(found - config_.taps.begin());
}

Network::Network(const Model& model, const NetworkConfig& config) : config_(config) {
    require_room_for_libraries();
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
        step.output = name;
        step.tap = tap_of(name);
        if (name.rfind("conv", 0) == 0) {
            step.kind = Kind::convolution;
            const Convolution& convolution = convolution_of(model, name);
            if (step.tap < 0 && i < deepest) { // every convolution has a ReLU after it
                step.relu = true;
                step.output = layers[++i];
                step.tap = tap_of(step.output);
            }
            place_weights(step, convolution, steps_.empty());
            channels = convolution.out;
            radius += 1 << pools;
        } else if (name.rfind("relu", 0) == 0) {
            step.kind = Kind::relu;
        } else {
            step.kind = Kind::pool;
            ++pools;
        }
        step.pools = pools;
        step.channels = channels;
        step.radius = radius;
        if (step.tap >= 0) {
            tap_steps_[step.tap] = steps_.size();
            tap_pools_[step.tap] = pools;
            tap_channels_[step.tap] = channels;
        }
        steps_.push_back(std::move(step));
    }
}

std::optional<Network> Network::with_taps(const std::vector<std::string>& taps) const {
    Network result = *this;
    result.config_.taps = taps;
    result.tap_steps_.clear();
    result.tap_pools_.clear();
    result.tap_channels_.clear();
    for (Step& step : result.steps_)
        step.tap = -1;
    std::size_t end = 0;
    for (const std::string& tap : taps) {
        const auto found = std::find_if(result.steps_.begin(), result.steps_.end(),
                                        [&](const Step& step) { return step.output == tap; });
        if (found == result.steps_.end())
            return std::nullopt;
        const auto at = static_cast<std::size_t>(found - result.steps_.begin());
        found->tap = static_cast<int>(result.tap_steps_.size());
        result.tap_steps_.push_back(at);
        result.tap_pools_.push_back(found->pools);
        result.tap_channels_.push_back(found->channels);
        end = std::max(end, at + 1);
    }
    result.steps_.resize(end);
    return result;
}

Network Network::up_to(int pools) const {
    std::vector<std::string> taps;
    for (std::size_t t = 0; t < config_.taps.size(); ++t)
        if (tap_pools_[t] <= pools)
            taps.push_back(config_.taps[t]);
    return *with_taps(taps);
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

std::vector<Window> Network::output_windows(const Window& part, Size picture, std::size_t end,
                                            bool backward_pass) const {
    std::vector<Window> windows;
    Window window = needed(part, picture, end, backward_pass, 0);
    for (std::size_t i = 0; i < end; ++i) {
        if (steps_[i].kind == Kind::pool)
            window = needed(part, picture, end, backward_pass, steps_[i].radius);
        windows.push_back(window);
    }
    return windows;
}

// A gradient's window shrinks at pools to what still contributes to the part: convolutions leave a
// rim of wrong values at its edges, which does not.
std::vector<Window> Network::gradient_windows(const Window& part, Size picture) const {
    std::vector<Window> windows(steps_.size());
    Window window = grown(part, steps_.back().radius, stride(), picture);
    for (std::size_t i = steps_.size(); i-- > 0;) {
        windows[i] = window;
        if (steps_[i].kind == Kind::pool)
            window = grown(part, steps_[i].radius, 1 << steps_[i].pools, picture);
    }
    return windows;
}

void Network::compile(Size picture, const Window& part) const {
    const std::vector<Window> outputs = output_windows(part, picture, steps_.size(), true),
                              gradients = gradient_windows(part, picture);
    std::vector<std::function<void()>> kernels;
    const auto add = [&](const ConvolutionLayer& layer, const Window& window, int padding) {
        const std::int64_t rim = padding == 0 ? 2 : 0;
        kernels.push_back([&layer, window, padding, rim] {
            layer.compile(window.y.length() + rim, window.x.length() + rim, padding, Passes::many);
        });
    };
    for (std::size_t i = 0; i < steps_.size(); ++i)
        if (const Step& step = steps_[i]; step.kind == Kind::convolution) {
            const int padding = padding_of(i, config_);
            add(step.forward, reduced(outputs[i], step.pools), padding);
            add(step.back, reduced(gradients[i], step.pools), 2 - padding);
        }
    side_by_side(config_.placement.device, kernels.size(), [&](std::size_t i) { kernels[i](); });
}

void Network::run(const Rows& x, const Window& part, std::size_t end, bool backward_pass,
                  Passes passes, const Show& show) const {
    const std::vector<Window> windows = output_windows(part, x.picture, end, backward_pass);
    at::Tensor h = (x.at(windows.front()) - mean_) / deviation_;
    if (config_.replicate_border)
        h = at::replication_pad2d(h, {1, 1, 1, 1});
    h = h.to(config_.placement.precision).contiguous(channels_last);
    for (std::size_t i = 0; i < end; ++i) {
        check_interruption();
        const Step& step = steps_[i];
        switch (step.kind) {
        case Kind::convolution: h = step.forward(h, padding_of(i, config_), passes); break;
        case Kind::relu: h = at::relu(h); break; // the tap wants its input
        case Kind::pool:
            h = pool(part_of(h, windows[i], windows[i - 1], step.pools - 1),
                     config_.average_pooling);
            break;
        }
        show(i, h, windows[i]);
    }
}

Trace Network::forward(const Rows& x, const Window& part) const {
    Trace trace;
    trace.outputs.resize(steps_.size());
    trace.windows.resize(steps_.size());
    trace.tap_steps = tap_steps_;
    trace.picture = x.picture;
    trace.part = part;
    run(x, part, steps_.size(), true, Passes::many,
        [&](std::size_t i, const at::Tensor& output, const Window& window) {
            trace.windows[i] = window;
            if (steps_[i].kind == Kind::relu || steps_[i].relu || steps_[i].tap >= 0)
                trace.outputs[i] = output;
        });
    return trace;
}

void Network::visit(const Rows& x, const Window& part, const std::vector<std::size_t>& wanted,
                    const Visit& visit, Passes passes) const {
    std::size_t end = 0;
    for (const std::size_t tap : wanted)
        end = std::max(end, tap_steps_[tap] + 1);
    run(x, part, end, false, passes,
        [&](std::size_t i, const at::Tensor& output, const Window& window) {
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
    const std::vector<Window> windows = gradient_windows(trace.part, trace.picture);
    const auto output = [&](std::size_t i) {
        return part_of(trace.outputs[i], windows[i], trace.windows[i], steps_[i].pools);
    };
    bool before_relu = false; // whether the gradient is that before the step's ReLU already
    for (std::size_t i = steps_.size(); i-- > 0;) {
        check_interruption();
        const Step& step = steps_[i];
        if (step.tap >= 0) {
            inject(step.tap, reduced(windows[i], step.pools), output(i), gradient);
            before_relu = false;
        }
        if ((step.kind == Kind::relu || step.relu) && !before_relu)
            through_relu(gradient, output(i));
        before_relu = false;
        if (step.kind == Kind::pool) {
            gradient = part_of(gradient, windows[i - 1], windows[i], step.pools);
            // The pool's input is the output of the ReLU before it.
            gradient = pool_backward(gradient, output(i - 1), config_.average_pooling);
            before_relu = !config_.average_pooling;
        } else if (step.kind == Kind::convolution) {
            // The adjoint of a 3x3 convolution is one with rotated kernels: as fast as the forward
            // convolution on every backend, which the backward-data call is not.
            gradient = step.back(gradient, 2 - padding_of(i, config_), Passes::many);
        }
        trace.outputs[i] = at::Tensor();
    }
    gradient = gradient.to(at::kFloat);
    if (config_.replicate_border)
        gradient = at::replication_pad2d_backward(
            gradient.contiguous(),
            at::empty({1, 3, windows.front().y.length(), windows.front().x.length()},
                      gradient.options()),
            {1, 1, 1, 1});
    return (part_of(gradient, trace.part, windows.front(), 0) / deviation_)
        .contiguous(channels_last);
}

} // namespace maniera
