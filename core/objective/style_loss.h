// SPDX-License-Identifier: GPL-3.0-or-later
// Style terms: how far the picture's moments are from the style's, and which way is nearer.
//
// A term takes moments (mu, S) and a target and gives a value and an affine map (A, b): the
// gradient at the features F (M, C) of a region with pixel weights w is
//     w * (F A + 1 b^T) / M      times the region's share, for terms of weighted means.

#pragma once

#include "core/objective/moments.h"

#include <ATen/core/Tensor.h>

namespace maniera {

struct TermResult {
    at::Tensor value; // 0-dimensional, float64
    at::Tensor a;     // (C, C), symmetric
    at::Tensor b;     // (C), or undefined for 0
};

// Mean squared difference of second moments: value = mean((S - S_s)^2), A = 4 (S - S_s) / C^2.
TermResult gram_term(const Moments& moments, const Moments& style);

// The squared 2-Wasserstein distance of two Gaussians over C, in the style's eigenvectors: the
// first `rank` take the full form, the rest count by their variances alone. rank >= C is the full
// distance (Dowson and Landau 1982; as a style loss: Vacher, Davila, Kohn, Coen-Cagli 2020).
struct WassersteinTarget {
    at::Tensor mean;    // (C), float64
    at::Tensor vectors; // (C, C): V, columns sorted by falling eigenvalue
    at::Tensor roots;   // (C): square roots of the eigenvalues of Sigma_s
    at::Tensor trace;   // of Sigma_s, 0-dimensional, float64
    int rank = 0;
};

// Sigma = S - mu mu^T + ridge I keeps flat features from a division by zero.
constexpr double covariance_ridge = 1e-4;

// In what precision the C x C products around the square root are formed, and how that is taken:
// in float64 always.
enum class SqrtMethod {
    eigen_float64, // float64; by eigenvalues: for measure
    eigen,         // float32; by eigenvalues: what painting needs
    newton_schulz, // float32; by matrix products alone: on a GPU, where asking for eigenvalues
                   // waits for a flag that says whether they were found
};

// For a symmetric (n, n) matrix in float64 without negative eigenvalues: its square root and that
// one's inverse, by products alone; eigenvalues under 1e-12 of its norm count as about so large.
struct RootPair {
    at::Tensor root;
    at::Tensor inverse;
};
RootPair root_by_products(const at::Tensor& matrix);

WassersteinTarget wasserstein_target(const Moments& style, int rank, SqrtMethod sqrt_method);
TermResult wasserstein_term(const Moments& moments, const WassersteinTarget& target,
                            SqrtMethod sqrt_method);

// Published form (Gatys, Ecker, Bethge 2016, eq. 3 to 6), on sums instead of means: with
// G = sum(w f f^T) over `pixels` positions, value = |G - G_s|^2 / (4 C^2 pixels^2). A is scaled
// as the others': the gradient is w * F A / M.
TermResult gatys_term(const MomentSums& sums, const at::Tensor& style_second, double pixels);

} // namespace maniera
