// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/objective/reached.h"

#include "core/objective/affine_gradient.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/index_select.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <cstdint>
#include <vector>

namespace maniera {
namespace {

constexpr std::int64_t strip_elements = 1 << 21; // copied at a time

// The rows with weight.
at::Tensor places_of(const at::Tensor& weights) {
    const at::Tensor values = weights.contiguous();
    std::vector<std::int64_t> places;
    for (std::int64_t i = 0; i < values.size(0); ++i)
        if (values.data_ptr<float>()[i] != 0)
            places.push_back(i);
    return at::tensor(places, at::TensorOptions(at::kLong));
}

// Calls f(start, count, places) for each strip of rows that has weight somewhere; `places` are the
// rows that have, counted within it, or undefined where all have.
template <typename F>
void for_reached(const at::Tensor& rows, const at::Tensor& weights, const F& f) {
    const std::int64_t strip = std::max<std::int64_t>(1024, strip_elements / rows.size(1));
    for (std::int64_t start = 0; start < rows.size(0); start += strip) {
        const std::int64_t count = std::min(strip, rows.size(0) - start);
        const at::Tensor places = places_of(weights.narrow(0, start, count));
        if (places.size(0) > 0)
            f(start, count, places.size(0) < count ? places : at::Tensor());
    }
}

at::Tensor selected(const at::Tensor& strip, const at::Tensor& places) {
    return places.defined() ? strip.index_select(0, places) : strip;
}

} // namespace

MomentSums gather_reached(const at::Tensor& features, const at::Tensor& weights) {
    if (!features.is_cpu())
        return gather(features, weights, 0);
    const std::int64_t channels = features.size(1);
    const auto options = features.options().dtype(at::kDouble);
    MomentSums sums{0, at::zeros({channels}, options), at::zeros({channels, channels}, options)};
    for_reached(features, weights,
                [&](std::int64_t start, std::int64_t count, const at::Tensor& places) {
                    add(sums, gather(selected(features.narrow(0, start, count), places),
                                     selected(weights.narrow(0, start, count), places), 0));
                });
    return sums;
}

void add_affine_gradient_reached(at::Tensor& gradient, const at::Tensor& f, const at::Tensor& a,
                                 const at::Tensor& b, const at::Tensor& weights) {
    if (!f.is_cpu()) {
        add_affine_gradient(gradient, true, f, a, b, weights);
        return;
    }
    for_reached(f, weights, [&](std::int64_t start, std::int64_t count, const at::Tensor& places) {
        at::Tensor strip = gradient.narrow(0, start, count);
        at::Tensor some = selected(strip, places);
        add_affine_gradient(some, true, selected(f.narrow(0, start, count), places), a, b,
                            selected(weights.narrow(0, start, count), places));
        if (places.defined())
            strip.index_copy_(0, places, some);
    });
}

} // namespace maniera
