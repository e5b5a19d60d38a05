// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/run/upsampling.h"

#include "core/distributed/collectives.h"
#include "core/image/resampling.h"
#include "core/run/painting.h"
#include "core/run/scene_rows.h"

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
Span sources_of(Span canvas, int margin, int from, int to) {
    const Span rows = reflected_rows(to, margin, canvas);
    if (rows.length() == 0)
        return {};
    return {interpolated_row(rows.begin, from, to).first,
            interpolated_row(rows.end - 1, from, to).end()};
}

// Each of this rank's rows of a canvas as a sum of four of the smaller picture's, which begin with
// row `top`: four numbers of rows and four factors for each.
struct RowSums {
    std::array<at::Tensor, 4> rows, factors;
};

RowSums row_sums(const Scene& to, int from, int top, at::Device device) {
    std::array<std::vector<std::int64_t>, 4> rows;
    std::array<std::vector<float>, 4> factors;
    const Span canvas = to.bands.own();
    for (int at = canvas.begin; at < canvas.end; ++at) {
        const int row = reflected_rows(to.size.height, to.margin, {at, at + 1}).begin;
        const RowSum sum = interpolated_row(row, from, to.size.height);
        const auto count = static_cast<int>(sum.weights.size()); // fewer than four at an edge
        for (int k = 0; k < 4; ++k) {
            rows[k].push_back(sum.first + std::min(k, count - 1) - top);
            factors[k].push_back(k < count ? sum.weights[k] : 0);
        }
    }
    RowSums sums;
    for (int k = 0; k < 4; ++k) {
        sums.rows[k] = at::tensor(rows[k]).to(device);
        sums.factors[k] = at::tensor(factors[k]).to(device).reshape({1, 1, -1, 1});
    }
    return sums;
}

// This rank's rows of the larger canvas from rows of the smaller picture that begin with row `top`.
// Channel by channel and in strips: that takes less memory.
at::Tensor interpolated(const at::Tensor& rows, int top, Size from, const Scene& to) {
    const int height = to.bands.own().length(), margin = to.margin;
    at::Tensor result = at::empty({1, rows.size(1), height, to.size.width + 2 * margin},
                                  rows.options(), at::MemoryFormat::ChannelsLast);
    if (height == 0)
        return result;
    const RowSums sums = row_sums(to, from.height, top, rows.device());
    for (std::int64_t channel = 0; channel < rows.size(1); ++channel) {
        // As high as it is, so that only columns are interpolated.
        const at::Tensor wide =
            at::reflection_pad2d(at::upsample_bicubic2d(rows.narrow(1, channel, 1).contiguous(),
                                                        {rows.size(2), to.size.width}, false,
                                                        c10::nullopt, c10::nullopt),
                                 {margin, margin, 0, 0});
        for_bands(height, std::max<std::int64_t>(1, band_values / wide.size(3)),
                  [&](std::int64_t begin, std::int64_t end) {
                      at::Tensor strip;
                      for (int k = 0; k < 4; ++k) {
                          at::Tensor part =
                              wide.index_select(2, sums.rows[k].narrow(0, begin, end - begin))
                                  .mul_(sums.factors[k].narrow(2, begin, end - begin));
                          strip = k == 0 ? part : strip.add_(part);
                      }
                      result.narrow(1, channel, 1).narrow(2, begin, end - begin).copy_(strip);
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
            wanted.push_back(sources_of(band, to.margin, from.size.height, to.size.height));
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
