// SPDX-License-Identifier: GPL-3.0-or-later
// Values and affine maps of the style terms. All matrices here are C x C; none is image-sized.

#include "core/objective/style_loss.h"

#include "core/device/one_blas_thread.h"
#include "core/parts/main_directions.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/addr.h>
#include <ATen/ops/diagonal.h>
#include <ATen/ops/eye.h>
#include <ATen/ops/linalg_eigh.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/outer.h>
#include <ATen/ops/sqrt.h>
#include <ATen/ops/sum.h>
#include <ATen/ops/zeros_like.h>

#include <algorithm>
#include <cmath>
#include <tuple>

namespace maniera {
namespace {

at::Tensor covariance(const Moments& moments) {
    at::Tensor sigma = at::addr(moments.second, moments.mean, moments.mean, 1, -1);
    sigma.diagonal().add_(covariance_ridge);
    return sigma;
}

// The largest relative rounding error of sums of products in float32.
constexpr double sums_rounding = 2e-6;

std::tuple<at::Tensor, at::Tensor> eigen(const at::Tensor& matrix) {
    const OneBlasThread small;
    return at::linalg_eigh(matrix);
}

at::ScalarType working_type(SqrtMethod sqrt_method) {
    return sqrt_method == SqrtMethod::eigen_float64 ? at::kDouble : at::kFloat;
}

// Of the leading block B: T = L^1/2 (L^1/2 B L^1/2)^-1/2 L^1/2, and the trace of the root.
struct Coupling {
    at::Tensor t;
    at::Tensor cross; // 0-dimensional, float64
};

Coupling couple(const at::Tensor& block, const at::Tensor& roots, const at::Tensor& second,
                SqrtMethod sqrt_method) {
    if (sqrt_method == SqrtMethod::newton_schulz) {
        const at::Tensor wide = roots.to(at::kDouble);
        at::Tensor b = (block + block.t()).to(at::kDouble) * 0.5;
        // Rounding of sums in float32 can leave negative eigenvalues, which products would blow up.
        b.diagonal().add_(second.square().sum().sqrt() * sums_rounding);
        const RootPair pair = root_by_products(b * at::outer(wide, wide));
        return {(pair.inverse * at::outer(wide, wide)).to(block.scalar_type()),
                pair.root.diagonal().sum()};
    }
    // Rounding can push a square's small eigenvalues below zero; none can truly be under
    // (ridge)^2. The block is small: at rank 128 its eigenvalues take 1.6 ms in float64, which
    // leaves products no room to win on a processor.
    const at::Tensor scaled = block * at::outer(roots, roots);
    at::Tensor squares, q;
    std::tie(squares, q) = eigen(((scaled + scaled.t()) * 0.5).to(at::kDouble));
    squares = squares.clamp_min(covariance_ridge * covariance_ridge);
    const at::Tensor t_half = roots.unsqueeze(1) * q * squares.pow(-0.25).unsqueeze(0);
    return {at::mm(t_half, t_half.t()).to(block.scalar_type()), squares.sqrt().sum()};
}

} // namespace

// The coupled Newton-Schulz iteration (Higham 2008, chapter 6) with the scaling of Chen and Chow
// 2014: with x the square root of an eigenvalue of z y, each iteration maps x to
// a x (3 - a^2 x^2) / 2, where a is optimal for the least possible x. All factors are known
// beforehand: nothing is read back from the device.
RootPair root_by_products(const at::Tensor& matrix) {
    const at::Tensor norm = matrix.square().sum().sqrt(); // at least the largest eigenvalue
    at::Tensor y = matrix / norm, z = at::eye(matrix.size(0), matrix.options());
    for (double least = 1e-6; 1 - least > 1e-12;) {
        const double a = std::sqrt(3 / (1 + least + least * least));
        at::Tensor factor = at::mm(z, y).mul_(-0.5 * a * a * a);
        factor.diagonal().add_(1.5 * a);
        y = at::mm(y, factor);
        z = at::mm(factor, z);
        least *= 0.5 * a * (3 - a * a * least * least);
    }
    const at::Tensor root = norm.sqrt();
    return {y * root, z / root};
}

TermResult gram_term(const Moments& moments, const Moments& style) {
    const at::Tensor difference = moments.second - style.second;
    const double channels = static_cast<double>(difference.size(0));
    return {difference.square().mean(), difference * (4 / (channels * channels)), {}};
}

namespace {

// All but the mean.
WassersteinTarget of_eigenvectors(const at::Tensor& sigma, std::int64_t rank) {
    at::Tensor values, vectors;
    std::tie(values, vectors) = eigen(sigma);
    values = values.flip(0).clamp_min(covariance_ridge);
    WassersteinTarget target;
    target.vectors = vectors.flip(1).narrow(1, 0, rank).contiguous();
    target.roots = values.narrow(0, 0, rank).sqrt();
    target.trace = values.sum().to(at::kDouble);
    target.rest = values.narrow(0, rank, values.size(0) - rank).to(at::kDouble).sum();
    return target;
}

WassersteinTarget of_main_variances(const at::Tensor& sigma, std::int64_t rank) {
    const MainVariances main = main_variances(sigma, rank);
    const at::Tensor variances = main.variances.clamp_min(covariance_ridge);
    WassersteinTarget target;
    target.vectors = main.directions;
    target.roots = variances.sqrt();
    target.trace = sigma.diagonal().to(at::kDouble).sum();
    target.rest = (target.trace - variances.to(at::kDouble).sum())
                      .clamp_min(covariance_ridge * static_cast<double>(sigma.size(0) - rank));
    return target;
}

} // namespace

WassersteinTarget wasserstein_target(const Moments& style, int rank, SqrtMethod sqrt_method) {
    const at::Tensor sigma = covariance(style).to(working_type(sqrt_method));
    const std::int64_t lead = std::min<std::int64_t>(rank, sigma.size(0));
    const bool few = sqrt_method == SqrtMethod::eigen && 8 * lead <= sigma.size(0);
    WassersteinTarget target = few ? of_main_variances(sigma, lead) : of_eigenvectors(sigma, lead);
    target.mean = style.mean;
    return target;
}

namespace {

// Of Sigma, what a term looks at.
struct Covariance {
    at::Tensor block; // V^T Sigma V
    at::Tensor trace; // 0-dimensional, float64
};

Covariance covariance_on(const Moments& moments, const at::Tensor& v) {
    if (!moments.square.defined()) {
        const at::Tensor sigma = covariance(moments);
        return {at::mm(v.t(), at::mm(sigma.to(v.scalar_type()), v)),
                sigma.diagonal().to(at::kDouble).sum()};
    }
    const at::Tensor mean = at::matmul(v.t(), moments.mean.to(v.scalar_type())).to(at::kDouble);
    at::Tensor block = at::addr(moments.second, mean, mean, 1, -1);
    block.diagonal().add_(covariance_ridge);
    return {block.to(v.scalar_type()),
            moments.square - moments.mean.square().sum() +
                covariance_ridge * static_cast<double>(moments.mean.size(0))};
}

} // namespace

TermResult wasserstein_term(const Moments& moments, const WassersteinTarget& target,
                            SqrtMethod sqrt_method) {
    const std::int64_t channels = moments.mean.size(0);
    const std::int64_t others = channels - target.roots.size(0);
    const at::Tensor& v = target.vectors;
    const auto [block, trace] = covariance_on(moments, v);
    Coupling lead = couple(block, target.roots, moments.second, sqrt_method);

    // Of all other directions together: the variance, and the factor that brings it to the style's.
    at::Tensor variance = target.rest, factor = at::zeros_like(target.rest);
    if (others > 0) {
        variance = (trace - block.diagonal().to(at::kDouble).sum())
                       .clamp_min(covariance_ridge * static_cast<double>(others));
        factor = (target.rest / variance).sqrt();
    }

    // V D V^T + (1 - factor) (I - V V^T) with D = I - T, times the derivative's 2 / C.
    const double scale = 2 / static_cast<double>(channels);
    lead.t.diagonal().sub_(factor);
    const at::Tensor inner = lead.t * -scale, diagonal = (1 - factor) * scale;
    TermResult result;
    const at::Tensor apart = moments.mean - target.mean;
    const at::Tensor cross = lead.cross + (target.rest * variance).sqrt();
    result.value =
        (apart.square().sum() + trace + target.trace - 2 * cross) / static_cast<double>(channels);
    const at::Tensor mean = moments.mean.to(v.scalar_type());
    at::Tensor moved; // A mu
    if (moments.square.defined()) {
        result.inner = inner;
        result.diagonal = diagonal;
        moved = at::matmul(v, at::matmul(inner, at::matmul(v.t(), mean))) + mean * diagonal;
    } else {
        result.a = at::mm(at::mm(v, inner), v.t());
        result.a.diagonal().add_(diagonal);
        moved = at::matmul(result.a, mean);
    }
    result.b = (apart * scale).to(v.scalar_type()) - moved;
    return result;
}

TermResult gatys_term(const MomentSums& sums, const at::Tensor& style_second, double pixels) {
    const at::Tensor difference = sums.second - style_second;
    const double channels = static_cast<double>(difference.size(0));
    const double scale = 1 / (channels * channels * pixels * pixels);
    return {difference.square().sum() * (scale / 4), difference * (scale * pixels), {}};
}

} // namespace maniera
