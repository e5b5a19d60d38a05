// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/core/optimizer/bowl.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace maniera {
namespace {

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

} // namespace
} // namespace maniera
