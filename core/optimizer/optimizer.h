// SPDX-License-Identifier: GPL-3.0-or-later
// Adam and L-BFGS behind one small interface. One step is one evaluation of the objective.
//
//     auto optimizer = make_adam({...}, start);
//     double loss = optimizer->step(evaluate);
//     at::Tensor painting = optimizer->result();
//
// During an evaluation nothing but the picture tried and the gradient in the making need be whole
// in memory: see OffloadDirs. Among several ranks each has its band of all of it, and every call
// that computes is collective: all make the same decisions, by the same bits.

#pragma once

#include "core/distributed/row_partition.h"
#include "core/memory/offloaded_tensor.h"

#include <ATen/core/Tensor.h>

#include <functional>
#include <memory>
#include <string>

namespace maniera {

// Where the picture is; nothing of it need have been computed yet.
struct ValueAndGradient {
    at::Tensor value; // 0-dimensional, float64
    at::Tensor gradient;
};
using Function = std::function<ValueAndGradient(const at::Tensor& x)>;

// For what was learnt at one size of the picture: given a tensor, return it at the new size.
using Resizer = std::function<at::Tensor(const at::Tensor&)>;

// Is shown, by name, all that decides an optimiser's following steps: writing and reading a state
// go the same way. What it changes is the state afterwards.
class StateVisitor {
public:
    virtual ~StateVisitor() = default;
    virtual void number(const std::string& name, double& value) = 0;
    // May be empty; `folder` is where its values belong, as in OffloadedTensor.
    virtual void tensor(const std::string& name, OffloadedTensor& value,
                        const std::string& folder) = 0;

    template <typename Whole> // what counts as a number
    void count(const std::string& name, Whole& value) {
        auto number_of = static_cast<double>(value);
        number(name, number_of);
        value = static_cast<Whole>(number_of);
    }
};

// Folders of scratch files for what is as large as the picture, between its uses; empty = it stays
// in memory. The same bits come out.
struct OffloadDirs {
    std::string learnt = {};  // L-BFGS's pairs, Adam's moments and average
    std::string vectors = {}; // the picture, L-BFGS's gradient and direction
};

class Optimizer {
public:
    virtual ~Optimizer() = default;
    // Evaluates once and moves. Returns the value it saw. A value or gradient that is not finite
    // is not followed. Reads from the device once, after the evaluation.
    virtual double step(const Function& evaluate) = 0;
    // What the run would give now. A fresh tensor.
    virtual at::Tensor result() const = 0;
    // Makes room before another size: what is in memory and belongs in files by its places goes
    // there.
    virtual void offload(const OffloadDirs& places) = 0;
    // Goes on at another size, from `start`, with its state in other places and bands.
    virtual void resize(at::Tensor start, const Resizer& resize, const OffloadDirs& places,
                        const RowPartition& bands) = 0;
    void resize(const at::Tensor& start, const Resizer& resize, const OffloadDirs& places = {}) {
        this->resize(start, resize, places, whole_picture(size_of(start)));
    }
    // Told before each scale: how many steps it will have.
    virtual void begin_scale(int steps) = 0;
    // Told after them, when no further evaluation at this size is to be paid for: a move that is
    // ready is made.
    virtual void end_scale() = 0;
    // Shows the state between two steps.
    virtual void visit(StateVisitor& visitor) = 0;
};

struct AdamConfig {
    double rate = 0.05;     // at a scale's first step; falls as a cosine to a tenth of it
    double averaging = 0.8; // decay of the average of the iterates, which is the result; 0 = none
};

// Betas 0.9 and 0.99, picture clamped to [0,1]. The gradient is multiplied by the number of
// pixels, so that the rate, epsilon and the moments mean the same at every size.
std::unique_ptr<Optimizer> make_adam(const AdamConfig& config, const at::Tensor& start,
                                     const OffloadDirs& places, const RowPartition& bands);
inline std::unique_ptr<Optimizer> make_adam(const AdamConfig& config, const at::Tensor& start,
                                            const OffloadDirs& places = {}) {
    return make_adam(config, start, places, whole_picture(size_of(start)));
}

struct LbfgsConfig {
    // How much of the first guess of the inverse Hessian is a blur, in [0,1); 0 = the identity. The
    // gradient of a network with pools has a grain that means nothing, and a run of few steps has
    // no time to learn so: it paints cleaner and gets lower with most of it blurred.
    double blur = 0;
    // How much larger the first guess is than the last pair's secant. That underrates what the
    // pairs do not reach: where no trial overshoots, the run is too timid.
    double stretch = 1;
    // Whether trials are clamped to [0,1]. The result is, always.
    bool bounded = false;
};

// Memory 6. A step that does not lower the value enough is shortened; pairs without positive
// curvature are not learnt from. The result is the best iterate seen, moved once more at the end
// of a scale unless the last trial failed: there are as many moves as evaluations then.
std::unique_ptr<Optimizer> make_lbfgs(const LbfgsConfig& config, const at::Tensor& start,
                                      const OffloadDirs& places, const RowPartition& bands);
inline std::unique_ptr<Optimizer> make_lbfgs(const LbfgsConfig& config, const at::Tensor& start,
                                             const OffloadDirs& places = {}) {
    return make_lbfgs(config, start, places, whole_picture(size_of(start)));
}

} // namespace maniera
