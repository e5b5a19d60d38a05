// SPDX-License-Identifier: GPL-3.0-or-later
// What a GPU would have to wait for, seen on the processor.

#include "tests/support/host_copies.h"

#include "core/network/tensors.h"

#include "tests/support/device_runs.h"

#include <gtest/gtest.h>

#include <ATen/TensorOperators.h>
#include <ATen/ops/linalg_eigh.h>
#include <ATen/ops/ones.h>
#include <c10/core/InferenceMode.h>

namespace maniera {
namespace {

using test::DeviceRun;
using test::HostCopies;
using test::Settings;

TEST(HostCopies, AreSeen) {
    const c10::InferenceMode no_autograd;
    const at::Tensor ones = at::ones({3, 3});
    const auto copies_of = [](const auto& body) {
        const HostCopies copies;
        body();
        return copies.count();
    };
    EXPECT_EQ(copies_of([&] { ones.sum().item<float>(); }), 1);
    EXPECT_EQ(copies_of([&] { ones.to(at::kCPU); }), 1);
    EXPECT_EQ(copies_of([&] { ones.cpu(); }), 1);
    EXPECT_GE(copies_of([&] { ones.equal(ones); }), 1);
    EXPECT_GE(copies_of([&] { at::linalg_eigh(ones); }), 1); // whether it was found
    EXPECT_EQ(copies_of([&] { read_back({ones.sum(), ones.mean()}); }), 1);
    EXPECT_EQ(copies_of([&] { (ones * 2 + ones.to(at::kDouble)).sum().div_(3); }), 0);
}

struct Way {
    std::string name;
    Settings settings;
    int tile;
};

class AStep : public testing::TestWithParam<Way> {};

// Every step's one reading is of the numbers that the line search decides by.
TEST_P(AStep, CopiesToTheHostOnce) {
    const c10::InferenceMode no_autograd;
    const DeviceRun run(Placement(), SqrtMethod::newton_schulz, GetParam().settings,
                        GetParam().tile);
    {
        const HostCopies copies;
        run.evaluate();
        EXPECT_EQ(copies.count(), 0) << copies.names();
    }
    const auto optimizer = run.optimizer();
    optimizer->begin_scale(12);
    const Function evaluate = run.function();
    for (int step = 1; step <= 12; ++step) {
        // The eighth seems worse than it is, so that a move fails and is shortened.
        const Function seen = [&](const at::Tensor& x) {
            ValueAndGradient evaluation = evaluate(x);
            if (step == 8)
                evaluation.value = evaluation.value + 1e9;
            return evaluation;
        };
        const HostCopies copies;
        optimizer->step(seen);
        EXPECT_EQ(copies.count(), 1) << step << ": " << copies.names();
    }
}

INSTANTIATE_TEST_SUITE_P(InEveryWay, AStep,
                         testing::Values(Way{"Lbfgs", {}, 0},
                                         Way{"Adam", {{"optimizer", "adam"}}, 0},
                                         Way{"Gram", {{"style-term", "gram"}}, 0},
                                         Way{"Gatys", {{"objective", "gatys"}}, 0},
                                         Way{"Tiles", {}, 32}),
                         [](const auto& info) { return info.param.name; });

} // namespace
} // namespace maniera
