// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/objective/affine_gradient.h"

#include "core/network/layers.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/mm.h>

namespace maniera {
namespace {

// Once over the memory: bias and sum are part of the product.
void add_by_onednn(at::Tensor& gradient, bool read, const at::Tensor& f, const at::Tensor& a,
                   const at::Tensor& b) {
    const at::Tensor offsets = b.defined() ? b.to(at::kFloat).contiguous() : b;
    affine_product(gradient, read, f.contiguous(), a.to(f.scalar_type()).contiguous(), offsets);
}

at::Tensor product(const at::Tensor& f, const at::Tensor& a, const at::Tensor& b) {
    if (is_ours(f)) {
        at::Tensor result = at::empty_like(f, at::MemoryFormat::Contiguous);
        add_by_onednn(result, false, f, a, b);
        return result;
    }
    at::Tensor result = at::mm(f, a.to(f.scalar_type()));
    return b.defined() ? result.add_(b.to(f.scalar_type())) : result;
}

} // namespace

void add_affine_gradient(at::Tensor& gradient, bool read, const at::Tensor& f, const at::Tensor& a,
                         const at::Tensor& b, const at::Tensor& weights) {
    if (f.size(0) == 0)
        return;
    if (!weights.defined() && is_ours(f)) {
        add_by_onednn(gradient, read, f, a, b);
        return;
    }
    if (!read)
        gradient.zero_();
    if (weights.defined()) {
        gradient.addcmul_(product(f, a, b), weights.to(f.scalar_type()).unsqueeze(1));
        return;
    }
    gradient.addmm_(f, a.to(f.scalar_type()));
    if (b.defined())
        gradient.add_(b.to(f.scalar_type()));
}

} // namespace maniera
