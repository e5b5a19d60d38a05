// SPDX-License-Identifier: GPL-3.0-or-later
// The VGG chain forward and backward, written out: convolution, ReLU, pool. No autograd.
//
//     Network network(model, {...});
//     Trace trace = network.forward(x);                      // features at the taps
//     at::Tensor gradient = network.backward(trace, inject); // with respect to x
//
// Features are channels last: a layer's (1, C, H, W) tensor is a row-major (H*W, C) matrix in
// memory, which is what moments and gradients work on (see as_matrix).

#pragma once

#include "core/model.h"
#include "core/placement.h"

#include <ATen/core/Tensor.h>

#include <array>
#include <functional>
#include <string>
#include <vector>

namespace maniera {

struct NetworkConfig {
    std::vector<std::string> taps; // layers whose features are wanted; the deepest ends the chain
    bool average_pooling = false;
    bool replicate_border = true; // the first convolution pads by replication, else by zeros
    double feature_factor = 1;    // all features are this many times the model's own
    Placement placement;
};

// What a forward pass leaves for the backward pass. backward() consumes it.
struct Trace {
    std::vector<at::Tensor> outputs; // of each step that the way back or a tap needs
    at::Tensor tap(std::size_t index) const { return outputs[tap_steps[index]]; }
    std::vector<std::size_t> tap_steps;
    std::vector<std::int64_t> input_size;
};

// (1, C, H, W) channels last as a (H*W, C) view.
at::Tensor as_matrix(const at::Tensor& features);

class Network {
public:
    // Throws Error{invalid_option} when the model has no layer of a tap's name.
    Network(const Model& model, const NetworkConfig& config);

    const std::vector<std::string>& taps() const { return config_.taps; }
    const Placement& placement() const { return config_.placement; }
    int pools_above(std::size_t tap) const; // how often a tap's layer was halved
    int channels(std::size_t tap) const;

    // x is (1, 3, H, W), float32, [0,1].
    Trace forward(const at::Tensor& x) const;

    // The same without a way back, which takes half the memory: each of these taps' features are
    // shown as they are made, shallowest first, and the pass ends after the deepest.
    using Visit = std::function<void(std::size_t tap, const at::Tensor& features)>;
    void visit(const at::Tensor& x, const std::vector<std::size_t>& wanted,
               const Visit& visit) const;

    // Adds to `gradient`, undefined at the deepest tap, what a tap's own terms ask for; called
    // once a tap, deepest first, with the tap's index and features.
    using Inject =
        std::function<void(std::size_t tap, const at::Tensor& features, at::Tensor& gradient)>;

    // The gradient with respect to x, float32. Frees features as it goes up.
    at::Tensor backward(Trace& trace, const Inject& inject) const;

private:
    enum class Kind { convolution, relu, pool };
    struct Step {
        Kind kind;
        int tap = -1;            // index into taps, or none
        bool keep_input = false; // a ReLU must not overwrite features that a tap wants
        at::Tensor weight;       // (out, in, 3, 3), the network's precision
        at::Tensor reverse;      // (in, out, 3, 3): the same, turned round, for the way back
        at::Tensor bias;
    };

    // Goes through the first `end` steps and shows each one's output, ReLUs in place of what they
    // take.
    using Show = std::function<void(std::size_t step, const at::Tensor& output)>;
    void run(const at::Tensor& x, std::size_t end, const Show& show) const;

    NetworkConfig config_;
    std::vector<Step> steps_;
    std::vector<std::size_t> tap_steps_;
    std::vector<int> tap_pools_;
    std::vector<int> tap_channels_;
    at::Tensor mean_;      // (1, 3, 1, 1)
    at::Tensor deviation_; // (1, 3, 1, 1)
};

} // namespace maniera
