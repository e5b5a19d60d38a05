// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/base/interruption.h"
#include "tests/core/optimizer/bowl.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <utility>

namespace maniera {
namespace {

TEST(Lbfgs, FindsTheBottomOfABowlQuickly) {
    const at::Tensor target = some_target();
    auto lbfgs = make_lbfgs({}, at::full_like(target, 0.5));
    run(*lbfgs, bowl(target), 40);
    EXPECT_LT(largest(lbfgs->result() - target), 1e-3);
}

TEST(Lbfgs, WalksRosenbrocksValley) {
    // In double, with x and y the only pixels; the valley leads from (-1.2, 1) to (1, 1).
    const at::Tensor start =
        at::tensor({-1.2, 1.0}, at::TensorOptions().dtype(at::kDouble)).view({1, 1, 1, 2});
    double best = std::numeric_limits<double>::infinity();
    const Function valley = [&](const at::Tensor& p) -> ValueAndGradient {
        const double x = p.flatten()[0].item<double>(), y = p.flatten()[1].item<double>();
        const double height = 100 * std::pow(y - x * x, 2) + std::pow(1 - x, 2);
        best = std::min(best, height);
        return {value(height),
                at::tensor({-400 * x * (y - x * x) - 2 * (1 - x), 200 * (y - x * x)}, p.options())
                    .view(p.sizes())};
    };
    auto lbfgs = make_lbfgs({}, start);
    run(*lbfgs, valley, 150);
    EXPECT_LT(best, 1e-8);
}

TEST(Lbfgs, NeverReturnsWorseThanItHad) {
    // A rough function: a bowl with waves.
    const at::Tensor target = some_target();
    const Function base = bowl(target);
    const Function rough = [&](const at::Tensor& x) -> ValueAndGradient {
        ValueAndGradient evaluation = base(x);
        evaluation.value = evaluation.value + 0.05 * (40 * x).sin().mean(at::kDouble);
        evaluation.gradient = evaluation.gradient + 2 * (40 * x).cos() / x.numel();
        return evaluation;
    };
    auto lbfgs = make_lbfgs({}, at::full_like(target, 0.5));
    double had = rough(lbfgs->result()).value.item<double>();
    lbfgs->begin_scale(60);
    for (int i = 0; i < 60; ++i) {
        lbfgs->step(rough);
        const double now = rough(lbfgs->result()).value.item<double>();
        EXPECT_LE(now, had + 1e-7);
        had = std::min(had, now);
    }
}

// Large pictures' directions take seconds. What is left then is whole, and a run that goes on comes
// to the same place.
TEST(Lbfgs, MayBeInterruptedWhileItLooksForADirection) {
    const at::Tensor target = some_target();
    const Function objective = bowl(target);
    const auto steps_until_done = [&](int last) {
        auto lbfgs = make_lbfgs({}, at::full_like(target, 0.5));
        lbfgs->begin_scale(7);
        int asked = 0;
        const std::function<bool()> stop = [&] { return ++asked == last; };
        for (int done = 0; done < 7;)
            try {
                const Interruptible here(stop);
                lbfgs->step(objective);
                ++done;
            } catch (const Interrupted&) {
                EXPECT_TRUE(std::isfinite(objective(lbfgs->result()).value.item<double>()));
            }
        lbfgs->end_scale();
        return std::pair(asked, lbfgs->result());
    };
    const auto [often, wanted] = steps_until_done(0);
    EXPECT_GT(often, 7 * 5); // five times a step and more
    for (int last = 1; last <= often; ++last)
        EXPECT_EQ(largest(steps_until_done(last).second - wanted), 0) << last;
}

TEST(Lbfgs, MovesOnceMoreAtTheEndOfAScale) {
    const at::Tensor target = some_target();
    const Function objective = bowl(target);
    auto lbfgs = make_lbfgs({}, at::full_like(target, 0.5));
    for (int steps = 1; steps < 4; ++steps) {
        const double had = objective(lbfgs->result()).value.item<double>();
        run(*lbfgs, objective, 1);
        EXPECT_EQ(objective(lbfgs->result()).value.item<double>(), had)
            << "one evaluation knows no better place";
        lbfgs->end_scale();
        EXPECT_LT(objective(lbfgs->result()).value.item<double>(), had) << steps;
    }
}

TEST(Lbfgs, StaysAtTheEndOfAScaleWhereTheLastTrialFailed) {
    const at::Tensor target = some_target();
    const Function objective = bowl(target);
    auto lbfgs = make_lbfgs({}, at::full_like(target, 0.5));
    run(*lbfgs, objective, 3);
    const at::Tensor best = lbfgs->result();
    const Function worse = [&](const at::Tensor& x) -> ValueAndGradient {
        return {value(1e9), objective(x).gradient};
    };
    run(*lbfgs, worse, 1);
    lbfgs->end_scale();
    EXPECT_EQ(largest(lbfgs->result() - best), 0);
}

TEST(Lbfgs, BlursOverTheEdgesWherePicturesGoOn) {
    const at::Tensor start = at::full({1, 3, 6, 8}, 0.5);
    at::Tensor corner = at::zeros_like(start);
    corner.select(2, 0).select(2, 0).fill_(1);
    const Function pull = [&](const at::Tensor& x) -> ValueAndGradient {
        return {(x * corner).sum(at::kDouble), corner.clone()};
    };
    for (const Wrap wrap : {Wrap{false, false}, {true, false}, {false, true}, {true, true}}) {
        auto lbfgs = make_lbfgs({0.9, 1, false, wrap}, start);
        run(*lbfgs, pull, 1);
        lbfgs->end_scale();
        const at::Tensor moved = lbfgs->result() - start;
        const auto at = [&](int x, int y) { return moved[0][0][y][x].item<double>(); };
        EXPECT_LT(at(1, 1), -1e-4);
        EXPECT_NEAR(at(7, 1), wrap.x ? at(1, 1) : 0, 1e-6) << wrap.x << wrap.y;
        EXPECT_NEAR(at(1, 5), wrap.y ? at(1, 1) : 0, 1e-6) << wrap.x << wrap.y;
        EXPECT_NEAR(at(7, 5), wrap.x && wrap.y ? at(1, 1) : 0, 1e-6) << wrap.x << wrap.y;
    }
}

TEST(Lbfgs, BlursItsFirstGuessAndStillFindsTheBottom) {
    const at::Tensor target = some_target();
    auto blurring = make_lbfgs({0.9}, at::full_like(target, 0.5));
    run(*blurring, bowl(target), 80);
    EXPECT_LT(largest(blurring->result() - target), 1e-3);

    // A flat pull and a grain of one pixel: the first move follows the flat one.
    at::Tensor grain = at::zeros_like(target);
    for (std::int64_t y = 0; y < grain.size(2); ++y)
        for (std::int64_t x = 0; x < grain.size(3); ++x)
            grain.select(2, y).select(2, x).fill_((x + y) % 2 ? 1 : -1);
    const Function pulls = [&](const at::Tensor& x) -> ValueAndGradient {
        return {(x * (1 + grain)).sum(at::kDouble), 1 + grain};
    };
    for (const double blur : {0.0, 0.9}) {
        const at::Tensor start = at::full_like(target, 0.5);
        auto lbfgs = make_lbfgs({blur}, start);
        run(*lbfgs, pulls, 1);
        lbfgs->end_scale();
        const at::Tensor moved = lbfgs->result() - start;
        const at::Tensor inner = (moved * grain).narrow(2, 1, 2).narrow(3, 1, 2);
        const double ratio = inner.mean().item<double>() / moved.mean().item<double>();
        EXPECT_NEAR(ratio, 1 - blur, 0.05);
    }
}

TEST(Lbfgs, StretchesItsFirstGuess) {
    // Steep along one value, flat along all others. The one pair there is after two evaluations
    // has seen the steep one; along a flat one the first guess decides how far the third move goes.
    const at::Tensor start = at::full({1, 3, 2, 2}, 0.5);
    at::Tensor steepness = at::ones_like(start);
    steepness[0][0][0][0] = 100;
    const Function valley = [&](const at::Tensor& x) -> ValueAndGradient {
        const at::Tensor g = steepness * x;
        return {0.5 * (g * x).sum(at::kDouble), g};
    };
    const auto third_move = [&](double stretch) {
        auto lbfgs = make_lbfgs({0, stretch, false}, start);
        run(*lbfgs, valley, 2);
        const at::Tensor before = lbfgs->result();
        lbfgs->end_scale();
        return largest((lbfgs->result() - before)[0][2]);
    };
    EXPECT_GT(third_move(1.6) / third_move(1), 1.2);
}

TEST(Lbfgs, StaysWithinBoundsWhereAsked) {
    const at::Tensor target = 3 * some_target() - 1; // partly beyond [0,1]
    auto lbfgs = make_lbfgs({0, 1, true}, at::full_like(target, 0.5));
    const Function base = bowl(target);
    const Function inside = [&](const at::Tensor& x) -> ValueAndGradient {
        EXPECT_GE(x.min().item<double>(), 0);
        EXPECT_LE(x.max().item<double>(), 1);
        return base(x);
    };
    run(*lbfgs, inside, 200);
    EXPECT_LT(largest(lbfgs->result() - target.clamp(0, 1)), 0.05);
}

TEST(Lbfgs, KeepsTheBestWhenNumbersBreak) {
    const at::Tensor target = some_target();
    auto lbfgs = make_lbfgs({}, at::full_like(target, 0.5));
    run(*lbfgs, bowl(target), 6);
    const at::Tensor before = lbfgs->result();
    const double nan = std::numeric_limits<double>::quiet_NaN();
    run(
        *lbfgs,
        [&](const at::Tensor& x) -> ValueAndGradient {
            return {value(nan), at::full_like(x, nan)};
        },
        10);
    EXPECT_EQ(largest(lbfgs->result() - before), 0);
    auto hopeless = make_lbfgs({}, before);
    run(
        *hopeless,
        [&](const at::Tensor& x) -> ValueAndGradient {
            return {value(nan), at::full_like(x, nan)};
        },
        10);
    EXPECT_EQ(largest(hopeless->result() - before), 0);
}

} // namespace
} // namespace maniera
