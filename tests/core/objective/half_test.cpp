// SPDX-License-Identifier: GPL-3.0-or-later
// The network in half precision, as on GPUs of compute capability 7: its least number is 6e-8, and
// a gradient of means is smaller.

#include "tests/support/device_runs.h"

#include <gtest/gtest.h>

#include <ATen/TensorOperators.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/ones.h>
#include <c10/core/InferenceMode.h>

namespace maniera {
namespace {

using test::DeviceRun;

TEST(Half, KeepsTheGradient) {
    const c10::InferenceMode no_autograd;
    try {
        const at::Tensor ones = at::ones({1, 3, 3, 3}, at::TensorOptions(at::kHalf));
        at::conv2d(ones, ones);
    } catch (const std::exception&) {
        GTEST_SKIP() << "this LibTorch has no convolutions in half precision on a processor";
    }
    Placement half;
    half.precision = at::kHalf;
    // Weights of a thousandth: gradients as small as those of 7 megapixels.
    const test::Settings small{
        {"style-weight", "0.001"}, {"content-weight", "0.000015"}, {"smoothness-weight", "0"}};
    for (const int tile : {0, 32}) {
        const Evaluation wanted =
            DeviceRun(Placement(), SqrtMethod::newton_schulz, small, tile).evaluate();
        const Evaluation found = DeviceRun(half, SqrtMethod::newton_schulz, small, tile).evaluate();
        EXPECT_NEAR((found.total / wanted.total).item<double>(), 1, 5e-3);
        EXPECT_LT((found.gradient - wanted.gradient).norm().item<double>(),
                  5e-2 * wanted.gradient.norm().item<double>());
    }
}

} // namespace
} // namespace maniera
