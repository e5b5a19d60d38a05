// SPDX-License-Identifier: GPL-3.0-or-later
// The temporal term against its formula, and by autograd.

#include "core/objective/temporal_loss.h"

#include <gtest/gtest.h>

#include <ATen/ATen.h>

namespace maniera {
namespace {

struct Case {
    at::Tensor x, target, confidence;
};

Case some_case() {
    at::manual_seed(3);
    return {at::rand({1, 3, 20, 17}), at::rand({1, 3, 20, 17}), at::rand({1, 1, 20, 17})};
}

double sum_of(const std::vector<at::Tensor>& values) {
    double sum = 0;
    for (const at::Tensor& value : values)
        sum += value.item<double>();
    return sum;
}

TEST(TemporalLoss, IsTheWeightedMeanOfSquaredDifferences) {
    const Case c = some_case();
    at::Tensor gradient = at::zeros_like(c.x);
    const double value =
        sum_of(add_temporal({c.target, c.confidence, 7}, c.x, {{0, 20}}, 20 * 17, gradient));
    double wanted = 0;
    for (int channel = 0; channel < 3; ++channel)
        for (int y = 0; y < 20; ++y)
            for (int i = 0; i < 17; ++i) {
                const double d =
                    (c.x[0][channel][y][i] - c.target[0][channel][y][i]).item<double>();
                wanted += c.confidence[0][0][y][i].item<double>() * d * d / (3 * 20 * 17);
            }
    EXPECT_NEAR(value, wanted, 1e-6);
}

TEST(TemporalLoss, AddsTheGradientThatAutogradFinds) {
    const Case c = some_case();
    const at::Tensor before = at::rand_like(c.x);
    at::Tensor gradient = before.clone();
    add_temporal({c.target, c.confidence, 7}, c.x, {{0, 20}}, 20 * 17, gradient);
    at::Tensor x = c.x.to(at::kDouble).requires_grad_(true);
    (7 * (c.confidence * (x - c.target).square()).mean()).backward();
    EXPECT_LT((gradient - before - x.grad()).abs().max().item<double>(), 1e-6);
}

TEST(TemporalLoss, HasAValueForEachSpanAndOneGradient) {
    const Case c = some_case();
    const TemporalTerm term{c.target, c.confidence, 7};
    at::Tensor whole = at::zeros_like(c.x), cut = at::zeros_like(c.x);
    const double value = sum_of(add_temporal(term, c.x, {{40, 60}}, 999, whole));
    const auto values = add_temporal(term, c.x, {{40, 47}, {47, 58}, {58, 60}}, 999, cut);
    ASSERT_EQ(values.size(), 3u);
    EXPECT_NEAR(sum_of(values), value, 1e-7);
    EXPECT_TRUE(at::equal(whole, cut));
}

} // namespace
} // namespace maniera
