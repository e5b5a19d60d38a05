// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/objective/total_variation.h"

#include "core/memory/offloaded_tensor.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/sign.h>
#include <ATen/ops/sum.h>
#include <ATen/ops/zeros.h>

#include <algorithm>

namespace maniera {

namespace {

// Differences in one direction: of pairs of pixels (dy, dx) apart, both inside the picture, or the
// farther one beyond an edge where the picture goes on at its other end.
struct Direction {
    int dy, dx;
    double share; // of the mean of squares
};

std::vector<Direction> directions_of(const ObjectiveConvention& convention) {
    std::vector<Direction> directions{{0, 1, 2.0 / 3}, {1, 0, 2.0 / 3}};
    if (convention.squared_variation) {
        directions.push_back({1, 1, 1.0 / 6});
        directions.push_back({1, -1, 1.0 / 6});
    }
    return directions;
}

// What one direction adds to the value and to this rank's rows of the gradient.
class PairTerm {
public:
    PairTerm(const ObjectiveConvention& convention, Direction direction, const Rows& x, Span own,
             double weight, at::Tensor& gradient)
        : squared_(convention.squared_variation), direction_(direction), x_(x), own_(own),
          weight_(weight), gradient_(gradient),
          columns_(
              nearer(x.picture.width, convention.surroundings, direction.dx, convention.wrap.x)),
          rows_(nearer(x.picture.height, convention.surroundings, direction.dy, convention.wrap.y)),
          scale_(direction.share /
                 (static_cast<double>(x.pixels.size(1)) * rows_.length() * columns_.length())) {}

    // Those with the upper pixel of a pair.
    Span in_pairs(Span rows) const {
        return {std::max(rows.begin, rows_.begin), std::min(rows.end, rows_.end)};
    }

    // Of the pairs whose upper pixels lie in these rows; their value only where asked for.
    void add(Span rows, at::Tensor* value) {
        const at::Tensor difference =
            window(x_.pixels, x_.top, moved(rows), true) - window(x_.pixels, x_.top, rows, false);
        if (value)
            *value = *value + value_of(difference);
        add_gradient(rows, squared_ ? difference.mul_(2 * scale_ * weight_)
                                    : difference.sign().mul_(255 * weight_));
    }

private:
    // The places of the nearer pixels along one axis.
    static Span nearer(int length, int surroundings, int distance, bool wraps) {
        const Span picture{surroundings, length - surroundings};
        if (wraps)
            return picture;
        return {picture.begin - std::min(0, distance), picture.end - std::max(0, distance)};
    }

    Span moved(Span rows) const { return {rows.begin + direction_.dy, rows.end + direction_.dy}; }

    Span owned(Span rows) const {
        return {std::max(rows.begin, own_.begin), std::min(rows.end, own_.end)};
    }

    // The nearer or the farther pixels of the pairs, in rows of `t`, whose first row is `top`.
    at::Tensor window(const at::Tensor& t, int top, Span rows, bool far) const {
        return t.narrow(2, rows.begin - top, rows.length())
            .narrow(3, columns_.begin + (far ? direction_.dx : 0), columns_.length());
    }

    at::Tensor value_of(const at::Tensor& difference) const {
        return squared_ ? difference.square().sum().to(at::kDouble) * scale_
                        : difference.abs().sum().to(at::kDouble) * 255;
    }

    void add_gradient(Span rows, const at::Tensor& slope) {
        const Span far = owned(moved(rows)), near = owned(rows);
        if (far.length() > 0)
            window(gradient_, own_.begin, far, true)
                .add_(slope.narrow(2, far.begin - moved(rows).begin, far.length()));
        if (near.length() > 0)
            window(gradient_, own_.begin, near, false)
                .sub_(slope.narrow(2, near.begin - rows.begin, near.length()));
    }

    const bool squared_;
    const Direction direction_;
    const Rows& x_;
    const Span own_;
    const double weight_;
    at::Tensor& gradient_;
    const Span columns_, rows_; // of the nearer pixels
    const double scale_;
};

} // namespace

std::vector<at::Tensor> add_total_variation(const ObjectiveConvention& convention, const Rows& x,
                                            const std::vector<Span>& spans, double weight,
                                            at::Tensor& gradient) {
    const Span own{spans.front().begin, spans.back().end};
    // In chunks: differences of the whole would take twice the memory of the picture.
    const std::int64_t most =
        std::max<std::int64_t>(1, band_values / (x.pixels.size(1) * x.picture.width));
    std::vector<at::Tensor> values(spans.size(),
                                   at::zeros({}, x.pixels.options().dtype(at::kDouble)));
    for (const Direction& direction : directions_of(convention)) {
        PairTerm term(convention, direction, x, own, weight, gradient);
        const Span above = term.in_pairs({own.begin - 1, own.begin});
        if (direction.dy > 0 && above.length() > 0) // another rank's, whose lower pixels are ours
            term.add(above, nullptr);
        for (std::size_t i = 0; i < spans.size(); ++i) {
            const Span rows = term.in_pairs(spans[i]);
            if (rows.length() > 0)
                for_bands(rows.length(), most, [&](std::int64_t from, std::int64_t to) {
                    term.add(
                        {rows.begin + static_cast<int>(from), rows.begin + static_cast<int>(to)},
                        &values[i]);
                });
        }
    }
    return values;
}

} // namespace maniera
