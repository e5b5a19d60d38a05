// SPDX-License-Identifier: GPL-3.0-or-later
// Moments are gathered in strips: so few rows are summed in float32 alone, and where they have to
// be widened they stay in a processor's cache.

#include "core/objective/moments.h"

#include "core/network/layers.h"
#include "core/network/sweeps.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/sum.h>
#include <ATen/ops/zeros.h>

#include <algorithm>

namespace maniera {
namespace {

// Elements of a strip: 8192 rows at 64 channels, 2 MiB in float32. A GPU has no use for strips
// and takes larger ones.
constexpr std::int64_t strip_elements_cpu = 8192 * 64;
constexpr std::int64_t strip_elements_gpu = 1 << 26;

// By oneDNN, several strips at once, which is what its threads share; the same bits with any number
// of them. Elements of bfloat16 are multiplied as they are, and their products summed in float32.
constexpr std::int64_t strip_rows = 4096;
constexpr std::int64_t elements_at_once = 2 << 20;

// second += the sum of f f^T with weights, of strips of so many rows of f.
void add_second(at::Tensor& second, const at::Tensor& f, const at::Tensor& weights,
                std::int64_t strip) {
    const auto strips = [&](const at::Tensor& rows) {
        return rows.view({-1, strip, rows.size(1)});
    };
    const at::Tensor right =
        weights.defined() ? weighed_rows(f, weights, wants_rest(f, weights)) : f;
    const at::Tensor products = transposed_products(strips(f), strips(right));
    add_products(second, products.sum(0, false, at::kDouble));
}

MomentSums gather_by_onednn(const at::Tensor& features, const at::Tensor& weights,
                            double weight_sum) {
    const std::int64_t rows = features.size(0), channels = features.size(1);
    const at::Tensor f = features.contiguous();
    at::Tensor second = at::zeros({channels, channels}, f.options().dtype(at::kDouble));
    const std::int64_t group =
        strip_rows * std::max<std::int64_t>(1, elements_at_once / (strip_rows * channels));
    const auto take = [&](std::int64_t start, std::int64_t length, std::int64_t strip) {
        if (length > 0)
            add_second(second, f.narrow(0, start, length),
                       weights.defined() ? weights.narrow(0, start, length) : weights, strip);
    };
    for (std::int64_t start = 0; start < rows; start += group) {
        const std::int64_t count = std::min(group, rows - start), rest = count % strip_rows;
        take(start, count - rest, strip_rows);
        take(start + count - rest, rest, rest);
    }
    if (weights.defined())
        make_symmetric(second);
    return {weight_sum, sum_of_rows(f, weights), second};
}

} // namespace

MomentSums gather(const at::Tensor& features, const at::Tensor& weights, double weight_sum) {
    if (is_ours(features))
        return gather_by_onednn(features, weights.defined() ? weights.contiguous() : weights,
                                weight_sum);
    const std::int64_t rows = features.size(0), channels = features.size(1);
    const at::ScalarType type = features.scalar_type() == at::kDouble ? at::kDouble : at::kFloat;
    const auto options = features.options().dtype(type);
    at::Tensor first = at::zeros({channels}, options);
    at::Tensor second = at::zeros({channels, channels}, options);
    const std::int64_t budget = features.is_cpu() ? strip_elements_cpu : strip_elements_gpu;
    const std::int64_t strip = std::max<std::int64_t>(1024, budget / channels);
    for (std::int64_t start = 0; start < rows; start += strip) {
        const std::int64_t count = std::min(strip, rows - start);
        const at::Tensor part = features.narrow(0, start, count).to(type);
        const at::Tensor weighted =
            weights.defined() ? part * weights.narrow(0, start, count).unsqueeze(1) : part;
        first.add_(weighted.sum(0));
        second.addmm_(part.t(), weighted);
    }
    if (weights.defined())
        second = (second + second.t()) * 0.5;
    return {weight_sum, first.to(at::kDouble), second.to(at::kDouble)};
}

void add_products(at::Tensor& sum, const at::Tensor& products) {
    const std::int64_t channels = sum.size(0);
    for (std::int64_t first = 0; first < products.size(1); first += channels)
        sum.add_(products.narrow(1, first, channels));
}

void make_symmetric(at::Tensor& second) {
    constexpr std::int64_t block = 32; // so that what is read by columns stays in the cache
    const std::int64_t channels = second.size(0);
    auto* values = second.data_ptr<double>();
    for (std::int64_t top = 0; top < channels; top += block)
        for (std::int64_t i = 0; i < channels; ++i)
            for (std::int64_t j = top; j < std::min({top + block, channels, i}); ++j) {
                double& below = values[i * channels + j];
                double& above = values[j * channels + i];
                below = above = (below + above) / 2;
            }
}

void add(MomentSums& sums, const MomentSums& part) {
    sums.weight += part.weight;
    sums.first = sums.first.defined() ? sums.first + part.first : part.first;
    sums.second = sums.second.defined() ? sums.second + part.second : part.second;
}

Moments normalize(const MomentSums& sums) {
    return {sums.first / sums.weight, sums.second / sums.weight};
}

Moments mix(const std::vector<Moments>& moments, const std::vector<double>& weights) {
    Moments mixed{moments[0].mean * weights[0], moments[0].second * weights[0]};
    for (std::size_t i = 1; i < moments.size(); ++i) {
        mixed.mean = mixed.mean + moments[i].mean * weights[i];
        mixed.second = mixed.second + moments[i].second * weights[i];
    }
    return mixed;
}

} // namespace maniera
