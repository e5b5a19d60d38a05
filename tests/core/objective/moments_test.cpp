// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/objective/moments.h"

#include "core/objective/affine_gradient.h"
#include "core/objective/reached.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cmath>

namespace maniera {
namespace {

double largest(const at::Tensor& t) { return t.abs().max().item<double>(); }

TEST(Moments, AreMeanAndMeanOfProducts) {
    const at::Tensor f = at::tensor({1.0f, 2.0f, 3.0f, 5.0f, 0.0f, 1.0f}).view({3, 2});
    const Moments m = normalize(gather(f, {}, 3));
    EXPECT_NEAR(m.mean[0].item<double>(), 4.0 / 3, 1e-12);
    EXPECT_NEAR(m.mean[1].item<double>(), 8.0 / 3, 1e-12);
    EXPECT_NEAR(m.second[0][0].item<double>(), (1 + 9 + 0) / 3.0, 1e-12);
    EXPECT_NEAR(m.second[0][1].item<double>(), (2 + 15 + 0) / 3.0, 1e-12);
    EXPECT_NEAR(m.second[1][0].item<double>(), (2 + 15 + 0) / 3.0, 1e-12);
    EXPECT_NEAR(m.second[1][1].item<double>(), (4 + 25 + 1) / 3.0, 1e-12);
}

TEST(Moments, WeightsCountPixels) {
    const at::Tensor f = at::tensor({1.0f, 2.0f, 3.0f, 5.0f, 9.0f, 9.0f}).view({3, 2});
    const at::Tensor w = at::tensor({0.5f, 0.25f, 0.0f});
    const Moments m = normalize(gather(f, w, 0.75));
    EXPECT_NEAR(m.mean[0].item<double>(), (0.5 * 1 + 0.25 * 3) / 0.75, 1e-12);
    EXPECT_NEAR(m.second[0][1].item<double>(), (0.5 * 2 + 0.25 * 15) / 0.75, 1e-12);
}

// More rows than a strip holds, so that the seams are inside.
TEST(Moments, OfPartsSumToThoseOfTheWhole) {
    at::manual_seed(1);
    const at::Tensor f = at::rand({20011, 67});
    const at::Tensor w = at::rand({20011});
    const MomentSums whole = gather(f, w, w.sum().item<double>());
    MomentSums parts;
    for (const auto& [start, count] : {std::pair(0, 7000), {7000, 13001}, {20001, 10}}) {
        const at::Tensor part = w.narrow(0, start, count);
        add(parts, gather(f.narrow(0, start, count), part, part.sum().item<double>()));
    }
    EXPECT_NEAR(parts.weight, whole.weight, 1e-2);
    EXPECT_LT(largest(parts.first / whole.first - 1), 1e-5);
    EXPECT_LT(largest(parts.second / whole.second - 1), 1e-5);
    const at::Tensor d = f.to(at::kDouble), dw = w.to(at::kDouble).unsqueeze(1);
    EXPECT_LT(largest(whole.second / at::mm(d.t(), d * dw) - 1), 1e-5);
}

// Rows without weight are passed over, a whole strip of them too.
TEST(Moments, LookOnlyWhereARegionReaches) {
    at::manual_seed(1);
    at::Tensor f = at::rand({20011, 67});
    at::Tensor w = at::rand({20011});
    w.masked_fill_(at::rand({20011}) < 0.7, 0);
    w.narrow(0, 8000, 9000).zero_();
    const at::Tensor d = f.to(at::kDouble), dw = w.to(at::kDouble).unsqueeze(1);
    const at::Tensor first = (d * dw).sum(0), second = at::mm(d.t(), d * dw);
    // Nothing is read of the others, whatever they hold.
    f.masked_fill_(w.unsqueeze(1) == 0, NAN);
    const MomentSums sums = gather_reached(f, w);
    EXPECT_LT(largest(sums.first / first - 1), 1e-5);
    EXPECT_LT(largest(sums.second / second - 1), 1e-5);
    const MomentSums none = gather_reached(f, at::zeros({20011}));
    EXPECT_EQ(largest(none.first), 0);
    EXPECT_EQ(largest(none.second), 0);
}

TEST(Moments, PullTheRowsThatARegionReaches) {
    at::manual_seed(1);
    const at::Tensor f = at::rand({20011, 67}), a = at::rand({67, 67}), b = at::rand({67});
    at::Tensor w = at::rand({20011});
    w.masked_fill_(at::rand({20011}) < 0.7, 0);
    w.narrow(0, 8000, 9000).zero_();
    w.narrow(0, 0, 7830).fill_(0.5); // a strip that is reached throughout
    const at::Tensor before = at::rand({20011, 67});
    at::Tensor dense = before.clone(), sparse = before.clone();
    add_affine_gradient(dense, true, f, a, b, w);
    add_affine_gradient_reached(sparse, f, a, b, w);
    EXPECT_GT(largest(dense - before), 1);
    EXPECT_LT(largest(sparse - dense), 1e-4);
    EXPECT_EQ(largest((sparse - before).narrow(0, 8000, 9000)), 0);
    add_affine_gradient_reached(sparse, f, a, {}, at::zeros({20011}));
    EXPECT_LT(largest(sparse - dense), 1e-4);
}

TEST(Moments, OfReducedPrecisionAreSummedInFull) {
    // bfloat16 counts to 256 and stops there; sums must not.
    const at::Tensor ones = at::ones({5000, 3}, at::kBFloat16);
    const MomentSums sums = gather(ones, {}, 5000);
    EXPECT_EQ(sums.first.scalar_type(), at::kDouble);
    EXPECT_EQ(sums.first[1].item<double>(), 5000);
    EXPECT_EQ(sums.second[2][0].item<double>(), 5000);
}

// Several groups of strips with a rest, in float32 and in bfloat16, where the weighted features are
// rounded and a weight itself must not be: 0.3 alone would be 0.26 % too large.
TEST(Moments, OfReducedPrecisionAgreeWithFloat64) {
    at::manual_seed(2);
    for (const at::ScalarType type : {at::kFloat, at::kBFloat16})
        for (const auto& [rows, channels] : {std::pair{40003, 64}, {4097, 512}, {5, 3}}) {
            SCOPED_TRACE(testing::Message() << type << " " << rows << " x " << channels);
            const at::Tensor f = at::rand({rows, channels}).to(type), d = f.to(at::kDouble);
            for (const at::Tensor& w : {at::Tensor(), at::rand({rows}), at::full({rows}, 0.3)}) {
                const MomentSums sums = gather(f, w, 1);
                const at::Tensor wd = w.defined() ? d * w.to(at::kDouble).unsqueeze(1) : d;
                EXPECT_LT(largest(sums.first / wd.sum(0) - 1), 1e-6);
                const at::Tensor wanted = at::mm(d.t(), wd);
                const bool rounded = type == at::kBFloat16 && w.defined();
                EXPECT_LT((largest(sums.second - wanted) / largest(wanted)), rounded && rows > 5
                                                                                 ? 2e-4
                                                                             : rounded ? 4e-3
                                                                                       : 2e-6);
                EXPECT_TRUE(!rounded || sums.second.equal(sums.second.t()));
            }
        }
}

TEST(Moments, MixByWeight) {
    const Moments a = normalize(gather(at::ones({4, 2}), {}, 4));
    const Moments b = normalize(gather(at::ones({4, 2}) * 3, {}, 4));
    const Moments m = mix({a, b}, {0.25, 0.75});
    EXPECT_NEAR(m.mean[0].item<double>(), 2.5, 1e-12);
    EXPECT_NEAR(m.second[0][1].item<double>(), 0.25 + 0.75 * 9, 1e-12);
}

} // namespace
} // namespace maniera
