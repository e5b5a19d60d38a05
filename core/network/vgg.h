// SPDX-License-Identifier: GPL-3.0-or-later
// The VGG chain forward and backward, written out: convolution, ReLU, pool. No autograd.
//
//     Network network(model, {...});
//     Trace trace = network.forward(x);                      // features at the taps
//     at::Tensor gradient = network.backward(trace, inject); // with respect to x
//
// A pass may be asked for a part of the picture alone. It then looks at as much around the part as
// can have a say, and no less: features and gradients there are those of the whole, exactly.
//
// Features are channels last: a layer's (1, C, H, W) tensor is a row-major (H*W, C) matrix in
// memory, which is what moments and gradients work on (see as_matrix).

#pragma once

#include "core/device/placement.h"
#include "core/image/tiles.h"
#include "core/network/model.h"

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

// Some rows of a picture, full width: all that a pass over a part of them looks at.
struct Rows {
    Rows(const at::Tensor& whole); // all of them
    Rows(const at::Tensor& pixels, int top, Size picture)
        : pixels(pixels), top(top), picture(picture) {}
    at::Tensor pixels; // (1, C, h, W)
    int top;           // of the picture, where they begin
    Size picture;
    at::Tensor at(const Window& window) const; // of the picture; a view
};

// What a forward pass leaves for the backward pass. backward() consumes it.
struct Trace {
    std::vector<at::Tensor> outputs; // of each step that the way back or a tap needs
    std::vector<Window> windows;     // of each step: where in the picture its output lies
    std::vector<std::size_t> tap_steps;
    Size picture;
    Window part; // of the picture, whose gradient will be asked for
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

    const std::vector<std::string>& taps() const { return config_.taps; }
    const Placement& placement() const { return config_.placement; }
    int level(std::size_t tap) const; // how often a tap's layer was halved
    int channels(std::size_t tap) const;
    int stride() const { return 1 << steps_.back().pools; } // of the deepest tap, in pixels

    // x is of the picture (1, 3, H, W), float32, [0,1], the rows within margin() of the part at
    // least; a part is a window of tiles().
    Trace forward(const Rows& x) const { return forward(x, whole(x.picture)); }
    Trace forward(const Rows& x, const Window& part) const;

    // The same without a way back, which takes half the memory: each of these taps' features in
    // the part are shown as they are made, shallowest first, and the pass ends after the deepest.
    using Visit = std::function<void(std::size_t tap, const at::Tensor& features)>;
    void visit(const Rows& x, const std::vector<std::size_t>& wanted, const Visit& visit) const {
        this->visit(x, whole(x.picture), wanted, visit);
    }
    void visit(const Rows& x, const Window& part, const std::vector<std::size_t>& wanted,
               const Visit& visit) const;

    // Of a tap's features, those in the trace's part.
    at::Tensor in_part(const Trace& trace, std::size_t tap) const;

    // Adds to `gradient`, undefined at the deepest tap, what a tap's own terms ask for; called
    // once a tap, deepest first, with the tap's index, its features that have a say, and the window
    // of the tap's layer that they are.
    using Inject = std::function<void(std::size_t tap, const Window& window,
                                      const at::Tensor& features, at::Tensor& gradient)>;

    // The gradient with respect to the trace's part of x, float32. Frees features as it goes up.
    at::Tensor backward(Trace& trace, const Inject& inject) const;

    // The side lengths that a pass over a part looks at in all, at most, are the part's and twice
    // this.
    int margin(bool backward_pass) const;

private:
    enum class Kind { convolution, relu, pool };
    struct Step {
        Kind kind;
        int tap = -1;            // index into taps, or none
        int pools = 0;           // up to this one
        int reach = 0;           // how far its output sees, in pixels of the picture
        bool keep_input = false; // a ReLU must not overwrite features that a tap wants
        at::Tensor weight;       // (out, in, 3, 3), the network's precision
        at::Tensor reverse;      // (in, out, 3, 3): the same, turned round, for the way back
        at::Tensor bias;
    };

    // What a pass of `end` steps must look at of a step's output for the part's sake.
    Window needed(const Window& part, Size picture, std::size_t end, bool backward_pass,
                  int reach) const;

    // Goes through the first `end` steps and shows each one's output and where it lies in the
    // picture, ReLUs in place of what they take.
    using Show =
        std::function<void(std::size_t step, const at::Tensor& output, const Window& window)>;
    void run(const Rows& x, const Window& part, std::size_t end, bool backward_pass,
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
