// SPDX-License-Identifier: GPL-3.0-or-later
// Style terms: the distance of the picture's moments from the style's, and its gradient.
//
//     const TermResult term = gram_term(moments, target);
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
    at::Tensor a;     // (C, C), symmetric; or undefined, where it is inner and diagonal
    at::Tensor b;     // (C), or undefined for 0
    // A = V inner V^T + diagonal I, with the target's V, where moments are of its directions alone.
    at::Tensor inner{};    // (rank, rank)
    at::Tensor diagonal{}; // 0-dimensional, float64
};

// Mean squared difference of second moments (Gatys, Ecker, Bethge 2016, eq. 4, as a mean): value =
// mean((S - S_s)^2), A = 4 (S - S_s) / C^2.
TermResult gram_term(const Moments& moments, const Moments& style);

// The squared 2-Wasserstein distance of two Gaussians over C, in the style's eigenvectors: the
// first `rank` take the full form, all others together their variance. rank >= C is the full
// distance (Dowson and Landau 1982; as a style loss: Vacher, Davila, Kohn, Coen-Cagli 2020).
struct WassersteinTarget {
    at::Tensor mean;    // (C), float64
    at::Tensor vectors; // (C, rank): V, columns sorted by falling eigenvalue
    at::Tensor roots;   // (rank): square roots of the eigenvalues of Sigma_s
    at::Tensor trace;   // of Sigma_s, 0-dimensional, float64
    at::Tensor rest;    // the sum of its other eigenvalues, the same
};

// Sigma = S - mu mu^T + ridge I: avoids a division by zero where features are flat.
constexpr double covariance_ridge = 1e-4;

// The precision of the C x C products around the matrix square root, and its algorithm. The square
// root itself is always in float64.
enum class SqrtMethod {
    eigen_float64, // float64; by eigendecomposition: for measure
    eigen,         // float32; by eigendecomposition: for painting
    newton_schulz, // float32; by matrix products alone: for a GPU, where an eigendecomposition
                   // waits for its status flag
};

// The square root of a positive semidefinite (n, n) matrix in float64, and its inverse, by products
// alone. Eigenvalues below 1e-12 of the norm are treated as about that large.
struct RootPair {
    at::Tensor root;
    at::Tensor inverse;
};
RootPair root_by_products(const at::Tensor& matrix);

// For painting in few of many directions (an eighth at most), V are main_variances().
WassersteinTarget wasserstein_target(const Moments& style, int rank, SqrtMethod sqrt_method);
// The moments may be of the features on the target's vectors alone; then the square root is by
// eigendecomposition.
TermResult wasserstein_term(const Moments& moments, const WassersteinTarget& target,
                            SqrtMethod sqrt_method);

// Published form (Gatys, Ecker, Bethge 2016, eq. 3 to 6), on sums instead of means: with
// G = sum(w f f^T) over `pixels` positions, value = |G - G_s|^2 / (4 C^2 pixels^2). A has the scale
// of the other terms: the gradient is w * F A / M.
TermResult gatys_term(const MomentSums& sums, const at::Tensor& style_second, double pixels);

} // namespace maniera
