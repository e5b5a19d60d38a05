// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/parts/edge_smoother.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace maniera {
namespace {

constexpr double contrast = 0.03;
constexpr double strength = 900;
constexpr int rounds = 3;

// The pixels of a row or column.
struct Line {
    std::size_t first, step, length;
};

template <typename F>
void for_lines(Size size, bool rows, const F& f) {
    const auto width = static_cast<std::size_t>(size.width);
    const auto height = static_cast<std::size_t>(size.height);
    for (std::size_t i = 0; i < (rows ? height : width); ++i)
        f(rows ? Line{i * width, 1, width} : Line{i, width, height});
}

std::vector<float> weights_along(ImageView picture, bool rows) {
    std::vector<float> weights(static_cast<std::size_t>(picture.width) * picture.height);
    for_lines(size_of(picture), rows, [&](const Line& line) {
        for (std::size_t i = 0; i + 1 < line.length; ++i) {
            const std::size_t here = line.first + i * line.step, next = here + line.step;
            double square = 0;
            for (std::size_t c = 0; c < 3; ++c) {
                const double difference =
                    picture.pixels[3 * here + c] - picture.pixels[3 * next + c];
                square += difference * difference;
            }
            weights[here] = static_cast<float>(std::exp(-std::sqrt(square) / contrast));
        }
    });
    return weights;
}

// Solves (1 + amount L) v = u in place, L the Laplacian of the weights: a tridiagonal system.
void solve(std::vector<float>& values, const std::vector<float>& weights, double amount,
           const Line& line, std::vector<double>& upper) {
    double before = 0; // the weight with the pixel before, times amount
    double value = 0;
    for (std::size_t i = 0; i < line.length; ++i) {
        const std::size_t at = line.first + i * line.step;
        const double after = amount * weights[at];
        const double pivot = 1 + after + before * (1 - (i > 0 ? upper[i - 1] : 0));
        upper[i] = after / pivot;
        value = (values[at] + before * value) / pivot;
        values[at] = static_cast<float>(value);
        before = after;
    }
    for (std::size_t i = line.length - 1; i-- > 0;) {
        const std::size_t at = line.first + i * line.step;
        value = values[at] + upper[i] * value;
        values[at] = static_cast<float>(value);
    }
}

} // namespace

EdgeSmoother::EdgeSmoother(ImageView picture)
    : size_(size_of(picture)), right_(weights_along(picture, true)),
      below_(weights_along(picture, false)) {}

Image EdgeSmoother::smoothed(Image map) const {
    std::vector<double> upper(static_cast<std::size_t>(std::max(size_.width, size_.height)));
    for (int round = 1; round <= rounds; ++round) {
        const double amount =
            strength * 1.5 * std::pow(4, rounds - round) / (std::pow(4, rounds) - 1);
        for (const bool rows : {true, false})
            for_lines(size_, rows, [&](const Line& line) {
                solve(map.pixels, rows ? right_ : below_, amount, line, upper);
            });
    }
    return map;
}

} // namespace maniera
