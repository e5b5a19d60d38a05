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

std::vector<at::Tensor> add_smoothness(ManieraObjective objective, const Rows& x,
                                       const std::vector<Span>& spans, double weight,
                                       at::Tensor& gradient) {
    const int height = x.picture.height, width = x.picture.width;
    const Span own{spans.front().begin, spans.back().end};
    // In bands: as a whole differences would take as much memory as the picture, twice.
    const std::int64_t most = std::max<std::int64_t>(1, band_values / (x.pixels.size(1) * width));
    std::vector<at::Tensor> values(spans.size(),
                                   at::zeros({}, x.pixels.options().dtype(at::kDouble)));
    // The differences of neighbours (dy, dx) apart, over the pairs inside the picture.
    const auto pairs = [&](int dy, int dx, double share) {
        const int columns = width - std::abs(dx);
        const double scale =
            share / (static_cast<double>(x.pixels.size(1)) * (height - dy) * columns);
        const auto window = [&](const at::Tensor& t, int top, Span rows, bool far) {
            const int left = far == (dx > 0) ? std::abs(dx) : 0;
            return t.narrow(2, rows.begin - top, rows.length()).narrow(3, left, columns);
        };
        // Of the pairs with upper pixels in these rows, what of the gradient is asked for.
        const auto take = [&](Span rows, at::Tensor* value) {
            const at::Tensor difference =
                window(x.pixels, x.top, {rows.begin + dy, rows.end + dy}, true) -
                window(x.pixels, x.top, rows, false);
            at::Tensor pull;
            if (objective == MANIERA_OBJECTIVE_GATYS) {
                if (value)
                    *value = *value + difference.abs().sum().to(at::kDouble) * 255;
                pull = difference.sign().mul_(255 * weight);
            } else {
                if (value)
                    *value = *value + difference.square().sum().to(at::kDouble) * scale;
                pull = difference.mul_(2 * scale * weight);
            }
            const auto part = [&](Span at) {
                return Span{std::max(at.begin, own.begin), std::min(at.end, own.end)};
            };
            const Span far = part({rows.begin + dy, rows.end + dy}), near = part(rows);
            if (far.length() > 0)
                window(gradient, own.begin, far, true)
                    .add_(pull.narrow(2, far.begin - dy - rows.begin, far.length()));
            if (near.length() > 0)
                window(gradient, own.begin, near, false)
                    .sub_(pull.narrow(2, near.begin - rows.begin, near.length()));
        };
        if (dy > 0 && own.begin > 0) // another's, but its lower pixels are ours
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
    if (objective == MANIERA_OBJECTIVE_PAINTERLY) {
        pairs(1, 1, 1.0 / 6);
        pairs(1, -1, 1.0 / 6);
    }
    return values;
}

} // namespace maniera
