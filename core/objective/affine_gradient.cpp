// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/objective/affine_gradient.h"

#include "core/network/layers.h"
#include "core/network/sweeps.h"

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

at::Tensor product_by_onednn(const at::Tensor& f, const at::Tensor& a, const at::Tensor& b) {
    at::Tensor result = at::empty_like(f, at::MemoryFormat::Contiguous);
    add_by_onednn(result, false, f, a, b);
    return result;
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
    if (weights.defined() && is_ours(f)) {
        add_weighed_rows(gradient, product_by_onednn(f, a, b), weights);
        return;
    }
    const auto placed = [&](const at::Tensor& t) { return t.to(f.scalar_type()); };
    if (weights.defined()) {
        at::Tensor product = at::mm(f, placed(a));
        if (b.defined())
            product.add_(placed(b));
        gradient.addcmul_(product, placed(weights).unsqueeze(1));
        return;
    }
    gradient.addmm_(f, placed(a));
    if (b.defined())
        gradient.add_(placed(b));
}

} // namespace maniera
