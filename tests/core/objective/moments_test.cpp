// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/objective/moments.h"

#include "core/network/layers.h"
#include "core/objective/affine_gradient.h"
#include "core/objective/reached.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
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

// Three regions of 20011 rows: one here and there with a long gap and one strip throughout, one
// nowhere, and one by soft weights at the end.
std::vector<at::Tensor> three_regions() {
    at::manual_seed(1);
    at::Tensor some = at::rand({20011});
    some.masked_fill_(at::rand({20011}) < 0.7, 0);
    some.narrow(0, 8000, 9000).zero_();
    some.narrow(0, 0, 7830).fill_(0.5);
    some.narrow(0, 100, 5000).fill_(1); // in several strips, and here and there among others
    some.masked_fill_((some > 0) * (at::rand({20011}) < 0.3), 1);
    at::Tensor soft = at::rand({20011});
    soft.narrow(0, 0, 17000).zero_();
    return {some, at::zeros({20011}), soft};
}

std::vector<MomentSums> gather_reached(const at::Tensor& f,
                                       const std::vector<at::Tensor>& weights) {
    std::vector<MomentSums> sums(weights.size());
    std::vector<RegionSums> regions;
    for (std::size_t r = 0; r < weights.size(); ++r)
        regions.push_back({weights[r], true, &sums[r]});
    add_moments(f, regions);
    return sums;
}

// Rows without weight are passed over, whole strips of them too.
TEST(Moments, LookOnlyWhereRegionsReach) {
    const std::vector<at::Tensor> regions = three_regions();
    for (const at::ScalarType type : {at::kFloat, at::kBFloat16, at::kDouble}) {
        SCOPED_TRACE(type);
        at::Tensor f = at::rand({20011, 67}).to(type);
        const at::Tensor d = f.to(at::kDouble);
        // Nothing is read of the others, whatever they hold; by ATen everything is.
        if (is_ours(f))
            f.masked_fill_((regions[0] + regions[2]).unsqueeze(1) == 0, NAN);
        const std::vector<MomentSums> sums = gather_reached(f, regions);
        ASSERT_EQ(sums.size(), 3u);
        for (std::size_t r = 0; r < 3; ++r) {
            const at::Tensor dw = d * regions[r].to(at::kDouble).unsqueeze(1);
            const at::Tensor second = at::mm(d.t(), dw);
            if (r == 1) { // nowhere
                EXPECT_EQ(largest(sums[r].first), 0);
                EXPECT_EQ(largest(sums[r].second), 0);
                continue;
            }
            EXPECT_LT(largest(sums[r].first / dw.sum(0) - 1), 1e-5);
            EXPECT_LT(largest(sums[r].second / second - 1), 1e-5);
            EXPECT_TRUE(sums[r].second.equal(sums[r].second.t()));
            EXPECT_EQ(sums[r].first.scalar_type(), at::kDouble);
        }
    }
}

TEST(Moments, OfNoRowsAreZero) {
    const MomentSums sums = gather_reached(at::rand({0, 5}), {at::rand({0})}).front();
    EXPECT_TRUE(sums.first.equal(at::zeros({5}, at::kDouble)));
    EXPECT_TRUE(sums.second.equal(at::zeros({5, 5}, at::kDouble)));
}

TEST(Moments, PullTheRowsThatRegionsReach) {
    const std::vector<at::Tensor> regions = three_regions();
    const at::Tensor f = at::rand({20011, 67}), a = at::rand({67, 67}), b = at::rand({67});
    const at::Tensor before = at::rand({20011, 67});
    at::Tensor dense = before.clone(), sparse = before.clone();
    add_affine_gradient(dense, true, f, a, b, regions[0]);
    add_affine_gradient(dense, true, f, a * 2, {}, regions[2]);
    add_affine_gradients_reached(sparse, f,
                                 {{a, b, regions[0]}, {a, b, regions[1]}, {a * 2, {}, regions[2]}});
    EXPECT_GT(largest((dense - before).narrow(0, 0, 8000)), 1);
    EXPECT_GT(largest((dense - before).narrow(0, 17000, 3011)), 1);
    EXPECT_LT(largest(sparse - dense), 1e-4);
    EXPECT_EQ(largest((sparse - before).narrow(0, 8000, 9000)), 0);
}

