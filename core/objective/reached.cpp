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
#include <ATen/ops/stack.h>
#include <ATen/ops/sum.h>
#include <ATen/ops/zeros.h>

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

// The sums of weights * rows, (C), and of rows^T weights rows, (C, C).
struct Sums {
    at::Tensor first, second;
};

Sums sums_between(const at::Tensor& f, const at::Tensor& weights, std::int64_t begin,
                  std::int64_t end) {
    const OneBlasThread alone; // else the products' bits depend on how many there are
    const at::Tensor here = weights.narrow(0, begin, end - begin);
    const std::int64_t channels = f.size(1),
                       columns = wants_rest(f, here) ? 2 * channels : channels;
    const auto options = f.options().dtype(at::kFloat);
    Sums sums{at::zeros({channels}, options), at::zeros({channels, columns}, options)};
    at::Tensor picked = strip_like(f, channels), weighed = strip_like(f, columns);
    for (std::int64_t start = begin; start < end; start += picked.size(0)) {
        const at::Tensor rows = f.narrow(0, start, std::min(picked.size(0), end - start));
        const std::int64_t count = pick_weighed_rows(rows, weights.data_ptr<float>() + start,
                                                     picked, weighed, sums.first.data_ptr<float>());
        if (count == 0)
            continue;
        const std::int64_t taken = rounded_up(count, picked);
        for (const at::Tensor& strip : {picked, weighed})
            strip.narrow(0, count, taken - count).zero_();
        add_transposed_product(sums.second, picked.narrow(0, 0, taken),
                               weighed.narrow(0, 0, taken));
    }
    return {sums.first, second_of_weighed(sums.second)};
}

// One of every `step` from `first` on, summed.
Sums sum_of_every(const std::vector<Sums>& all, std::size_t first, std::size_t step) {
    std::vector<at::Tensor> of_first, of_second;
    for (std::size_t i = first; i < all.size(); i += step) {
        of_first.push_back(all[i].first);
        of_second.push_back(all[i].second);
    }
    const auto sum = [](const std::vector<at::Tensor>& parts) {
        return at::sum(at::stack(parts), 0, false, at::kDouble);
    };
    return {sum(of_first), sum(of_second)};
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
        for (std::size_t r = 0; r < count; ++r) {
            const Sums sum = sum_of_every(sums, r, count);
            add(*regions[r].sums, {0, sum.first, sum.second});
        }
    }
}

// gradient += weights * (f a + b), of a strip; a and b as affine_product() wants them.
void pull(at::Tensor gradient, const at::Tensor& f, const at::Tensor& a, const at::Tensor& b,
          const float* weights, at::Tensor& picked, at::Tensor& products) {
    const std::int64_t count = pick_rows(f, weights, picked);
    if (count == 0)
        return;
    const std::int64_t taken = rounded_up(count, picked);
    at::Tensor product = products.narrow(0, 0, taken);
    affine_product(product, false, picked.narrow(0, 0, taken), a, b);
    add_to_picked_rows(gradient, product, weights);
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
