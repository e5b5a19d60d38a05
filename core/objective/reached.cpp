// SPDX-License-Identifier: GPL-3.0-or-later
// In strips that stay in a core's cache while all regions pass over them; each thread has strips of
// its own.

#include "core/objective/reached.h"

#include "core/device/one_blas_thread.h"
#include "core/device/side_by_side.h"
#include "core/network/layers.h"
#include "core/network/onednn.h"
#include "core/network/sweeps.h"
#include "core/objective/affine_gradient.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>

#include <algorithm>
#include <cstdint>

namespace maniera {
namespace {

constexpr std::int64_t gathered_rows = 4096; // summed in float32
// Of a region's second moments, that wait to be summed in float64.
constexpr std::int64_t gathered_elements = 1 << 20;

// 512 kB in bfloat16 where channels are few. The deepest layers are small, and would be one strip.
std::int64_t strip_rows(const at::Tensor& rows) {
    return std::clamp<std::int64_t>((1 << 26) / (rows.size(1) * rows.size(1)), 64, gathered_rows);
}

// Room for a strip's rows, in which they come to lie one after the other.
at::Tensor strip_like(const at::Tensor& rows, std::int64_t columns) {
    return at::empty({strip_rows(rows), columns}, rows.options());
}

// oneDNN compiles its kernels for each count of rows: so that there are few, some more are taken.
std::int64_t rounded_up(std::int64_t count, const at::Tensor& strip) {
    const std::int64_t unit = std::max<std::int64_t>(1, strip.size(0) / 8);
    return std::min((count + unit - 1) / unit * unit, strip.size(0));
}

// Of each region, in float32 and contiguous.
template <typename Region>
std::vector<at::Tensor> weights_of(const std::vector<Region>& regions) {
    std::vector<at::Tensor> weights;
    for (const Region& region : regions)
        weights.push_back(region.weights.to(at::kFloat).contiguous());
    return weights;
}

// Some of a region's rows: where they are, and their weights.
struct Rows {
    std::vector<std::int64_t> indices;
    std::vector<float> weights;