// Second moments on some directions alone, and a map that is given by these: the same as of all
// channels.
TEST(Moments, OfRegionsOnDirectionsAreThoseOfAllThere) {
    const std::vector<at::Tensor> regions = three_regions();
    at::manual_seed(4);
    for (const at::ScalarType type : {at::kFloat, at::kBFloat16}) {
        SCOPED_TRACE(type);
        const at::Tensor f = at::rand({20011, 67}).to(type);
        if (!is_ours(f))
            continue; // by ATen moments are always of all
        const at::Tensor directions =
            std::get<0>(at::linalg_qr(at::randn({67, 13}))).to(type).contiguous();
        std::vector<MomentSums> sums(regions.size());
        std::vector<RegionSums> wanted;
        for (std::size_t r = 0; r < regions.size(); ++r)
            wanted.push_back({regions[r], true, &sums[r], directions});
        add_moments(f, wanted);
        const at::Tensor v = directions.to(at::kDouble), d = f.to(at::kDouble);
        for (std::size_t r = 0; r < regions.size(); ++r) {
            const at::Tensor dw = d * regions[r].to(at::kDouble).unsqueeze(1);
            const at::Tensor second = at::mm(v.t(), at::mm(at::mm(d.t(), dw), v));
            ASSERT_EQ(sums[r].second.sizes(), second.sizes());
            EXPECT_LE(largest(sums[r].second - second), 1e-5 * largest(second)) << r;
            EXPECT_LE(largest(sums[r].first - dw.sum(0)), 1e-5 * largest(dw.sum(0))) << r;
            const double square = (d * dw).sum().item<double>();
            EXPECT_NEAR(sums[r].square.item<double>(), square, 1e-5 * square) << r;
        }

        at::Tensor inner = at::rand({13, 13});
        inner = inner + inner.t();
        const at::Tensor b = at::rand({67}), start = at::rand({20011, 67}).to(type);
        const at::Tensor a =
            at::mm(at::mm(v, inner.to(at::kDouble)), v.t()) + 0.7 * at::eye(67, at::kDouble);
        at::Tensor pulled = start.clone();
        add_affine_gradients_reached(pulled, f,
                                     {{{}, b, regions[0], directions, inner, 0.7},
                                      {{}, {}, regions[2], directions, inner, 0.7}});
        const at::Tensor exact = start.to(at::kDouble) +
                                 (at::mm(d, a) + b) * regions[0].to(at::kDouble).unsqueeze(1) +
                                 at::mm(d, a) * regions[2].to(at::kDouble).unsqueeze(1);
        const double rounding = type == at::kFloat ? 1e-5 : 2e-2;
        EXPECT_LT(largest(pulled.to(at::kDouble) - exact), rounding * largest(exact));
    }
}

// Where a rank or a tile has no rows, its sums still have the shape of others'.
TEST(Moments, OfNoRowsOnDirectionsAreZero) {
    const at::Tensor none = at::rand({0, 20});
    if (!is_ours(none))
        GTEST_SKIP() << "by ATen here, where moments are always of all channels";
    MomentSums sums;
    add_moments(none, {{at::rand({0}), true, &sums, at::rand({20, 3})}});
    EXPECT_TRUE(sums.first.equal(at::zeros({20}, at::kDouble)));
    EXPECT_TRUE(sums.second.equal(at::zeros({3, 3}, at::kDouble)));
    EXPECT_EQ(sums.square.item<double>(), 0);
}

// Weights, features and gradients may be windows of larger ones, as they are in tiles.
TEST(Moments, OfRegionsTakeWindows) {
    const at::Tensor wide = at::rand({300, 134}), f = wide.narrow(1, 5, 67);
    const at::Tensor weights = at::rand({300, 2}).select(1, 0);
    const MomentSums sums = gather_reached(f, {weights}).front();
    const at::Tensor d = f.to(at::kDouble), dw = d * weights.to(at::kDouble).unsqueeze(1);
    EXPECT_LT(largest(sums.second / at::mm(d.t(), dw) - 1), 1e-5);
    at::Tensor pulled = at::zeros({300, 67}), wanted = pulled.clone();
    const at::Tensor a = at::rand({67, 67});
    add_affine_gradients_reached(pulled, f, {{a, {}, weights}});
    add_affine_gradient(wanted, true, f, a, {}, weights);
    EXPECT_LT(largest(pulled - wanted), 1e-4);
}

TEST(Moments, OfRegionsHaveTheSameBitsWithAnyNumberOfThreads) {
    const std::vector<at::Tensor> regions = three_regions();
    const at::Tensor f = at::rand({20011, 64}).to(at::kBFloat16), a = at::rand({64, 64});
    if (!is_ours(f))
        GTEST_SKIP() << "by ATen here, whose sums depend on the number of threads";
    const int before = at::get_num_threads();
    std::vector<at::Tensor> second, pulled;
    for (const int threads : {1, 2, 3}) {
        at::set_num_threads(threads);
        second.push_back(gather_reached(f, regions)[2].second);
        pulled.push_back(at::zeros({20011, 64}, f.options()));
        add_affine_gradients_reached(pulled.back(), f, {{a, {}, regions[0]}, {a, {}, regions[2]}});
    }
    at::set_num_threads(before);
    for (std::size_t i = 1; i < 3; ++i) {
        EXPECT_TRUE(second[i].equal(second[0])) << i;
        EXPECT_TRUE(pulled[i].equal(pulled[0])) << i;
    }
}

TEST(Moments, OfReducedPrecisionAreSummedInFull) {
    // bfloat16 counts to 256 and stops there; sums must not.
    const at::Tensor ones = at::ones({5000, 3}, at::kBFloat16);
    const MomentSums sums = gather(ones, {}, 5000);
    EXPECT_EQ(sums.first.scalar_type(), at::kDouble);
    EXPECT_EQ(sums.first[1].item<double>(), 5000);
    EXPECT_EQ(sums.second[2][0].item<double>(), 5000);
}

// Several groups of strips with a rest, in float32 and in bfloat16, where neither a weight may be
// rounded, which would make 0.3 larger by 0.26 %, nor a weighted feature.
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
                EXPECT_LT(largest(sums.second - wanted) / largest(wanted), 2e-6);
                EXPECT_TRUE(!w.defined() || sums.second.equal(sums.second.t()));
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
