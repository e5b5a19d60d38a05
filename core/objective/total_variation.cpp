// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/objective/total_variation.h"

#include "core/memory/offloaded_tensor.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/sign.h>
#include <ATen/ops/sum.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <cstdlib>

namespace maniera {

std::vector<at::Tensor> add_total_variation(const ObjectiveConvention& convention, const Rows& x,
                                            const std::vector<Span>& spans, double weight,
                                            at::Tensor& gradient) {
    const int height = x.picture.height, width = x.picture.width;
    const Span own{spans.front().begin, spans.back().end};
    // In bands: differences of the whole would take twice the memory of the picture.
    const std::int64_t most = std::max<std::int64_t>(1, band_values / (x.pixels.size(1) * width));
    std::vector<at::Tensor> values(spans.size(),
                                   at::zeros({}, x.pixels.options().dtype(at::kDouble)));
    // Pairs of pixels (dy, dx) apart, both inside the picture.
    const auto pairs = [&](int dy, int dx, double share) {
        const int columns = width - std::abs(dx);
        const double scale =
            share / (static_cast<double>(x.pixels.size(1)) * (height - dy) * columns);
        const auto window = [&](const at::Tensor& t, int top, Span rows, bool far) {
            const int left = far == (dx > 0) ? std::abs(dx) : 0;
            return t.narrow(2, rows.begin - top, rows.length()).narrow(3, left, columns);
        };
        // The pairs whose upper pixels lie in these rows; their value only where asked for.
        const auto take = [&](Span rows, at::Tensor* value) {
            const at::Tensor difference =
                window(x.pixels, x.top, {rows.begin + dy, rows.end + dy}, true) -
                window(x.pixels, x.top, rows, false);
            at::Tensor slope;
            if (convention.squared_variation) {
                if (value)
                    *value = *value + difference.square().sum().to(at::kDouble) * scale;
                slope = difference.mul_(2 * scale * weight);
            } else {
                if (value)
                    *value = *value + difference.abs().sum().to(at::kDouble) * 255;
                slope = difference.sign().mul_(255 * weight);
            }
            const auto part = [&](Span at) {
                return Span{std::max(at.begin, own.begin), std::min(at.end, own.end)};
            };
            const Span far = part({rows.begin + dy, rows.end + dy}), near = part(rows);
            if (far.length() > 0)
                window(gradient, own.begin, far, true)
                    .add_(slope.narrow(2, far.begin - dy - rows.begin, far.length()));
            if (near.length() > 0)
                window(gradient, own.begin, near, false)
                    .sub_(slope.narrow(2, near.begin - rows.begin, near.length()));
        };
        if (dy > 0 && own.begin > 0) // another rank's pairs, whose lower pixels are ours
            take({own.begin - 1, own.begin}, nullptr);
        for (std::size_t i = 0; i < spans.size(); ++i) {
            const int end = std::min(spans[i].end, height - dy);
            if (end > spans[i].begin)
                for_bands(end - spans[i].begin, most, [&](std::int64_t from, std::int64_t to) {
                    const int begin = spans[i].begin;
                    take({begin + static_cast<int>(from), begin + static_cast<int>(to)},
                         &values[i]);
                });
        }
    };
    pairs(0, 1, 2.0 / 3);
    pairs(1, 0, 2.0 / 3);
    if (convention.squared_variation) {
        pairs(1, 1, 1.0 / 6);
        pairs(1, -1, 1.0 / 6);
    }
    return values;
}

} // namespace maniera