    std::int64_t count() const { return static_cast<std::int64_t>(indices.size()); }
    void add(std::int64_t index, float weight) {
        indices.push_back(index);
        weights.push_back(weight);
    }
    at::Tensor weights_tensor() {
        return at::from_blob(weights.data(), {count()}, at::TensorOptions(at::kFloat));
    }
};

// Those with a weight of 1 need not be weighed, and no product of theirs is rounded.
struct ReachedRows {
    std::vector<Rows> whole, partial; // by strips
};

ReachedRows reached_rows(const float* weights, std::int64_t begin, std::int64_t end,
                         std::int64_t strip) {
    ReachedRows reached;
    for (std::int64_t i = begin; i < end; ++i) {
        if (weights[i] == 0)
            continue;
        std::vector<Rows>& rows = weights[i] == 1 ? reached.whole : reached.partial;
        if (rows.empty() || rows.back().count() == strip)
            rows.emplace_back();
        rows.back().add(i, weights[i]);
    }
    return reached;
}

// The first of `strip`, with zeros up to a count for which kernels are compiled.
at::Tensor padded(const at::Tensor& strip, std::int64_t count) {
    const std::int64_t taken = rounded_up(count, strip);
    strip.narrow(0, count, taken - count).zero_();
    return strip.narrow(0, 0, taken);
}

// The sums of weights * rows, (C), of rows^T rows of those with a weight of 1, (C, C), and of
// rows^T weighed_rows() of the others, or undefined.
struct Sums {
    at::Tensor first, second, weighed;
};

Sums sums_between(const at::Tensor& f, const at::Tensor& weights, std::int64_t begin,
                  std::int64_t end) {
    const OneBlasThread alone; // else the products' bits depend on how many there are
    const std::int64_t channels = f.size(1);
    const std::int64_t columns = f.scalar_type() == at::kBFloat16 ? 2 * channels : channels;
    const auto options = f.options().dtype(at::kFloat);
    Sums sums{at::zeros({channels}, options), at::zeros({channels, channels}, options), {}};
    at::Tensor strip = strip_like(f, channels);
    ReachedRows reached = reached_rows(weights.data_ptr<float>(), begin, end, strip.size(0));
    for (const Rows& rows : reached.whole) {
        const std::int64_t count = rows.count();
        pick_rows(f, rows.indices, strip);
        add_sum_of_rows(sums.first, strip.narrow(0, 0, count), nullptr);
        const at::Tensor picked = padded(strip, count);
        add_transposed_product(sums.second, picked, picked);
    }
    if (reached.partial.empty())
        return sums;
    sums.weighed = at::zeros({channels, columns}, options);
    at::Tensor products = strip_like(f, columns);
    for (Rows& rows : reached.partial) {
        const std::int64_t count = rows.count();
        const at::Tensor factors = rows.weights_tensor();
        pick_rows(f, rows.indices, strip);
        const at::Tensor picked = strip.narrow(0, 0, count);
        at::Tensor weighed = products.narrow(0, 0, count);
        weigh_rows(weighed, picked, factors);
        add_sum_of_rows(sums.first, picked, rows.weights.data());
        add_transposed_product(sums.weighed, padded(strip, count), padded(products, count));
    }
    return sums;
}

// One of every `step` from `first` on.
MomentSums sum_of_every(const std::vector<Sums>& all, std::size_t first, std::size_t step) {
    const auto zeros = [](const at::Tensor& like) { return at::zeros_like(like, at::kDouble); };
    MomentSums total{0, zeros(all[first].first), zeros(all[first].second)};
    for (std::size_t i = first; i < all.size(); i += step) {
        total.first.add_(all[i].first);
        add_products(total.second, all[i].second);
        if (all[i].weighed.defined())
            add_products(total.second, all[i].weighed);
    }
    make_symmetric(total.second);
    return total;
}

void add_side_by_side(const at::Tensor& f, const std::vector<RegionSums>& regions) {
    const std::vector<at::Tensor> weights = weights_of(regions);
    const std::size_t count = regions.size();
    const std::int64_t rows_at_once =
        gathered_rows * std::max<std::int64_t>(1, gathered_elements / (f.size(1) * f.size(1)));
    for (std::int64_t start = 0; start < f.size(0); start += rows_at_once) {
        const std::int64_t end = std::min(start + rows_at_once, f.size(0));
        std::vector<Sums> sums(
            static_cast<std::size_t>((end - start + gathered_rows - 1) / gathered_rows) * count);
        side_by_side(f.device(), sums.size(), [&](std::size_t i) {
            const std::int64_t first = start + static_cast<std::int64_t>(i / count) * gathered_rows;
            sums[i] =
                sums_between(f, weights[i % count], first, std::min(first + gathered_rows, end));
        });
        side_by_side(f.device(), count,
                     [&](std::size_t r) { add(*regions[r].sums, sum_of_every(sums, r, count)); });
    }
}

// gradient += weights * (f a + b), of a strip; a and b as affine_product() wants them.
void pull(at::Tensor gradient, const at::Tensor& f, const at::Tensor& a, const at::Tensor& b,
          const float* weights, at::Tensor& picked, at::Tensor& products) {
    Rows reached;
    for (std::int64_t i = 0; i < f.size(0); ++i)
        if (weights[i] != 0)
            reached.add(i, weights[i]);
    if (reached.count() == 0)
        return;
    pick_rows(f, reached.indices, picked);
    const std::int64_t taken = rounded_up(reached.count(), picked);
    at::Tensor product = products.narrow(0, 0, taken);
    affine_product(product, false, picked.narrow(0, 0, taken), a, b);
    add_to_picked_rows(gradient, reached.indices, product, reached.weights.data());
}

} // namespace

void add_moments(const at::Tensor& features, const std::vector<RegionSums>& regions) {
    const bool passes_over = is_ours(features) && features.size(0) > 0;
    std::vector<RegionSums> reached;
    for (const RegionSums& region : regions)
        if (passes_over && region.is_sparse)
            reached.push_back(region);
        else
            add(*region.sums, gather(features, region.weights, 0));
    if (!reached.empty())
        add_side_by_side(features.contiguous(), reached);
}

void add_affine_gradients_reached(at::Tensor& gradient, const at::Tensor& f,
                                  const std::vector<ReachedGradient>& regions) {
    if (!is_ours(f)) {
        for (const ReachedGradient& region : regions)
            add_affine_gradient(gradient, true, f, region.a, region.b, region.weights);
        return;
    }
    const at::Tensor rows = f.contiguous();
    const std::vector<at::Tensor> weights = weights_of(regions);
    std::vector<at::Tensor> a, b;
    for (const ReachedGradient& region : regions) {
        a.push_back(region.a.to(f.scalar_type()).contiguous());
        b.push_back(region.b.defined() ? region.b.to(at::kFloat).contiguous() : region.b);
    }
    const std::int64_t strip = strip_rows(f), strips = (f.size(0) + strip - 1) / strip;
    side_by_side(f.device(), static_cast<std::size_t>(strips), [&](std::size_t i) {
        const OneBlasThread alone;
        const std::int64_t start = static_cast<std::int64_t>(i) * strip;
        const std::int64_t count = std::min(strip, f.size(0) - start);
        at::Tensor picked = strip_like(f, f.size(1)), products = strip_like(f, f.size(1));
        for (std::size_t r = 0; r < regions.size(); ++r)
            pull(gradient.narrow(0, start, count), rows.narrow(0, start, count), a[r], b[r],
                 weights[r].data_ptr<float>() + start, picked, products);
    });
}

} // namespace maniera
