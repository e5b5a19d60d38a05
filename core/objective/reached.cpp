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
#include <ATen/ops/full.h>
#include <ATen/ops/mm.h>
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

// The sums of weights * rows, (C), of rows^T rows or rows^T weighed_rows(), and of weights *
// |rows|^2, where rows are taken on some directions.
struct Sums {
    at::Tensor first, second;
    double square = 0;
};

Sums sums_of(const at::Tensor& f, Batch& batch, const at::Tensor& directions) {
    const OneBlasThread alone; // else the products' bits depend on how many there are
    const std::int64_t channels = f.size(1);
    const auto in_float = f.options().dtype(at::kFloat);
    at::Tensor strip = strip_like(f, channels), left = strip;
    if (directions.defined())
        left = at::empty({strip.size(0), directions.size(1)}, in_float);
    const bool has_rest = batch.is_weighed && left.scalar_type() == at::kBFloat16;
    const std::int64_t columns = has_rest ? 2 * left.size(1) : left.size(1);
    Sums sums{at::zeros({channels}, in_float), at::zeros({left.size(1), columns}, in_float)};
    at::Tensor right =
        batch.is_weighed ? at::empty({strip.size(0), columns}, left.options()) : left;
    for (Rows& rows : batch.strips) {
        const std::int64_t count = rows.count();
        const float* weights = batch.is_weighed ? rows.weights.data() : nullptr;
        pick_rows(f, rows.runs, strip);
        const at::Tensor picked = strip.narrow(0, 0, count);
        add_sum_of_rows(sums.first, picked, weights);
        if (directions.defined()) {
            sums.square += sum_of_squares(picked, weights);
            at::Tensor projected = left.narrow(0, 0, rounded_up(count, strip));
            affine_product(projected, false, padded(strip, count), directions, {});
        }
        if (batch.is_weighed) {
            at::Tensor weighed = right.narrow(0, 0, count);
            weigh_rows(weighed, left.narrow(0, 0, count), rows.weights_tensor());
        }
        add_transposed_product(sums.second, padded(left, count), padded(right, count));
    }
    return sums;
}

// Of a region's batches.
MomentSums total_of(std::size_t region, const std::vector<Batch>& batches,
                    const std::vector<Sums>& sums, std::int64_t channels,
                    const at::Tensor& directions) {
    const auto options = at::TensorOptions(at::kDouble);
    const std::int64_t side = directions.defined() ? directions.size(1) : channels;
    MomentSums total{0, at::zeros({channels}, options), at::zeros({side, side}, options)};
    double square = 0;
    std::vector<at::Tensor> products;
    for (std::size_t i = 0; i < batches.size(); ++i)
        if (batches[i].region == region) {
            total.first.add_(sums[i].first);
            products.push_back(sums[i].second);
            square += sums[i].square;
        }
    add_symmetric(total.second, products);
    if (directions.defined())
        total.square = at::full({}, square, options);
    return total;
}

// Of the rows from `begin` to `end`.
void add_sums(const at::Tensor& f, const std::vector<at::Tensor>& weights, std::int64_t begin,
              std::int64_t end, const std::vector<RegionSums>& regions) {
    std::vector<Batch> batches = batches_of(weights, begin, end, strip_rows(f));
    std::vector<Sums> sums(batches.size());
    side_by_side(f.device(), batches.size(), [&](std::size_t i) {
        sums[i] = sums_of(f, batches[i], regions[batches[i].region].directions);
    });
    side_by_side(f.device(), regions.size(), [&](std::size_t r) {
        add(*regions[r].sums, total_of(r, batches, sums, f.size(1), regions[r].directions));
    });
}

void add_side_by_side(const at::Tensor& f, const std::vector<RegionSums>& regions) {
    const std::vector<at::Tensor> weights = weights_of(regions);
    const std::int64_t rows = f.size(0), at_once = rows_at_once(f.size(1));
    add_sums(f, weights, 0, std::min(at_once, rows), regions); // of no rows they are 0
    for (std::int64_t begin = at_once; begin < rows; begin += at_once)
        add_sums(f, weights, begin, std::min(begin + at_once, rows), regions);
}

// A region's map as products take it.
struct Pull {
    at::Tensor a, b;       // a in the features' precision, b in float32
    at::Tensor directions; // that a is from, or undefined
    float diagonal;
};

Pull pull_of(const ReachedGradient& region, at::ScalarType precision) {
    const at::Tensor a = region.directions.defined()
                             ? at::mm(region.inner, region.directions.to(at::kFloat).t())
                             : region.a;
    return {a.to(precision).contiguous(),
            region.b.defined() ? region.b.to(at::kFloat).contiguous() : region.b, region.directions,
            static_cast<float>(region.diagonal)};
}

// gradient += weights * (f a + b), of a strip; a and b as affine_product() wants them. With
// directions a is from these to channels, and the diagonal comes to it.
void pull(at::Tensor gradient, const at::Tensor& f, const Pull& region, const float* weights,
          at::Tensor& picked, at::Tensor& products) {
    Rows reached;
    for (std::int64_t i = 0; i < f.size(0); ++i)
        if (weights[i] != 0)
            reached.add(i, weights[i]);
    if (reached.count() == 0)
        return;
    pick_rows(f, reached.runs, picked);
    const std::int64_t taken = rounded_up(reached.count(), picked);
    at::Tensor product = products.narrow(0, 0, taken);
    at::Tensor left = picked.narrow(0, 0, taken);
    if (region.directions.defined()) {
        left = at::empty({taken, region.directions.size(1)}, f.options());
        affine_product(left, false, picked.narrow(0, 0, taken), region.directions, {});
    }
    affine_product(product, false, left, region.a, region.b);
    add_to_picked_rows(gradient, reached.runs, product, reached.weights.data());
    if (!region.directions.defined())
        return;
    for (float& weight : reached.weights)
        weight *= region.diagonal;
    add_to_picked_rows(gradient, reached.runs, picked, reached.weights.data());
}

} // namespace

bool projects_on(std::int64_t directions, std::int64_t channels) {
    return 4 * directions <= channels;
}

void add_moments(const at::Tensor& features, const std::vector<RegionSums>& regions) {
    const bool passes_over = is_ours(features);
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
    std::vector<Pull> pulls;
    for (const ReachedGradient& region : regions)
        pulls.push_back(pull_of(region, f.scalar_type()));
    const std::int64_t strip = strip_rows(f), strips = (f.size(0) + strip - 1) / strip;
    side_by_side(f.device(), static_cast<std::size_t>(strips), [&](std::size_t i) {
        const OneBlasThread alone;
        const std::int64_t start = static_cast<std::int64_t>(i) * strip;
        const std::int64_t count = std::min(strip, f.size(0) - start);
        at::Tensor picked = strip_like(f, f.size(1)), products = strip_like(f, f.size(1));
        for (std::size_t r = 0; r < regions.size(); ++r)
            pull(gradient.narrow(0, start, count), rows.narrow(0, start, count), pulls[r],
                 weights[r].data_ptr<float>() + start, picked, products);
    });
}

} // namespace maniera
