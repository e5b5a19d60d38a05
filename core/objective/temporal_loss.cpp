// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/objective/temporal_loss.h"

#include "core/memory/offloaded_tensor.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/sum.h>
#include <ATen/ops/zeros.h>

#include <algorithm>

namespace maniera {

std::vector<at::Tensor> add_temporal(const TemporalTerm& term, const at::Tensor& x,
                                     const std::vector<Span>& spans, double pixels,
                                     at::Tensor& gradient) {
    const double scale = 1 / (static_cast<double>(x.size(1)) * pixels);
    // In chunks: the difference of the whole would take as much memory as the picture.
    const std::int64_t most = std::max<std::int64_t>(1, band_values / (x.size(1) * x.size(3)));
    std::vector<at::Tensor> values(spans.size(), at::zeros({}, x.options().dtype(at::kDouble)));
    for (std::size_t i = 0; i < spans.size(); ++i) {
        const int above = spans[i].begin - spans.front().begin;
        for_bands(spans[i].length(), most, [&](std::int64_t from, std::int64_t to) {
            const auto rows = [&](const at::Tensor& of) {
                return of.narrow(2, above + from, to - from);
            };
            const at::Tensor difference = rows(x) - rows(term.target);
            const at::Tensor weighted = difference * rows(term.confidence);
            values[i] = values[i] + (difference * weighted).sum().to(at::kDouble) * scale;
            rows(gradient).add_(weighted, 2 * scale * term.weight);
        });
    }
    return values;
}

} // namespace maniera
