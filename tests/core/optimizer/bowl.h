// SPDX-License-Identifier: GPL-3.0-or-later
// A function that optimizers are tested on.
//
//     run(*optimizer, bowl(target), 200);
//     EXPECT_LT(largest(optimizer->result() - target), 0.01);

#pragma once

#include "core/optimizer/optimizer.h"

#include <ATen/ATen.h>

namespace maniera {

inline double largest(const at::Tensor& t) { return t.abs().max().item<double>(); }

inline at::Tensor value(double number) { return at::scalar_tensor(number, at::kDouble); }

// A bowl with its bottom at `target`, steeper in some directions; the mean over pixels.
inline Function bowl(const at::Tensor& target) {
    const at::Tensor scale =
        at::linspace(0.5, 20, target.numel()).reshape(target.sizes()) / target.numel();
    return [=](const at::Tensor& x) -> ValueAndGradient {
        const at::Tensor d = x - target;
        return {(scale * d * d).sum(at::kDouble), 2 * scale * d};
    };
}

inline at::Tensor some_target() {
    at::manual_seed(1);
    return at::rand({1, 3, 5, 7}) * 0.8 + 0.1;
}

inline void run(Optimizer& optimizer, const Function& function, int steps) {
    optimizer.begin_scale(steps);
    for (int i = 0; i < steps; ++i)
        optimizer.step(function);
}

} // namespace maniera
