// SPDX-License-Identifier: GPL-3.0-or-later
// The VGG chain forward and backward, written out: convolution, ReLU, pool. No autograd.
//
//     Network network(model, {...});
//     Trace trace = network.forward(x);                      // features at the taps
//     at::Tensor gradient = network.backward(trace, inject); // with respect to x
//
// A pass may be restricted to a part of the picture. It then computes the part and its halo, the
// receptive field around it: features and gradients in the part are exactly those of the whole.
// Between two layers a pass asks check_interruption() (core/base/interruption.h).
//
// Features are channels last: a layer's (1, C, H, W) tensor is a row-major (H*W, C) matrix in
// memory, which is what moments and gradients work on (see as_matrix).

#pragma once

#include "core/device/placement.h"
#include "core/image/tiles.h"
#include "core/network/layers.h"
#include "core/network/model.h"

#include <ATen/core/Tensor.h>

#include <array>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace maniera {

struct NetworkConfig {
    std::vector<std::string> taps; // layers to read features at; the deepest ends the chain
    bool average_pooling = false;
    bool replicate_border = true; // the first convolution pads by replication, else by zeros
    double feature_factor = 1;    // multiplies all features of the model
    bool backward_pass = true;    // else backward() must not be called, and has no weights
    Placement placement;
};

// Some rows of a picture, full width: those that a pass over a part of them reads.
struct Rows {
    Rows(const at::Tensor& whole); // all of them
    Rows(const at::Tensor& pixels, int top, Size picture)
        : pixels(pixels), top(top), picture(picture) {}
    at::Tensor pixels; // (1, C, h, W)
    int top;           // the first row, counted in the picture
    Size picture;
    at::Tensor at(const Window& window) const; // of the picture; a view
};

// What a forward pass leaves for the backward pass. backward() consumes it.
struct Trace {
    std::vector<at::Tensor> outputs; // of each step that the backward pass or a tap needs
    std::vector<Window> windows;     // of each step: its output's place in the picture, in pixels
    std::vector<std::size_t> tap_steps;
    Size picture;
    Window part; // of the picture, for which backward() returns the gradient
    at::Tensor tap(std::size_t index) const { return outputs[tap_steps[index]]; }
};

// (1, C, H, W) channels last as (H*W, C): a view, unless it is a window of a larger layer.
at::Tensor as_matrix(const at::Tensor& features);

// The part of (1, C, H, W) in this window of its own pixels; a view.
at::Tensor narrowed(const at::Tensor& maps, const Window& window);

Size size_of(const at::Tensor& pictures);

class Network {
public:
    // Throws Error{invalid_option} when the model has no layer of a tap's name.
    Network(const Model& model, const NetworkConfig& config);

    // The same with other taps, and without what only these needed. The weights are shared. Nothing
    // where it lacks a layer, or has a convolution's output as its ReLU alone.
    std::optional<Network> with_taps(const std::vector<std::string>& taps) const;

    // The same without the taps below more than so many pools.
    Network up_to(int pools) const;

    const std::vector<std::string>& taps() const { return config_.taps; }
    const Placement& placement() const { return config_.placement; }
    int level(std::size_t tap) const; // number of pools above a tap
    int channels(std::size_t tap) const;
    int stride() const { return 1 << steps_.back().pools; } // of the deepest tap, in pixels

    // Makes passes forward and backward over this part ready, which the first of them would do
    // layer by layer, in one thread.
    void compile(Size picture, const Window& part) const;

    // x is of the picture (1, 3, H, W), float32, [0,1], the rows within margin() of the part at
    // least; a part is a window of tiles().
    Trace forward(const Rows& x) const { return forward(x, whole(x.picture)); }
    Trace forward(const Rows& x, const Window& part) const;

    // A forward pass without a trace, in half the memory: calls visit(tap, features in the part)
    // for each wanted tap, shallowest first, and ends after the deepest. `passes`: how often parts
    // of this size are visited; both give the same features, rounded otherwise.
    using Visit = std::function<void(std::size_t tap, const at::Tensor& features)>;
    void visit(const Rows& x, const std::vector<std::size_t>& wanted, const Visit& visit) const {
        this->visit(x, whole(x.picture), wanted, visit);
    }
    void visit(const Rows& x, const Window& part, const std::vector<std::size_t>& wanted,
               const Visit& visit, Passes passes = Passes::once) const;

    // A tap's features in the trace's part.
    at::Tensor in_part(const Trace& trace, std::size_t tap) const;

    // Adds the gradient of a tap's own terms to `gradient`, which is undefined at the deepest tap.
    // Called once a tap, deepest first, with the features that contribute to the part and their
    // window in the tap's layer.
    using Inject = std::function<void(std::size_t tap, const Window& window,
                                      const at::Tensor& features, at::Tensor& gradient)>;

    // The gradient with respect to the trace's part of x, (1, 3, h, w), float32. Frees features as
    // it goes.
    at::Tensor backward(Trace& trace, const Inject& inject) const;

    // The halo in pixels: a pass over a part reads at most this far beyond each of its edges.
    int margin(bool backward_pass) const;

private:
    // A ReLU belongs to its convolution, unless a tap is between them.
    enum class Kind { convolution, relu, pool };
    struct Step {
        Kind kind;
        std::string output;       // the layer's name
        bool relu = false;        // of a convolution: its ReLU is part of it
        int tap = -1;             // index into taps, or none
        int pools = 0;            // up to this step
        int channels = 0;         // of the output
        int radius = 0;           // of the output's receptive field, in pixels of the picture
        ConvolutionLayer forward; // of convolutions
        ConvolutionLayer back;    // with the kernels rotated by 180 degrees
    };

    int tap_of(const std::string& layer) const; // index into taps, or -1
    // Makes a convolution's weights; `first` = the network's first.
    void place_weights(Step& step, const Convolution& convolution, bool first) const;

    // The window of a step's output that a pass of `end` steps needs for the part.
    Window needed(const Window& part, Size picture, std::size_t end, bool backward_pass,
                  int radius) const;

    // In pixels of the picture, by step: the windows of the outputs of a forward pass of `end`
    // steps, and of their gradients in a backward pass of all.
    std::vector<Window> output_windows(const Window& part, Size picture, std::size_t end,
                                       bool backward_pass) const;
    std::vector<Window> gradient_windows(const Window& part, Size picture) const;

    // Runs the first `end` steps and calls show() with each one's output and its window in the
    // picture.
    using Show =
        std::function<void(std::size_t step, const at::Tensor& output, const Window& window)>;
    void run(const Rows& x, const Window& part, std::size_t end, bool backward_pass, Passes passes,
             const Show& show) const;

    NetworkConfig config_;
    std::vector<Step> steps_;
    std::vector<std::size_t> tap_steps_;
    std::vector<int> tap_pools_;
    std::vector<int> tap_channels_;
    at::Tensor mean_;      // (1, 3, 1, 1)
    at::Tensor deviation_; // (1, 3, 1, 1)
};

} // namespace maniera
