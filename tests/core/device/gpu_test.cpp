// SPDX-License-Identifier: GPL-3.0-or-later
// On a GPU: the same as on the processor, and no waiting. Skipped, with the reason, where a run
// with --device cuda would be refused.

#include "core/device/device.h"
#include "core/device/placement.h"
#include "core/error.h"
#include "core/stylize.h"

#include "tests/support/device_runs.h"
#include "tests/support/host_copies.h"
#include "tests/support/pictures.h"
#include "tests/support/tiny_model.h"

#include <gtest/gtest.h>

#include <ATen/TensorOperators.h>
#include <ATen/ops/rand.h>
#include <c10/core/InferenceMode.h>

#include <cmath>
#include <utility>

namespace maniera {
namespace {

using test::DeviceRun;
using test::HostCopies;
using test::Settings;

class Gpu : public testing::Test {
protected:
    void SetUp() override {
        try {
            placement_ = choose_placement(with({{"device", "cuda"}}), true);
        } catch (const Error& error) {
            GTEST_SKIP() << error.what();
        }
    }

    static ResolvedOptions with(const Settings& settings) {
        ManieraOptions options;
        maniera_options_init(&options);
        char message[MANIERA_MESSAGE_MAX];
        for (const auto& [name, text] : settings)
            EXPECT_TRUE(maniera_option_set(&options, name.c_str(), text.c_str(), message))
                << message;
        return resolve(options);
    }

    Placement placement_; // float32
    const c10::InferenceMode no_autograd_;
};

double distance(const at::Tensor& a, const at::Tensor& b) {
    const at::Tensor wanted = b.to(at::kCPU, at::kDouble);
    return ((a.to(at::kCPU, at::kDouble) - wanted).norm() / wanted.norm()).item<double>();
}

TEST_F(Gpu, EvaluatesAsTheProcessorDoes) {
    for (const Settings& settings :
         {Settings{}, Settings{{"style-term", "gram"}}, Settings{{"objective", "gatys"}}})
        for (const int tile : {0, 32}) {
            const Evaluation here =
                DeviceRun(Placement(), SqrtMethod::newton_schulz, settings, tile).evaluate();
            const Evaluation there =
                DeviceRun(placement_, SqrtMethod::newton_schulz, settings, tile).evaluate();
            EXPECT_LT(distance(there.total, here.total), 1e-4);
            EXPECT_LT(distance(there.gradient, here.gradient), 1e-3);
        }
}

TEST_F(Gpu, IsNearFloat32InItsOwnPrecision) {
    const Evaluation wanted = DeviceRun(placement_, SqrtMethod::newton_schulz, {}).evaluate();
    Placement own = choose_placement(with({{"device", "cuda"}}), false);
    if (own.precision == at::kFloat)
        GTEST_SKIP() << "this GPU has no 16-bit arithmetic that is used";
    const Evaluation found = DeviceRun(own, SqrtMethod::newton_schulz, {}).evaluate();
    EXPECT_LT(distance(found.total, wanted.total), 3e-2);
    EXPECT_LT(distance(found.gradient, wanted.gradient), 1e-1);
}

TEST_F(Gpu, CopiesToTheHostOnceAStep) {
    for (const char* method : {"lbfgs", "adam"}) {
        const DeviceRun run(placement_, SqrtMethod::newton_schulz, {{"optimizer", method}});
        const auto optimizer = run.optimizer();
        optimizer->begin_scale(8);
        const Function evaluate = run.function();
        for (int step = 1; step <= 8; ++step) {
            const HostCopies copies;
            optimizer->step(evaluate);
            EXPECT_EQ(copies.count(), 1) << step << ": " << copies.names();
        }
    }
}

Result paint(const Settings& settings) {
    ManieraOptions options;
    maniera_options_init(&options);
    char message[MANIERA_MESSAGE_MAX];
    for (const auto& [name, text] : settings)
        EXPECT_TRUE(maniera_option_set(&options, name.c_str(), text.c_str(), message)) << message;
    Inputs inputs;
    inputs.content = test::make_picture(181, 133, 20);
    inputs.styles.resize(1);
    inputs.styles[0].picture = test::make_picture(150, 117, 31);
    return stylize(test::make_tiny_model(), std::move(inputs), options, {});
}

TEST_F(Gpu, PaintsWhatTheProcessorPaints) {
    const Result here = paint({{"device", "cpu"}, {"precision", "fp32"}, {"iterations", "6"}});
    const Result there = paint({{"device", "cuda"}, {"precision", "fp32"}, {"iterations", "6"}});
    EXPECT_EQ(there.device.rfind("cuda:", 0), 0u) << there.device;
    EXPECT_NEAR(there.loss / here.loss, 1, 0.02);
    double squares = 0;
    for (std::size_t i = 0; i < here.picture.color.pixels.size(); ++i)
        squares += std::pow(here.picture.color.pixels[i] - there.picture.color.pixels[i], 2);
    EXPECT_LT(std::sqrt(squares / static_cast<double>(here.picture.color.pixels.size())), 0.02);
}

TEST_F(Gpu, PaintsInItsOwnPrecisionAndInTiles) {
    const Result plain = paint({{"device", "cuda"}, {"iterations", "6"}});
    const Result tiled = paint({{"device", "cuda"}, {"iterations", "6"}, {"tile", "64"}});
    EXPECT_TRUE(std::isfinite(plain.loss));
    EXPECT_NEAR(tiled.loss / plain.loss, 1, 0.05);
}

TEST_F(Gpu, TakesItsMemoryFromWhatIsFreeThere) {
    const ResolvedOptions options = with({{"device", "cuda"}});
    const RunDevice device = run_device(options);
    const std::int64_t all = list_devices()[1].memory;
    EXPECT_GT(all, 0);
    const std::int64_t before = device_budget(options, device);
    EXPECT_GT(before, 0);
    EXPECT_LT(before, all);
    // What this process holds is its own to use.
    const at::Tensor held = at::rand({64 << 20}, at::TensorOptions(placement_.device));
    EXPECT_NEAR(static_cast<double>(device_budget(options, device)), static_cast<double>(before),
                static_cast<double>(64 << 20));
    EXPECT_EQ(device_budget(with({{"device", "cuda"}, {"memory", "512"}}), device),
              std::int64_t{512} << 20);
}

} // namespace
} // namespace maniera
