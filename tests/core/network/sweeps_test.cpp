// SPDX-License-Identifier: GPL-3.0-or-later
// The sweeps of a processor against ATen, bit for bit: they choose values and compute none.

#include "core/network/sweeps.h"

#include "core/network/vgg.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <gtest/gtest.h>

namespace maniera {
namespace {

// Small integers, so that many are equal and many are 0.
at::Tensor features_of(std::int64_t channels, std::int64_t height, std::int64_t width,
                       at::ScalarType type) {
    return at::randint(-2, 4, {1, channels, height, width}, at::kFloat)
        .clamp_min(0)
        .to(type)
        .contiguous(at::MemoryFormat::ChannelsLast);
}

at::Tensor random_like(const at::Tensor& t) {
    return (at::rand(t.sizes()) - 0.5)
        .to(t.scalar_type())
        .contiguous(at::MemoryFormat::ChannelsLast);
}

// By autograd, in float32, which holds bfloat16's values.
at::Tensor pool_backward_by_autograd(const at::Tensor& gradient, const at::Tensor& features) {
    at::Tensor x = features.to(at::kFloat).contiguous().requires_grad_(true);
    at::max_pool2d(at::relu(x), {2, 2}, {2, 2}).backward(gradient.to(at::kFloat).contiguous());
    return x.grad();
}

void expect_as_aten(const at::Tensor& features) {
    SCOPED_TRACE(testing::Message() << features.sizes() << " " << features.scalar_type());
    const at::Tensor pooled = max_pool(features);
    const at::Tensor wanted = at::max_pool2d(features.to(at::kFloat), {2, 2}, {2, 2});
    ASSERT_EQ(pooled.sizes(), wanted.sizes());
    EXPECT_TRUE(pooled.to(at::kFloat).equal(wanted));
    const at::Tensor pull = random_like(pooled);
    const at::Tensor gradient = max_pool_and_relu_backward(pull, features);
    EXPECT_EQ(gradient.scalar_type(), features.scalar_type());
    EXPECT_TRUE(gradient.to(at::kFloat).equal(pool_backward_by_autograd(pull, features)));
    at::Tensor masked = random_like(features);
    const at::Tensor kept = masked * (features > 0);
    relu_backward(masked, features);
    EXPECT_TRUE(masked.equal(kept));
}

class SweepsIn : public testing::TestWithParam<at::ScalarType> {};

TEST_P(SweepsIn, AgreeWithATenAtEvenAndOddSizes) {
    at::manual_seed(5);
    for (const std::int64_t channels : {1, 3, 8, 64, 100})
        for (const auto& [height, width] : {std::pair{8, 6}, {7, 9}, {2, 3}, {33, 130}})
            expect_as_aten(features_of(channels, height, width, GetParam()));
}

TEST_P(SweepsIn, AgreeWithATenInWindows) {
    at::manual_seed(6);
    const at::Tensor whole = features_of(24, 40, 30, GetParam());
    expect_as_aten(narrowed(whole, {{3, 24}, {5, 37}}));
    expect_as_aten(narrowed(whole, {{0, 30}, {11, 13}}));
    at::Tensor gradients = random_like(whole);
    const at::Tensor before = gradients.clone();
    at::Tensor part = narrowed(gradients, {{3, 24}, {5, 37}});
    relu_backward(part, narrowed(whole, {{3, 24}, {5, 37}}));
    EXPECT_TRUE(gradients.narrow(2, 0, 5).equal(before.narrow(2, 0, 5))) << "outside the window";
    EXPECT_TRUE(gradients.narrow(3, 24, 6).equal(before.narrow(3, 24, 6))) << "outside the window";
}

TEST_P(SweepsIn, TakeWhatIsNotChannelsLast) {
    expect_as_aten(features_of(5, 6, 8, GetParam()).contiguous());
}

// ATen takes none of these.
TEST_P(SweepsIn, TakeLayersTooSmallForASquare) {
    for (const auto& [height, width] : {std::pair{0, 6}, {1, 1}, {1, 7}, {5, 0}}) {
        const at::Tensor features = features_of(4, height, width, GetParam());
        const at::Tensor pooled = max_pool(features);
        ASSERT_EQ(pooled.sizes(), (at::IntArrayRef{1, 4, height / 2, width / 2}));
        EXPECT_TRUE(max_pool_and_relu_backward(pooled, features).equal(at::zeros_like(features)));
    }
}

TEST_P(SweepsIn, SumRowsWithAndWithoutWeights) {
    at::manual_seed(7);
    const at::Tensor rows = at::rand({5003, 37}).to(GetParam()), weights = at::rand({5003});
    const at::Tensor wide = rows.to(at::kDouble);
    const auto off = [](const at::Tensor& got, const at::Tensor& wanted) {
        return ((got - wanted).abs().max() / wanted.abs().max()).item<double>();
    };
    EXPECT_LT(off(sum_of_rows(rows, {}), wide.sum(0)), 1e-6);
    EXPECT_LT(off(sum_of_rows(rows, weights), (wide * weights.to(at::kDouble).unsqueeze(1)).sum(0)),
              1e-6);
    EXPECT_TRUE(sum_of_rows(rows.narrow(0, 0, 0), {}).equal(at::zeros({37}, at::kDouble)));
}

TEST_P(SweepsIn, WeighRowsToTheNearest) {
    at::manual_seed(10);
    const at::Tensor rows = (at::rand({1003, 29}) - 0.5).to(GetParam()), weights = at::rand({1003});
    const at::Tensor exact = rows.to(at::kFloat) * weights.unsqueeze(1);
    EXPECT_TRUE(weighed_rows(rows, weights, false).equal(exact.to(GetParam())));
    const at::Tensor parts = weighed_rows(rows, weights, true).to(at::kFloat);
    EXPECT_TRUE(parts.narrow(1, 0, 29).equal(exact.to(GetParam()).to(at::kFloat)));
    const at::Tensor lacking = parts.narrow(1, 0, 29) + parts.narrow(1, 29, 29) - exact;
    EXPECT_LE(lacking.abs().max().item<double>(), 1e-5);
    const at::Tensor before = (at::rand({1003, 29}) - 0.5).to(GetParam());
    at::Tensor sum = before.clone();
    add_weighed_rows(sum, rows, weights);
    // With or without a rounding between the product and the sum.
    const at::Tensor apart = sum.to(at::kFloat) - (before.to(at::kFloat) + exact).to(GetParam());
    EXPECT_LE(apart.abs().max().item<double>(), GetParam() == at::kBFloat16 ? 1.0 / 256 : 1e-7);
}

// In float32 nothing that matters is rounded, and in bfloat16 powers of two round nothing.
TEST_P(SweepsIn, TellWhenProductsWantWhatRoundingTakes) {
    const at::Tensor rows = at::rand({3, 5}).to(GetParam());
    EXPECT_FALSE(wants_rest(rows, at::tensor({0.0f, 1.0f, 0.25f})));
    EXPECT_EQ(wants_rest(rows, at::tensor({0.0f, 1.0f, 0.75f})), GetParam() == at::kBFloat16);
}

TEST_P(SweepsIn, PickRowsAndAddToThem) {
    at::manual_seed(13);
    const at::Tensor rows = at::rand({7, 19}).to(GetParam());
    const std::vector<RowRun> runs{{1, 1}, {3, 2}};
    const std::vector<float> factors{0.3f, 0.6f, 0.9f};
    at::Tensor picked = at::zeros({4, 19}, rows.options());
    pick_rows(rows, runs, picked);
    EXPECT_TRUE(picked.narrow(0, 0, 3).equal(rows.index_select(0, at::tensor({1, 3, 4}))));
    EXPECT_EQ(picked.narrow(0, 3, 1).abs().max().item<float>(), 0);
    at::Tensor back = at::zeros({7, 19}, rows.options()), dense = back.clone();
    add_to_picked_rows(back, runs, picked, factors.data());
    add_weighed_rows(dense, rows, at::tensor({0.0f, 0.3f, 0.0f, 0.6f, 0.9f, 0.0f, 0.0f}));
    EXPECT_TRUE(back.equal(dense));
    at::Tensor sum = at::ones({19});
    add_sum_of_rows(sum, picked.narrow(0, 0, 3), factors.data());
    add_sum_of_rows(sum, picked.narrow(0, 0, 3), nullptr);
    const at::Tensor wanted =
        1 + (picked.to(at::kFloat) * at::tensor({1.3f, 1.6f, 1.9f, 1.0f}).unsqueeze(1)).sum(0);
    EXPECT_LT((sum - wanted).abs().max().item<float>(), 1e-6);
}

TEST_P(SweepsIn, CompareWindowsWithTheirTargets) {
    at::manual_seed(14);
    const at::Tensor whole = features_of(37, 20, 23, GetParam());
    const at::Tensor features = whole.narrow(2, 3, 15).narrow(3, 2, 19);
    const at::Tensor target = random_like(features.contiguous(at::MemoryFormat::ChannelsLast));
    const at::Tensor before = random_like(target);
    const at::Tensor apart = features.to(at::kDouble) - target.to(at::kDouble);
    const at::Tensor all = at::rand({1, 1, 40, 40});
    const at::Tensor window = all.narrow(2, 5, 15).narrow(3, 7, 19);
    for (const at::Tensor& weights : {at::Tensor(), window}) {
        const at::Tensor w =
            weights.defined() ? weights.to(at::kDouble) : at::ones({}, at::kDouble);
        const double wanted = (apart.square() * w).sum().item<double>();
        EXPECT_NEAR(sum_of_squared_differences(features, target, weights), wanted, 1e-5 * wanted);
        at::Tensor gradient = before.clone();
        add_weighed_difference(gradient, features, target, weights, 0.3);
        const at::Tensor exact = before.to(at::kDouble) + 0.3 * w * apart;
        const double rounding = GetParam() == at::kBFloat16 ? 1.0 / 128 : 1e-6;
        EXPECT_LE((gradient.to(at::kDouble) - exact).abs().max().item<double>(), rounding);
    }
}

TEST(Sweeps, SumProductsInFloat64) {
    at::manual_seed(12);
    for (const std::int64_t count : {0, 1, 15, 16, 17, 40000, 100003}) {
        const at::Tensor a = at::rand({count}) - 0.5, b = at::rand({count}) - 0.5;
        const double wanted = (a.to(at::kDouble) * b.to(at::kDouble)).sum().item<double>();
        EXPECT_NEAR(sum_of_products(a, b), wanted, 1e-9) << count;
    }
}

TEST(Sweeps, FindTheGreatestOfRowsOfAnyLength) {
    at::manual_seed(14);
    for (const std::int64_t count : {1, 63, 64, 65, 130, 1000}) {
        const at::Tensor rows = at::rand({9, count}) - 0.5;
        EXPECT_TRUE(places_of_greatest(rows).equal(std::get<1>(at::max(rows, 1)))) << count;
        at::Tensor alike = at::full({1, count}, -1.5f);
        EXPECT_EQ(places_of_greatest(alike).item<std::int64_t>(), 0) << count;
        alike.narrow(1, count / 2, count - count / 2).fill_(0); // the first of many
        EXPECT_EQ(places_of_greatest(alike).item<std::int64_t>(), count / 2) << count;
    }
}

TEST_P(SweepsIn, GiveTheSameBitsWithAnyNumberOfThreads) {
    at::manual_seed(8);
    const at::Tensor rows = at::rand({9001, 24}).to(GetParam());
    const at::Tensor features = features_of(16, 51, 40, GetParam());
    const at::Tensor pull = random_like(max_pool(features));
    const int before = at::get_num_threads();
    const at::Tensor sums = sum_of_rows(rows, {}),
                     gradient = max_pool_and_relu_backward(pull, features);
    for (const int threads : {1, 2, 5}) {
        at::set_num_threads(threads);
        EXPECT_TRUE(sum_of_rows(rows, {}).equal(sums)) << threads;
        EXPECT_TRUE(max_pool_and_relu_backward(pull, features).equal(gradient)) << threads;
    }
    at::set_num_threads(before);
}

INSTANTIATE_TEST_SUITE_P(Precisions, SweepsIn, testing::Values(at::kFloat, at::kBFloat16));

} // namespace
} // namespace maniera
