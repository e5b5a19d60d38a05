// SPDX-License-Identifier: GPL-3.0-or-later
// Values and affine maps of the style terms. All matrices here are C x C; none is image-sized.

#include "core/objective/style_loss.h"

#include "core/device/one_blas_thread.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/addr.h>
#include <ATen/ops/diagonal.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/eye.h>
#include <ATen/ops/linalg_eigh.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/mul.h>
#include <ATen/ops/outer.h>
#include <ATen/ops/sqrt.h>
#include <ATen/ops/sum.h>

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

WassersteinTarget wasserstein_target(const Moments& style, int rank, SqrtMethod sqrt_method) {
    const at::ScalarType type = working_type(sqrt_method);
    const at::Tensor sigma = covariance(style).to(type);
    at::Tensor values, vectors;
    std::tie(values, vectors) = eigen(sigma);
    values = values.flip(0).clamp_min(covariance_ridge);
    WassersteinTarget target;
    target.mean = style.mean;
    target.vectors = vectors.flip(1).contiguous();
    target.roots = values.sqrt();
    target.trace = values.sum().to(at::kDouble);
    target.rank = std::min<int>(rank, static_cast<int>(sigma.size(0)));
    return target;
}

TermResult wasserstein_term(const Moments& moments, const WassersteinTarget& target,
                            SqrtMethod sqrt_method) {
    const at::ScalarType type = working_type(sqrt_method);
    const double channels = static_cast<double>(moments.mean.size(0));
    const std::int64_t rank = target.rank;
    const std::int64_t rest = target.roots.size(0) - rank;
    const at::Tensor v_lead = target.vectors.narrow(1, 0, rank);
    const at::Tensor v_rest = target.vectors.narrow(1, rank, rest);
    // Of B = V^T Sigma V only the leading block and the rest's diagonal are wanted.
    const at::Tensor sigma = covariance(moments);
    const at::Tensor turned = at::mm(sigma.to(type), target.vectors);

    // The leading block: T = L^1/2 (L^1/2 B L^1/2)^-1/2 L^1/2.
    const at::Tensor lead = target.roots.narrow(0, 0, rank);
    const at::Tensor block = at::mm(v_lead.t(), turned.narrow(1, 0, rank));
    at::Tensor t, cross;
    if (sqrt_method == SqrtMethod::newton_schulz) {
        const at::Tensor wide = lead.to(at::kDouble);
        at::Tensor b = (block + block.t()).to(at::kDouble) * 0.5;
        // Rounding of sums in float32 can leave negative eigenvalues, which products would blow up.
        b.diagonal().add_(moments.second.square().sum().sqrt() * sums_rounding);
        const RootPair pair = root_by_products(b * at::outer(wide, wide));
        t = (pair.inverse * at::outer(wide, wide)).to(type);
        cross = pair.root.diagonal().sum();
    } else {
        // Rounding can push a square's small eigenvalues below zero; none can truly be under
        // (ridge)^2. The block is small: at rank 128 its eigenvalues take 1.6 ms in float64, which
        // leaves products no room to win on a processor.
        const at::Tensor scaled = block * at::outer(lead, lead);
        at::Tensor squares, q;
        std::tie(squares, q) = eigen(((scaled + scaled.t()) * 0.5).to(at::kDouble));
        squares = squares.clamp_min(covariance_ridge * covariance_ridge);
        const at::Tensor t_half = lead.unsqueeze(1) * q * squares.pow(-0.25).unsqueeze(0);
        t = at::mm(t_half, t_half.t()).to(type);
        cross = squares.sqrt().sum();
    }

    // The rest: variances alone.
    const at::Tensor rest_roots = target.roots.narrow(0, rank, rest);
    const at::Tensor variances =
        (v_rest * turned.narrow(1, rank, rest)).sum(0).clamp_min(covariance_ridge).sqrt();

    // V D V^T with D = I - T in the block and 1 - sqrt(lambda / d) in the rest: I - W V^T, times
    // the derivative's 2 / C.
    at::Tensor w = at::empty_like(target.vectors);
    at::Tensor w_lead = w.narrow(1, 0, rank), w_rest = w.narrow(1, rank, rest);
    at::mm_out(w_lead, v_lead, t);
    at::mul_out(w_rest, v_rest, (rest_roots / variances).unsqueeze(0));
    const double scale = 2 / channels;
    TermResult result;
    result.a = at::mm(w, target.vectors.t()).mul_(-scale);
    result.a.diagonal().add_(scale);

    const at::Tensor apart = moments.mean - target.mean;
    cross = cross + (rest_roots * variances).to(at::kDouble).sum();
    result.value =
        (apart.square().sum() + sigma.diagonal().sum() + target.trace - 2 * cross) / channels;
    result.b = (apart * scale).to(type) - at::matmul(result.a, moments.mean.to(type));
    return result;
}

TermResult gatys_term(const MomentSums& sums, const at::Tensor& style_second, double pixels) {
    const at::Tensor difference = sums.second - style_second;
    const double channels = static_cast<double>(difference.size(0));
    const double scale = 1 / (channels * channels * pixels * pixels);
    return {difference.square().sum() * (scale / 4), difference * (scale * pixels), {}};
}

} // namespace maniera
