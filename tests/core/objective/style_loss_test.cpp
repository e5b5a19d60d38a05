// SPDX-License-Identifier: GPL-3.0-or-later
// Values against formulas written another way, gradients against central differences.

#include "core/objective/style_loss.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>

namespace maniera {
namespace {

const at::TensorOptions f64 = at::TensorOptions().dtype(at::kDouble);

at::Tensor random_features(int rows, int channels, int seed) {
    at::manual_seed(seed);
    const at::Tensor blend = at::randn({channels, channels}, f64);
    return at::relu(at::mm(at::randn({rows, channels}, f64), blend) * 0.4 + 0.3);
}

// Moments in float64 all the way, for differences.
Moments moments_of(const at::Tensor& f, const at::Tensor& w = {}) {
    const at::Tensor weights = w.defined() ? w : at::ones({f.size(0)}, f64);
    const at::Tensor sum = weights.sum();
    const at::Tensor weighted = f * weights.unsqueeze(1);
    return {weighted.sum(0) / sum, at::mm(f.t(), weighted) / sum};
}

// The gradient at the features that (A, b) claim, against central differences of the value.
void expect_gradient(const std::function<TermResult(const Moments&)>& term, int channels) {
    const at::Tensor f = random_features(23, channels, 3);
    at::manual_seed(4);
    const at::Tensor w = at::rand({23}, f64);
    const double share = w.sum().item<double>() / 23; // the term counts with its region's share
    const auto value = [&](const at::Tensor& x) {
        return share * term(moments_of(x, w)).value.item<double>();
    };
    const TermResult result = term(moments_of(f, w));
    at::Tensor claimed = at::mm(f, result.a);
    if (result.b.defined())
        claimed = claimed + result.b;
    claimed = claimed * w.unsqueeze(1) / 23;
    for (const auto& [row, column] : {std::pair(0, 0), {5, channels - 1}, {22, 1}, {11, 2}}) {
        const double step = 1e-5;
        at::Tensor up = f.clone(), down = f.clone();
        up[row][column] += step;
        down[row][column] -= step;
        const double evaluation = (value(up) - value(down)) / (2 * step);
        EXPECT_NEAR(claimed[row][column].item<double>(), evaluation,
                    1e-7 + 1e-5 * std::abs(evaluation))
            << row << ", " << column;
    }
}

at::Tensor covariance(const Moments& m) {
    return m.second - at::outer(m.mean, m.mean) + at::eye(m.mean.size(0), f64) * 1e-4;
}

double largest(const at::Tensor& t) { return t.abs().max().item<double>(); }

at::Tensor root(const at::Tensor& symmetric) {
    const auto [values, vectors] = at::linalg_eigh(symmetric);
    return at::mm(vectors * values.clamp_min(0).sqrt().unsqueeze(0), vectors.t());
}

TEST(GramTerm, IsTheMeanSquaredDifference) {
    const Moments a{at::zeros({2}, f64), at::tensor({1.0, 2.0, 2.0, 5.0}, f64).view({2, 2})};
    const Moments b{at::zeros({2}, f64), at::tensor({1.0, 0.0, 0.0, 2.0}, f64).view({2, 2})};
    const TermResult result = gram_term(a, b);
    EXPECT_NEAR(result.value.item<double>(), (4 + 4 + 9) / 4.0, 1e-12);
    EXPECT_NEAR(result.a[0][1].item<double>(), 4 * 2 / 4.0, 1e-12);
    EXPECT_FALSE(result.b.defined());
}

TEST(GramTerm, ItsMapIsTheGradient) {
    const Moments style = moments_of(random_features(31, 5, 9));
    expect_gradient([&](const Moments& m) { return gram_term(m, style); }, 5);
}

TEST(WassersteinTerm, InFullFormIsTheDistanceOfGaussians) {
    const Moments a = moments_of(random_features(40, 7, 1));
    const Moments b = moments_of(random_features(50, 7, 2));
    const at::Tensor sa = covariance(a), sb = covariance(b);
    const at::Tensor rb = root(sb);
    const double expected = ((a.mean - b.mean).square().sum() +
                             (sa + sb - 2 * root(at::mm(at::mm(rb, sa), rb))).diagonal().sum())
                                .item<double>() /
                            7;
    for (const int rank : {7, 128}) {
        const WassersteinTarget target = wasserstein_target(b, rank, SqrtMethod::eigen_float64);
        EXPECT_NEAR(wasserstein_term(a, target, SqrtMethod::eigen_float64).value.item<double>(),
                    expected, 1e-10);
    }
    // And it is the same both ways round.
    const WassersteinTarget back = wasserstein_target(a, 7, SqrtMethod::eigen_float64);
    EXPECT_NEAR(wasserstein_term(b, back, SqrtMethod::eigen_float64).value.item<double>(), expected,
                1e-10);
}

TEST(WassersteinTerm, BeyondItsRankTakesTheVarianceInAllAlone) {
    const Moments a = moments_of(random_features(60, 6, 5));
    const Moments b = moments_of(random_features(60, 6, 6));
    const auto [values, vectors] = at::linalg_eigh(covariance(b));
    const at::Tensor lambda = values.flip(0), v = vectors.flip(1);
    const at::Tensor rotated = at::mm(at::mm(v.t(), covariance(a)), v);
    const int k = 2;
    const at::Tensor half = lambda.narrow(0, 0, k).sqrt().diag();
    double cross = root(at::mm(at::mm(half, rotated.narrow(0, 0, k).narrow(1, 0, k)), half))
                       .diagonal()
                       .sum()
                       .item<double>();
    cross += std::sqrt(lambda.narrow(0, k, 6 - k).sum().item<double>() *
                       rotated.diagonal().narrow(0, k, 6 - k).sum().item<double>());
    const double expected =
        ((a.mean - b.mean).square().sum() + covariance(a).diagonal().sum() + lambda.sum())
                .item<double>() /
            6 -
        2 * cross / 6;
    const WassersteinTarget target = wasserstein_target(b, k, SqrtMethod::eigen_float64);
    EXPECT_NEAR(wasserstein_term(a, target, SqrtMethod::eigen_float64).value.item<double>(),
                expected, 1e-10);
}

TEST(WassersteinTerm, ItsMapIsTheGradient) {
    const Moments style = moments_of(random_features(31, 6, 9));
    for (const int rank : {6, 3, 1}) {
        const WassersteinTarget target = wasserstein_target(style, rank, SqrtMethod::eigen_float64);
        expect_gradient(
            [&](const Moments& m) {
                return wasserstein_term(m, target, SqrtMethod::eigen_float64);
            },
            6);
    }
}

TEST(WassersteinTerm, VanishesAtTheStyle) {
    const Moments style = moments_of(random_features(90, 8, 2));
    for (const int rank : {8, 3}) {
        const WassersteinTarget target = wasserstein_target(style, rank, SqrtMethod::eigen_float64);
        const TermResult result = wasserstein_term(style, target, SqrtMethod::eigen_float64);
        EXPECT_NEAR(result.value.item<double>(), 0, 1e-10);
        EXPECT_LT(result.a.abs().max().item<double>(), 1e-8);
    }
}

TEST(WassersteinTerm, TheOptimizersIsNearTheExactOne) {
    const Moments a = moments_of(random_features(300, 20, 5));
    const Moments b = moments_of(random_features(300, 20, 6));
    const TermResult exact = wasserstein_term(
        a, wasserstein_target(b, 9, SqrtMethod::eigen_float64), SqrtMethod::eigen_float64);
    const TermResult quick =
        wasserstein_term(a, wasserstein_target(b, 9, SqrtMethod::eigen), SqrtMethod::eigen);
    EXPECT_NEAR(quick.value.item<double>() / exact.value.item<double>(), 1, 1e-4);
    EXPECT_LT((quick.a - exact.a).norm().item<double>(), 1e-3 * exact.a.norm().item<double>());
}

// Of moments on the style's directions alone: the same distance, and the same map in two parts.
TEST(WassersteinTerm, OnTheStylesDirectionsIsThatOfAllChannels) {
    const at::Tensor f = random_features(300, 20, 5);
    const Moments all = moments_of(f);
    const WassersteinTarget target =
        wasserstein_target(moments_of(random_features(300, 20, 6)), 4, SqrtMethod::eigen_float64);
    const at::Tensor& v = target.vectors;
    const Moments some{all.mean, at::mm(at::mm(v.t(), all.second), v), f.square().sum(1).mean()};
    const TermResult exact = wasserstein_term(all, target, SqrtMethod::eigen_float64);
    const TermResult term = wasserstein_term(some, target, SqrtMethod::eigen_float64);
    EXPECT_NEAR(term.value.item<double>() / exact.value.item<double>(), 1, 1e-9);
    ASSERT_FALSE(term.a.defined());
    const at::Tensor a = at::mm(at::mm(v, term.inner), v.t()) + term.diagonal * at::eye(20, f64);
    EXPECT_LT((a - exact.a).abs().max().item<double>(), 1e-9);
    EXPECT_LT((term.b - exact.b).abs().max().item<double>(), 1e-9);
}

TEST(RootByProducts, IsTheRootByEigenvalues) {
    at::manual_seed(3);
    const auto [unused, turn] = at::linalg_eigh(at::randn({40, 40}, f64));
    for (const double spread : {2.0, 1e4, 1e10}) {
        const at::Tensor values = at::logspace(0, -std::log10(spread), 40, 10, f64) * 37;
        const auto with = [&](const at::Tensor& v) {
            return at::mm(turn * v.unsqueeze(0), turn.t());
        };
        const RootPair pair = root_by_products(with(values));
        const at::Tensor root = with(values.sqrt()), inverse = with(values.rsqrt());
        EXPECT_LT(((pair.root - root).norm() / root.norm()).item<double>(), 1e-9) << spread;
        EXPECT_LT(((pair.inverse - inverse).norm() / inverse.norm()).item<double>(), 1e-5)
            << spread;
    }
}

TEST(WassersteinTerm, ByProductsIsNearTheExactOne) {
    for (const int rank : {20, 9}) {
        const Moments a = moments_of(random_features(300, 20, 5));
        const Moments b = moments_of(random_features(300, 20, 6));
        const TermResult exact = wasserstein_term(
            a, wasserstein_target(b, rank, SqrtMethod::eigen_float64), SqrtMethod::eigen_float64);
        const TermResult products = wasserstein_term(
            a, wasserstein_target(b, rank, SqrtMethod::newton_schulz), SqrtMethod::newton_schulz);
        EXPECT_NEAR(products.value.item<double>() / exact.value.item<double>(), 1, 1e-3);
        EXPECT_LT((products.a - exact.a).norm().item<double>(),
                  2e-3 * exact.a.norm().item<double>());
    }
}

TEST(WassersteinTerm, SurvivesFlatFeatures) {
    const Moments flat = moments_of(at::ones({10, 4}, f64));
    const Moments style = moments_of(random_features(30, 4, 1));
    for (const SqrtMethod sqrt_method :
         {SqrtMethod::eigen_float64, SqrtMethod::eigen, SqrtMethod::newton_schulz})
        for (const auto& [from, to] : {std::pair(&flat, &style), {&style, &flat}, {&flat, &flat}}) {
            const TermResult result =
                wasserstein_term(*from, wasserstein_target(*to, 2, sqrt_method), sqrt_method);
            EXPECT_TRUE(std::isfinite(result.value.item<double>()));
            EXPECT_TRUE(std::isfinite(result.a.abs().sum().item<double>()));
        }
}

TEST(GatysTerm, IsThePublishedFormula) {
    const at::Tensor f = random_features(12, 3, 1), s = random_features(12, 3, 2);
    const auto sums = [](const at::Tensor& x) {
        return MomentSums{12, x.sum(0), at::mm(x.t(), x)};
    };
    const at::Tensor difference = at::mm(f.t(), f) - at::mm(s.t(), s);
    const double expected = difference.square().sum().item<double>() / (4.0 * 3 * 3 * 12 * 12);
    const auto value = [&](const at::Tensor& x) { return gatys_term(sums(x), sums(s).second, 12); };
    EXPECT_NEAR(value(f).value.item<double>(), expected, 1e-9 * expected);
    at::Tensor up = f.clone(), down = f.clone();
    up[4][1] += 1e-5;
    down[4][1] -= 1e-5;
    const double evaluation =
        (value(up).value.item<double>() - value(down).value.item<double>()) / 2e-5;
    EXPECT_NEAR((at::mm(f, value(f).a) / 12)[4][1].item<double>(), evaluation,
                1e-6 * std::abs(evaluation));
}

// A part's deep layers: 32 directions of 256, whose variances fall as features' do.
TEST(WassersteinTerm, InFewDirectionsOfManyIsThatInTheEigenvectors) {
    const int rank = 32, channels = 256;
    const auto spread = [&](unsigned seed) {
        at::manual_seed(seed);
        const at::Tensor fall = at::arange(1, channels + 1, f64).pow(-0.75);
        const at::Tensor turn = std::get<0>(at::linalg_qr(at::randn({channels, channels}, f64)));
        return moments_of(at::mm(at::randn({900, channels}, f64) * fall, turn) + 0.2);
    };
    const Moments style = spread(1), other = spread(2);
    const WassersteinTarget exact = wasserstein_target(style, rank, SqrtMethod::eigen_float64);
    const WassersteinTarget found = wasserstein_target(style, rank, SqrtMethod::eigen);
    const at::Tensor v = found.vectors.to(at::kDouble), sigma = covariance(style);
    const at::Tensor block = at::mm(v.t(), at::mm(sigma, v));
    const auto sum = [](const at::Tensor& t) { return t.sum().item<double>(); };
    EXPECT_LT(largest(at::mm(v.t(), v) - at::eye(rank, f64)), 1e-5);
    EXPECT_LT(largest(block - at::diag(found.roots.to(at::kDouble).square())),
              1e-5 * largest(block));
    EXPECT_GT(sum(found.roots.square()), 0.99 * sum(exact.roots.square()));
    EXPECT_NEAR(sum(found.trace), sum(exact.trace), 1e-5 * sum(exact.trace));
    EXPECT_NEAR(sum(found.trace), sum(found.rest) + sum(found.roots.square()),
                1e-5 * sum(found.trace));

    const auto value = [](const Moments& m, const WassersteinTarget& target, SqrtMethod method) {
        return wasserstein_term(m, target, method).value.item<double>();
    };
    const double distance = value(other, exact, SqrtMethod::eigen_float64);
    EXPECT_NEAR(value(other, found, SqrtMethod::eigen), distance, 0.02 * distance);
    EXPECT_NEAR(value(style, found, SqrtMethod::eigen), 0, 1e-3 * distance);
}

// And many times as quick in one thread: the many small products of an eigendecomposition are not
// shared.
TEST(WassersteinTerm, HasTheSameBitsInAnyNumberOfThreads) {
    if (at::hasMKL())
        GTEST_SKIP() << "this LibTorch has MKL inside, which has a number of threads of its own";
    const Moments style = moments_of(random_features(300, 256, 7));
    const int before = at::get_num_threads();
    at::set_num_threads(1);
    const WassersteinTarget one = wasserstein_target(style, 128, SqrtMethod::eigen);
    at::set_num_threads(3);
    const WassersteinTarget three = wasserstein_target(style, 128, SqrtMethod::eigen);
    EXPECT_EQ(at::get_num_threads(), 3);
    at::set_num_threads(before);
    EXPECT_TRUE(one.vectors.equal(three.vectors));
    EXPECT_TRUE(one.roots.equal(three.roots));
}

} // namespace
} // namespace maniera
