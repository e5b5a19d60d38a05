// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/optimizer/optimizer.h"

#include "tests/support/process.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <filesystem>
#include <iterator>
#include <limits>

namespace maniera {
namespace {

double largest(const at::Tensor& t) { return t.abs().max().item<double>(); }

at::Tensor value(double number) { return at::scalar_tensor(number, at::kDouble); }

// A bowl with its bottom at `target`, steeper in some directions; the mean over pixels.
Function bowl(const at::Tensor& target) {
    const at::Tensor scale =
        at::linspace(0.5, 20, target.numel()).reshape(target.sizes()) / target.numel();
    return [=](const at::Tensor& x) -> ValueAndGradient {
        const at::Tensor d = x - target;
        return {(scale * d * d).sum(at::kDouble), 2 * scale * d};
    };
}

at::Tensor some_target() {
    at::manual_seed(1);
    return at::rand({1, 3, 5, 7}) * 0.8 + 0.1;
}

void run(Optimizer& optimizer, const Function& function, int steps) {
    optimizer.begin_scale(steps);
    for (int i = 0; i < steps; ++i)
        optimizer.step(function);
}

TEST(Adam, FindsTheBottomOfABowl) {
    const at::Tensor target = some_target();
    auto adam = make_adam({0.05, 0.8}, at::full_like(target, 0.5));
    run(*adam, bowl(target), 200);
    EXPECT_LT(largest(adam->result() - target), 0.01);
}

TEST(Adam, StaysInTheRangeOfPictures) {
    const at::Tensor target = at::full({1, 3, 4, 4}, 3.0);
    auto adam = make_adam({0.1, 0.8}, at::full_like(target, 0.5));
    run(*adam, bowl(target), 100);
    EXPECT_LE(adam->result().max().item<double>(), 1);
    EXPECT_GT(adam->result().min().item<double>(), 0.95);
}

TEST(Adam, MovesTheSameAtEverySize) {
    // A mean's gradient falls with the number of pixels; the first step must not.
    const auto first_move = [](int size) {
        auto adam = make_adam({0.05, 0}, at::full({1, 3, size, size}, 0.5));
        adam->begin_scale(10);
        adam->step([](const at::Tensor& x) -> ValueAndGradient {
            return {x.mean().to(at::kDouble), at::full_like(x, 1e-6 / x.numel())};
        });
        return largest(adam->result() - 0.5);
    };
    EXPECT_NEAR(first_move(4), first_move(64), 1e-5);
}

TEST(Adam, AveragesItsIterates) {
    const at::Tensor start = at::full({1, 3, 2, 2}, 0.5);
    int sign = 1;
    const Function shaking = [&](const at::Tensor& x) -> ValueAndGradient {
        sign = -sign;
        return {value(0), at::full_like(x, sign)};
    };
    auto plain = make_adam({0.05, 0}, start), averaged = make_adam({0.05, 0.9}, start);
    run(*plain, shaking, 1);
    sign = 1;
    run(*averaged, shaking, 1);
    EXPECT_LT(largest(plain->result() - averaged->result()), 1e-6); // bias is corrected
    run(*averaged, shaking, 30);
    EXPECT_TRUE(std::isfinite(largest(averaged->result())));
}

TEST(Adam, ItsRateFallsWithinAScale) {
    const at::Tensor start = at::full({1, 3, 2, 2}, 0.0);
    const Function slide = [](const at::Tensor& x) -> ValueAndGradient {
        return {value(0), -at::ones_like(x)};
    };
    auto adam = make_adam({0.01, 0}, start);
    adam->begin_scale(20);
    adam->step(slide);
    const double first = largest(adam->result());
    double before = 0;
    for (int i = 1; i < 20; ++i) {
        before = largest(adam->result());
        adam->step(slide);
    }
    EXPECT_NEAR((largest(adam->result()) - before) / first, 0.1, 0.01);
}

TEST(Adam, DoesNotFollowNotANumber) {
    const at::Tensor target = some_target();
    auto adam = make_adam({0.05, 0.8}, at::full_like(target, 0.5));
    run(*adam, bowl(target), 5);
    const at::Tensor before = adam->result();
    const double nan = std::numeric_limits<double>::quiet_NaN();
    run(
        *adam,
        [&](const at::Tensor& x) -> ValueAndGradient {
            return {value(nan), at::full_like(x, nan)};
        },
        3);
    run(
        *adam,
        [&](const at::Tensor& x) -> ValueAndGradient {
            return {value(1), at::full_like(x, nan)};
        },
        3);
    EXPECT_EQ(largest(adam->result() - before), 0);
    run(*adam, bowl(target), 200);
    EXPECT_LT(largest(adam->result() - target), 0.02);
}

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

TEST(Optimizers, GoOnAtAnotherSize) {
    const at::Tensor target = some_target();
    const at::Tensor larger = target.repeat_interleave(2, 2).repeat_interleave(2, 3);
    const Resizer twice = [](const at::Tensor& t) {
        return t.repeat_interleave(2, 2).repeat_interleave(2, 3);
    };
    for (const bool adam : {true, false}) {
        auto optimizer = adam ? make_adam({0.05, 0.8}, at::full_like(target, 0.5))
                              : make_lbfgs({}, at::full_like(target, 0.5));
        run(*optimizer, bowl(target), 60);
        const at::Tensor before = optimizer->result();
        optimizer->resize(twice(before) * 0.9, twice);
        EXPECT_LT(largest(optimizer->result() - twice(before) * 0.9), 1e-6);
        run(*optimizer, bowl(larger), 100);
        EXPECT_LT(largest(optimizer->result() - larger), 0.02);
    }
}

TEST(Optimizers, GoTheSameWayWhereverTheirStateLies) {
    const test::ScratchFolder folder;
    const std::string in_file = folder.path().string();
    at::manual_seed(5);
    const at::Tensor target =
        (at::rand({1, 3, 431, 407}) * 0.8 + 0.1).contiguous(at::MemoryFormat::ChannelsLast);
    const at::Tensor larger = target.repeat_interleave(2, 2);
    const Resizer taller = [](const at::Tensor& t) { return t.repeat_interleave(2, 2); };
    for (const bool adam : {true, false}) {
        std::vector<at::Tensor> results;
        for (const OffloadDirs& places :
             {OffloadDirs{}, OffloadDirs{in_file, ""}, OffloadDirs{in_file, in_file}}) {
            const at::Tensor start = at::full_like(target, 0.5);
            auto optimizer = adam ? make_adam({0.05, 0.8}, start, places)
                                  : make_lbfgs({0.9, 1.6, true}, start, places);
            run(*optimizer, bowl(target), 9);
            optimizer->end_scale();
            optimizer->resize(taller(optimizer->result()), taller, places);
            run(*optimizer, bowl(larger), 5);
            optimizer->end_scale();
            results.push_back(optimizer->result());
        }
        EXPECT_LT(largest(results[0] - larger), 0.45);
        EXPECT_TRUE(results[1].equal(results[0])) << adam;
        EXPECT_TRUE(results[2].equal(results[0])) << adam;
    }
}

std::ptrdiff_t open_files() {
    return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {});
}

// Between two sizes there is room for more of what lies in memory before the state is resized.
TEST(Optimizers, SpillWhatBelongsInFiles) {
    const test::ScratchFolder folder;
    const std::string in_file = folder.path().string();
    const at::Tensor target = some_target().contiguous(at::MemoryFormat::ChannelsLast);
    const Resizer same = [](const at::Tensor& t) { return t.clone(); };
    for (const bool adam : {true, false}) {
        const auto painted = [&](const OffloadDirs& places, std::ptrdiff_t files) {
            const at::Tensor start = at::full_like(target, 0.5);
            auto optimizer =
                adam ? make_adam({0.05, 0.8}, start) : make_lbfgs({0.9, 1.6, true}, start);
            run(*optimizer, bowl(target), 9);
            optimizer->end_scale();
            const std::ptrdiff_t before = open_files();
            optimizer->offload(places);
            EXPECT_EQ(open_files() - before, files) << adam;
            optimizer->offload(places); // they are there
            EXPECT_EQ(open_files() - before, files) << adam;
            optimizer->resize(optimizer->result(), same, places);
            run(*optimizer, bowl(target), 5);
            return optimizer->result();
        };
        const at::Tensor in_memory = painted({}, 0);
        EXPECT_TRUE(painted({in_file, ""}, adam ? 3 : 12).equal(in_memory)) << adam;
        EXPECT_TRUE(painted({in_file, in_file}, adam ? 4 : 13).equal(in_memory)) << adam;
    }
}

} // namespace
} // namespace maniera
