// SPDX-License-Identifier: GPL-3.0-or-later
// Moments are gathered in strips: so few rows are summed in float32 alone, and where they have to
// be widened they stay in a processor's cache.

#include "core/objective/moments.h"

#include "core/network/layers.h"
#include "core/network/sweeps.h"

#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/unbind.h>
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

// Of a matrix, so that what is read by columns stays in the cache.
constexpr std::int64_t block_side = 32;
struct Block {
    double sums[block_side][block_side] = {};
};

void add_to_block(Block& block, const float* from, std::int64_t height, std::int64_t width,
                  std::int64_t row_length) {
    for (std::int64_t i = 0; i < height; ++i)
        for (std::int64_t j = 0; j < width; ++j)
            block.sums[i][j] += from[i * row_length + j];
}

// second += the sum of f f^T with weights, of strips of so many rows of f.
void add_second(at::Tensor& second, const at::Tensor& f, const at::Tensor& weights,
                std::int64_t strip) {
    const auto strips = [&](const at::Tensor& rows) {
        return rows.view({-1, strip, rows.size(1)});
    };
    const at::Tensor right =
        weights.defined() ? weighed_rows(f, weights, wants_rest(f, weights)) : f;
    add_symmetric(second, transposed_products(strips(f), strips(right)).unbind());
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

void add_symmetric(at::Tensor& second, const std::vector<at::Tensor>& products) {
    const std::int64_t channels = second.size(0);
    auto* values = second.data_ptr<double>();
    const auto add_block = [&](std::int64_t top, std::int64_t left) {
        const std::int64_t height = std::min(block_side, channels - top);
        const std::int64_t width = std::min(block_side, channels - left);
        Block below, above; // the diagonal, and mirrored in it
        for (const at::Tensor& product : products)
            for (std::int64_t first = 0; first < product.size(1); first += channels) {
                const float* from = product.data_ptr<float>() + first;
                add_to_block(below, from + top * product.size(1) + left, height, width,
                             product.size(1));
                add_to_block(above, from + left * product.size(1) + top, width, height,
                             product.size(1));
            }
        for (std::int64_t i = 0; i < height; ++i)
            for (std::int64_t j = 0; j < width; ++j)
                values[(top + i) * channels + left + j] +=
                    (below.sums[i][j] + above.sums[j][i]) / 2;
        for (std::int64_t j = 0; j < width && top != left; ++j)
            for (std::int64_t i = 0; i < height; ++i)
                values[(left + j) * channels + top + i] +=
                    (below.sums[i][j] + above.sums[j][i]) / 2;
    };
    const std::int64_t blocks = (channels + block_side - 1) / block_side;
    at::parallel_for(0, blocks, 1, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t row = begin; row < end; ++row)
            for (std::int64_t column = 0; column <= row; ++column)
                add_block(row * block_side, column * block_side);
    });
}

void add(MomentSums& sums, const MomentSums& part) {
    sums.weight += part.weight;
    sums.first = sums.first.defined() ? sums.first + part.first : part.first;
    sums.second = sums.second.defined() ? sums.second + part.second : part.second;
    sums.square = sums.square.defined() ? sums.square + part.square : part.square;
}

Moments normalize(const MomentSums& sums) {
    return {sums.first / sums.weight, sums.second / sums.weight,
            sums.square.defined() ? sums.square / sums.weight : sums.square};
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
