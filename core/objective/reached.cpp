// SPDX-License-Identifier: GPL-3.0-or-later
// In strips that stay in a core's cache; each thread has strips of its own.

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

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <utility>

namespace maniera {
namespace {

constexpr std::int64_t gathered_rows = 4096;        // summed in float32
constexpr std::int64_t most_rows = 1 << 17;         // whose places are known at once: 2 MB
constexpr std::int64_t gathered_elements = 1 << 20; // of a region's sums that wait to be added up

// 512 kB in bfloat16 where channels are few. The deepest layers are small, and would be one strip.
std::int64_t strip_rows(const at::Tensor& rows) {
    return std::clamp<std::int64_t>((1 << 26) / (rows.size(1) * rows.size(1)), 64, gathered_rows);
}

// How many are sorted, multiplied and added up before the next.
std::int64_t rows_at_once(std::int64_t channels) {
    const std::int64_t batches =
        std::max<std::int64_t>(1, gathered_elements / (channels * channels));
    return std::min(most_rows, gathered_rows * batches);
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
    std::vector<RowRun> runs;
    std::vector<float> weights;

    std::int64_t count() const { return static_cast<std::int64_t>(weights.size()); }
    void add(std::int64_t row, float weight) {
        if (runs.empty() || runs.back().begin + runs.back().count != row)
            runs.push_back({row, 0});
        ++runs.back().count;
        weights.push_back(weight);
    }
    at::Tensor weights_tensor() {
        return at::from_blob(weights.data(), {count()}, at::TensorOptions(at::kFloat));
    }
};

// Some of a region's rows, in strips, that are summed together in float32. Those with a weight of 1
// need not be weighed, and no product of theirs is rounded.
struct Batch {
    std::size_t region;
    bool is_weighed;
    std::vector<Rows> strips;
};

// A region's rows from `begin` to `end`, in batches of strips of so many rows.
std::vector<Batch> batches_of(std::size_t region, const at::Tensor& weights, std::int64_t begin,
                              std::int64_t end, std::int64_t strip) {
    const auto most_strips = static_cast<std::size_t>(gathered_rows / strip);
    const auto* weight = weights.data_ptr<float>();
    std::vector<Batch> by_kind[2];
    for (std::int64_t i = begin; i < end; ++i) {
        if (weight[i] == 0)
            continue;
        const bool is_weighed = weight[i] != 1;
        std::vector<Batch>& own = by_kind[is_weighed];
        const bool is_full = !own.empty() && own.back().strips.back().count() == strip;
        if (own.empty() || (is_full && own.back().strips.size() == most_strips))
            own.push_back({region, is_weighed, {Rows()}});
        else if (is_full)
            own.back().strips.emplace_back();
        own.back().strips.back().add(i, weight[i]);
    }
    std::move(by_kind[1].begin(), by_kind[1].end(), std::back_inserter(by_kind[0]));
    return std::move(by_kind[0]);
}

// Of all regions, each of which is looked through by one thread.
std::vector<Batch> batches_of(const std::vector<at::Tensor>& weights, std::int64_t begin,
                              std::int64_t end, std::int64_t strip) {
    std::vector<std::vector<Batch>> of_regions(weights.size());
    side_by_side(weights.front().device(), weights.size(), [&](std::size_t r) {
        of_regions[r] = batches_of(r, weights[r], begin, end, strip);
    });
    std::vector<Batch> all;
    for (std::vector<Batch>& own : of_regions)
        std::move(own.begin(), own.end(), std::back_inserter(all));
    return all;
}

// The first of `strip`, with zeros up to a count for which kernels are compiled.
at::Tensor padded(const at::Tensor& strip, std::int64_t count) {
    const std::int64_t taken = rounded_up(count, strip);
    strip.narrow(0, count, taken - count).zero_();
    return strip.narrow(0, 0, taken);
}

// The sums of weights * rows, (C), and of rows^T rows or rows^T weighed_rows().
struct Sums {
    at::Tensor first, second;
};

Sums sums_of(const at::Tensor& f, Batch& batch) {
    const OneBlasThread alone; // else the products' bits depend on how many there are
    const std::int64_t channels = f.size(1);
    const bool has_rest = batch.is_weighed && f.scalar_type() == at::kBFloat16;
    const std::int64_t columns = has_rest ? 2 * channels : channels;
    const auto options = f.options().dtype(at::kFloat);
    Sums sums{at::zeros({channels}, options), at::zeros({channels, columns}, options)};
    at::Tensor strip = strip_like(f, channels);
    at::Tensor products = batch.is_weighed ? strip_like(f, columns) : strip;
    for (Rows& rows : batch.strips) {
        const std::int64_t count = rows.count();
        pick_rows(f, rows.runs, strip);
        const at::Tensor picked = strip.narrow(0, 0, count);
        if (batch.is_weighed) {
            at::Tensor weighed = products.narrow(0, 0, count);
            weigh_rows(weighed, picked, rows.weights_tensor());
        }
        add_sum_of_rows(sums.first, picked, batch.is_weighed ? rows.weights.data() : nullptr);
        add_transposed_product(sums.second, padded(strip, count), padded(products, count));
    }
    return sums;
}

void add_side_by_side(const at::Tensor& f, const std::vector<RegionSums>& regions) {
    const std::vector<at::Tensor> weights = weights_of(regions);
    const std::int64_t channels = f.size(1), strip = strip_rows(f);
    for (std::int64_t start = 0; start < f.size(0); start += rows_at_once(channels)) {
        const std::int64_t end = std::min(start + rows_at_once(channels), f.size(0));
        std::vector<Batch> batches = batches_of(weights, start, end, strip);
        std::vector<Sums> sums(batches.size());
        side_by_side(f.device(), batches.size(),
                     [&](std::size_t i) { sums[i] = sums_of(f, batches[i]); });
        side_by_side(f.device(), regions.size(), [&](std::size_t r) {
            const auto options = f.options().dtype(at::kDouble);
            MomentSums total{0, at::zeros({channels}, options),
                             at::zeros({channels, channels}, options)};
            std::vector<at::Tensor> products;
            for (std::size_t i = 0; i < batches.size(); ++i)
                if (batches[i].region == r) {
                    total.first.add_(sums[i].first);
                    products.push_back(sums[i].second);
                }
            add_symmetric(total.second, products);
            add(*regions[r].sums, total);
        });
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
    pick_rows(f, reached.runs, picked);
    const std::int64_t taken = rounded_up(reached.count(), picked);
    at::Tensor product = products.narrow(0, 0, taken);
    affine_product(product, false, picked.narrow(0, 0, taken), a, b);
    add_to_picked_rows(gradient, reached.runs, product, reached.weights.data());
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
