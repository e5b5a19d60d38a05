// SPDX-License-Identifier: GPL-3.0-or-later
// oneDNN on tensors: 3x3 convolutions and matrix products in float32 and bfloat16, on a processor.
//
//     const PackedConvolution convolution(weight, bias, true);
//     at::Tensor features = convolution(x, 1);
//
// The one room that knows oneDNN's interface, which versions 2 and 3 have in different forms. All
// memory, scratch included, is LibTorch's; where it runs out, std::bad_alloc or c10::Error is
// thrown.

#pragma once

#include <ATen/core/Tensor.h>

#include <memory>

namespace maniera {

// Whether this build has oneDNN, with kernels of this precision for this processor. The rest of
// this file may be called only where it is so.
bool onednn_serves(at::ScalarType precision);

// How often pictures of one size pass a layer. It decides which of oneDNN's kernels serves: the
// fastest take as long to compile as several passes of a small picture.
enum class Passes { once, many };

// A convolution with bias and, if wanted, a ReLU. Its weights are packed once for all pictures that
// oneDNN wants them the same way for. May be called from several threads.
class PackedConvolution {
public:
    // weight (out, in, 3, 3) in the precision to compute in; bias (out), or undefined for 0. They
    // are packed for these passes at once, for others at the first of them.
    PackedConvolution(const at::Tensor& weight, const at::Tensor& bias, bool relu, Passes passes);
    // x is (1, in, H, W), the result channels last.
    at::Tensor operator()(const at::Tensor& x, int padding, Passes passes) const;
    // Compiles the kernel for pictures of this size, which the first of them would wait for.
    void compile(std::int64_t height, std::int64_t width, int padding, Passes passes) const;

private:
    struct State;
    std::shared_ptr<State> state_;
};

// The products a[i]^T b[i], (n, C, D) in float32, of a (n, M, C) and b (n, M, D), contiguous.
at::Tensor transposed_products(const at::Tensor& a, const at::Tensor& b);

// sum += a^T b, of a (M, C) and b (M, D), contiguous and of one precision, to sum (C, D) in
// float32.
void add_transposed_product(at::Tensor& sum, const at::Tensor& a, const at::Tensor& b);

// rows += f a + b, or rows = f a + b where they are not to be read. f (M, C) and a (C, D) are
// contiguous and of one precision, rows (M, D) too, or in float32; b (D) in float32, or undefined
// for 0.
void affine_product(at::Tensor& rows, bool read, const at::Tensor& f, const at::Tensor& a,
                    const at::Tensor& b);

} // namespace maniera
