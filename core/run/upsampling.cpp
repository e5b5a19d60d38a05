// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/run/upsampling.h"

#include "core/distributed/collectives.h"
#include "core/image/resampling.h"
#include "core/run/painting.h"
#include "core/run/scene_rows.h"

#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/reflection_pad2d.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/upsample_bicubic2d.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

namespace maniera {
namespace {

// The smaller picture's rows that those of a larger canvas are made of.
Span sources_of(const Scene& to, Span canvas, int from) {
    const Span rows = repeated_rows(to.size.height, to.margin, canvas);
    if (rows.length() == 0)
        return {};
    if (to.wrap.y) // the first and last rows are made of both ends
        return {0, from};
    return {interpolated_row(rows.begin, from, to.size.height).first,
            interpolated_row(rows.end - 1, from, to.size.height).end()};
}

// Places along one axis as a sum of four of a tensor's: four numbers and four factors for each.
struct Sums {
    std::array<at::Tensor, 4> places, factors;
};

// Of these places of a canvas, from a picture of `from` pixels of which the tensor has those from
// `first` on.
Sums sums_of(Span canvas, int margin, int from, int to, bool wraps, int first, at::Device device) {
    std::array<std::vector<std::int64_t>, 4> places;
    std::array<std::vector<float>, 4> factors;
    for (int at = canvas.begin; at < canvas.end; ++at) {
        const int place = repeated_rows(to, margin, {at, at + 1}).begin;
        const RowSum sum = wraps ? wrapped_row(place, from, to) : interpolated_row(place, from, to);
        const auto count = static_cast<int>(sum.weights.size()); // fewer than four at an edge
        for (int k = 0; k < 4; ++k) {
            const int source = sum.first + std::min(k, count - 1);
            places[k].push_back((wraps ? (source + from) % from : source) - first);
            factors[k].push_back(k < count ? sum.weights[k] : 0);
        }
    }
    Sums sums;
    for (int k = 0; k < 4; ++k) {
        sums.places[k] = at::tensor(places[k]).to(device);
        sums.factors[k] = at::tensor(factors[k]).to(device);
    }
    return sums;
}

// Of the places [begin, end) along `side`.
at::Tensor summed(const at::Tensor& maps, const Sums& sums, std::int64_t side, std::int64_t begin,
                  std::int64_t end) {
    std::vector<std::int64_t> along(4, 1);
    along[static_cast<std::size_t>(side)] = end - begin;
    at::Tensor result;
    for (int k = 0; k < 4; ++k) {
        at::Tensor part = maps.index_select(side, sums.places[k].narrow(0, begin, end - begin))
                              .mul_(sums.factors[k].narrow(0, begin, end - begin).reshape(along));
        result = k == 0 ? part : result.add_(part);
    }
    return result;
}

// Rows [begin, end) of a canvas's channel.
void sum_rows(const at::Tensor& maps, const Sums& sums, std::int64_t begin, std::int64_t end,
              at::Tensor& canvas, std::int64_t channel) {
    canvas.narrow(1, channel, 1)
        .narrow(2, begin, end - begin)
        .copy_(summed(maps, sums, 2, begin, end));
}

// The same on a processor, once over the memory where ATen goes ten times.
void sum_rows_in_one_sweep(const at::Tensor& maps, const Sums& sums, std::int64_t begin,
                           std::int64_t end, at::Tensor& canvas, std::int64_t channel) {
    const std::int64_t width = maps.size(3), channels = canvas.size(1);
    at::parallel_for(begin, end, 1, [&](std::int64_t first, std::int64_t last) {
        for (std::int64_t at = first; at < last; ++at) {
            std::array<const float*, 4> row;
            std::array<float, 4> factor;
            for (int k = 0; k < 4; ++k) {
                row[k] =
                    maps.data_ptr<float>() + sums.places[k].data_ptr<std::int64_t>()[at] * width;
                factor[k] = sums.factors[k].data_ptr<float>()[at];
            }
            float* to = canvas.data_ptr<float>() + at * width * channels + channel;
            for (std::int64_t x = 0; x < width; ++x)
                to[x * channels] = row[0][x] * factor[0] + row[1][x] * factor[1] +
                                   row[2][x] * factor[2] + row[3][x] * factor[3];
        }
    });
}

// One channel as wide as a canvas, and as high as it is.
at::Tensor widened(const at::Tensor& channel, int from, const Scene& to) {
    if (to.wrap.x) // such a canvas has no margin
        return summed(
            channel, sums_of({0, to.size.width}, 0, from, to.size.width, true, 0, channel.device()),
            3, 0, to.size.width);
    return at::reflection_pad2d(at::upsample_bicubic2d(channel.contiguous(),
                                                       {channel.size(2), to.size.width}, false,
                                                       c10::nullopt, c10::nullopt),
                                {to.margin, to.margin, 0, 0});
}

// This rank's rows of the larger canvas from rows of the smaller picture that begin with row `top`.
// Channel by channel and in strips: that takes less memory.
at::Tensor interpolated(const at::Tensor& rows, int top, Size from, const Scene& to) {
    const int height = to.bands.own().length(), margin = to.margin;
    at::Tensor result = at::empty({1, rows.size(1), height, to.size.width + 2 * margin},
                                  rows.options(), at::MemoryFormat::ChannelsLast);
    if (height == 0)
        return result;
    const Sums sums =
        sums_of(to.bands.own(), margin, from.height, to.size.height, to.wrap.y, top, rows.device());
    for (std::int64_t channel = 0; channel < rows.size(1); ++channel) {
        const at::Tensor wide = widened(rows.narrow(1, channel, 1), from.width, to);
        for_bands(height, std::max<std::int64_t>(1, band_values / wide.size(3)),
                  [&](std::int64_t begin, std::int64_t end) {
                      (rows.is_cpu() ? sum_rows_in_one_sweep : sum_rows)(wide, sums, begin, end,
                                                                         result, channel);
                  });
    }
    return result;
}

// `canvas` and so much of the content, which takes another canvas of memory when it is added whole.
void add_content(at::Tensor& canvas, const Scene& scene, float share) {
    const Span own = scene.bands.own();
    for_bands(
        own.length(), std::max<std::int64_t>(1, band_values / (3 * canvas.size(3))),
        [&](std::int64_t begin, std::int64_t end) {
            const Span rows{own.begin + static_cast<int>(begin), own.begin + static_cast<int>(end)};
            canvas.narrow(2, begin, end - begin)
                .add_(content_canvas(scene, rows, canvas.device()), share);
        });
}

} // namespace

Resizer enlarger(const Scene& from, const Scene& to) {
    return [&from, &to](const at::Tensor& canvas) {
        const at::Tensor own = painting_on(canvas, from);
        if (from.bands.comm->size() == 1)
            return interpolated(own, from.own().begin, from.size, to);
        std::vector<Span> wanted;
        for (const Span band : to.bands.rows)
            wanted.push_back(sources_of(to, band, from.size.height));
        const at::Tensor rows = exchange_rows(*from.bands.comm, own, from.rows, wanted);
        return interpolated(rows, wanted[from.bands.comm->rank()].begin, from.size, to);
    };
}

at::Tensor enlarged_painting(at::Tensor painting, const Scene& from, const Scene& to,
                             float detail) {
    const Resizer enlarge = enlarger(from, to);
    if (detail == 0)
        return enlarge(painting).clamp_(0, 1);
    // The difference of the content's two sizes; the smaller is enlarged with the painting.
    add_content(painting, from, -detail);
    at::Tensor larger = enlarge(painting);
    add_content(larger, to, detail);
    return larger.clamp_(0, 1);
}

} // namespace maniera
