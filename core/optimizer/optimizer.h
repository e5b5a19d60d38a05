// SPDX-License-Identifier: GPL-3.0-or-later
// Adam and L-BFGS behind one small interface. One step is one evaluation of the objective.
//
//     auto optimizer = make_adam({...}, start);
//     double loss = optimizer->step(evaluate);
//     at::Tensor painting = optimizer->result();
//
// During an evaluation only the trial picture and its gradient need be whole in memory: see
// OffloadDirs. Each of several ranks has its band of every tensor, and every call that computes is
// collective: all ranks make the same decisions from the same bits.

#pragma once

#include "core/base/wrap.h"
#include "core/distributed/row_partition.h"
#include "core/error.h"
#include "core/memory/offloaded_tensor.h"

#include <ATen/core/Tensor.h>

#include <functional>
#include <memory>
#include <string>

namespace maniera {

// On the picture's device, which may still be computing them.
struct ValueAndGradient {
    at::Tensor value; // 0-dimensional, float64
    at::Tensor gradient;
};
using Function = std::function<ValueAndGradient(const at::Tensor& x)>;

// Returns a tensor of the optimizer's state at the picture's new size.
using Resizer = std::function<at::Tensor(const at::Tensor&)>;

// Visits, by name, all that decides an optimizer's following steps. Saving and loading share it: a
// value that the visitor changes is the state afterwards.
class StateVisitor {
public:
    virtual ~StateVisitor() = default;
    virtual void number(const std::string& name, double& value) = 0;
    // `folder` is where its values belong, as in OffloadedTensor. One that is not `optional` has
    // values: a visitor that loads refuses a state without them.
    virtual void tensor(const std::string& name, OffloadedTensor& value, const std::string& folder,
                        bool optional = false) = 0;

    template <typename Whole> // what counts as a number
    void count(const std::string& name, Whole& value) {
        auto number_of = static_cast<double>(value);
        number(name, number_of);
        if (!(number_of >= 0 && number_of <= 1e9))
            throw Error(ErrorCode::invalid_request, "The checkpoint has no count " + name +
                                                        "; it was made by another Maniera.");
        value = static_cast<Whole>(number_of);
    }
};

// Folders of scratch files for tensors as large as the picture, between their uses; empty = they
// stay in memory. The results are bit-identical.
struct OffloadDirs {
    std::string history = {}; // L-BFGS's curvature pairs, Adam's moments and average
    std::string vectors = {}; // the picture, L-BFGS's gradient and direction
};

class Optimizer {
public:
    virtual ~Optimizer() = default;
    // Evaluates once and moves. Returns the value. A value or gradient that is not finite is not
    // followed. Reads from the device once, after the evaluation.
    virtual double step(const Function& evaluate) = 0;
    // The picture if the run ended now: a new tensor, (1, 3, H, W), [0,1].
    virtual at::Tensor result() const = 0;
    // Frees memory before another size: moves tensors to files, where `dirs` has a folder for them.
    virtual void offload(const OffloadDirs& dirs) = 0;
    // Continues at another size, from `start`, with its state in other folders and bands.
    virtual void resize(at::Tensor start, const Resizer& resize, const OffloadDirs& dirs,
                        const RowPartition& bands) = 0;
    void resize(const at::Tensor& start, const Resizer& resize, const OffloadDirs& dirs = {}) {
        this->resize(start, resize, dirs, whole_picture(size_of(start)));
    }
    // To be called before each scale with its number of steps.
    virtual void begin_scale(int steps) = 0;
    // To be called after each scale. Makes a move that needs no further evaluation.
    virtual void end_scale() = 0;
    // To be called between two steps.
    virtual void visit(StateVisitor& visitor) = 0;
};

struct AdamConfig {
    double rate = 0.05;     // at a scale's first step; falls as a cosine to a tenth of it
    double averaging = 0.8; // decay of the average of the iterates, which is the result; 0 = none
};

// Betas 0.9 and 0.99, picture clamped to [0,1]. The gradient is multiplied by the number of
// pixels, so that the rate, epsilon and the moments mean the same at every size.
std::unique_ptr<Optimizer> make_adam(const AdamConfig& config, const at::Tensor& start,
                                     const OffloadDirs& dirs, const RowPartition& bands);
inline std::unique_ptr<Optimizer> make_adam(const AdamConfig& config, const at::Tensor& start,
                                            const OffloadDirs& dirs = {}) {
    return make_adam(config, start, dirs, whole_picture(size_of(start)));
}

struct LbfgsConfig {
    // The share of a blur in the initial inverse Hessian, in [0,1); 0 = the identity. Pooling gives
    // the gradient a meaningless grain, and a run of few steps has no time to correct it: it paints
    // cleaner and gets lower with most of it blurred.
    double blur = 0;
    // A factor on the usual scale of the initial inverse Hessian, gamma = s y / y y of the last
    // pair (Nocedal and Wright 2006, eq. 7.20), which is too small for directions outside the
    // pairs.
    double stretch = 1;
    // Whether trials are clamped to [0,1]. The result is, always.
    bool bounded = false;
    Wrap wrap = {}; // of the blur; else edges are repeated
};

// Memory 6. A step that does not lower the value enough is backtracked; pairs without positive
// curvature are not stored. The result is the best iterate, moved once more at the end of a scale
// unless the last trial failed: there are as many moves as evaluations then.
std::unique_ptr<Optimizer> make_lbfgs(const LbfgsConfig& config, const at::Tensor& start,
                                      const OffloadDirs& dirs, const RowPartition& bands);
inline std::unique_ptr<Optimizer> make_lbfgs(const LbfgsConfig& config, const at::Tensor& start,
                                             const OffloadDirs& dirs = {}) {
    return make_lbfgs(config, start, dirs, whole_picture(size_of(start)));
}

} // namespace maniera
