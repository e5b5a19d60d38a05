// SPDX-License-Identifier: GPL-3.0-or-later
// Widths are OpenCV's to change, which treats each row by itself where heights stay; heights are
// changed here.

#include "core/image/resampling.h"

#include "core/image/opencv_mat.h"

#include <opencv2/imgproc.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace maniera {
namespace {

void change_width(ImageView image, Image& changed) {
    cv::Mat to = as_mat(changed);
    cv::resize(as_mat(image), to, to.size(), 0, 0,
               changed.width < image.width ? cv::INTER_AREA : cv::INTER_CUBIC);
}

// Keys' kernel (1981) with the a = -0.75 that OpenCV has.
double cubic(double distance) {
    constexpr double a = -0.75;
    const double d = std::abs(distance);
    if (d <= 1)
        return ((a + 2) * d - (a + 3)) * d * d + 1;
    return d < 2 ? ((d - 5) * d + 8) * d * a - 4 * a : 0;
}

// Adds the weighted rows to `sum`, one after the other in each place: the bits must not depend on
// how many come together. A stretch at a time stays in the cache nearest to the processor.
void add_rows(float* sum, const float* rows, std::size_t length, const float* weights, int count) {
    constexpr std::size_t stretch = 2048;
    for (std::size_t begin = 0; begin < length; begin += stretch) {
        const std::size_t end = std::min(length, begin + stretch);
        const float *w = weights, *row = rows;
        int left = count;
        for (; left >= 4; left -= 4, w += 4, row += 4 * length)
            for (std::size_t i = begin; i < end; ++i)
                sum[i] = sum[i] + w[0] * row[i] + w[1] * row[i + length] +
                         w[2] * row[i + 2 * length] + w[3] * row[i + 3 * length];
        for (; left > 0; --left, ++w, row += length)
            for (std::size_t i = begin; i < end; ++i)
                sum[i] += w[0] * row[i];
    }
}

// In units of 1/to of the picture's rows, so that overlaps are exact.
RowSum averaged_row(int row, int from, int to) {
    const std::int64_t begin = static_cast<std::int64_t>(row) * from, end = begin + from;
    RowSum sum{static_cast<int>(begin / to), {}};
    for (std::int64_t at = begin / to * to; at < end; at += to)
        sum.weights.push_back(static_cast<float>(
            static_cast<double>(std::min(end, at + to) - std::max(begin, at)) / from));
    return sum;
}

} // namespace

// Beyond the picture its edge rows go on.
RowSum interpolated_row(int row, int from, int to) {
    const double center = (row + 0.5) * from / to - 0.5;
    const int nearest = static_cast<int>(std::floor(center));
    RowSum sum{std::max(0, nearest - 1), {}};
    sum.weights.resize(static_cast<std::size_t>(std::min(from - 1, nearest + 2) - sum.first + 1));
    for (int tap = nearest - 1; tap <= nearest + 2; ++tap)
        sum.weights[static_cast<std::size_t>(std::clamp(tap, 0, from - 1) - sum.first)] +=
            static_cast<float>(cubic(center - tap));
    return sum;
}

RowSum wrapped_row(int row, int from, int to) {
    const double center = (row + 0.5) * from / to - 0.5;
    RowSum sum{static_cast<int>(std::floor(center)) - 1, {}};
    for (int tap = sum.first; tap < sum.first + 4; ++tap)
        sum.weights.push_back(static_cast<float>(cubic(center - tap)));
    return sum;
}

Resampling::Resampling(Size from, int channels, Size to, Span rows)
    : to_(to), across_last_(to.height < from.height && to.width > from.width),
      band_(across_last_ ? from.width : to.width, rows.length(), channels) {
    sums_.reserve(static_cast<std::size_t>(rows.length()));
    for (int row = rows.begin; row < rows.end; ++row)
        sums_.push_back(to.height == from.height  ? RowSum{row, {1}}
                        : to.height < from.height ? averaged_row(row, from.height, to.height)
                                                  : interpolated_row(row, from.height, to.height));
}

Span Resampling::wanted() const {
    return sums_.empty() ? Span{} : Span{sums_.front().first, sums_.back().end()};
}

void Resampling::add(ImageView strip, int row) {
    if (!across_last_ && strip.width != to_.width) {
        if (strip_.height != strip.height)
            strip_ = Image(to_.width, strip.height, strip.channels);
        change_width(strip, strip_);
        strip = strip_;
    }
    const int end = row + strip.height;
    const auto first = std::partition_point(sums_.begin(), sums_.end(),
                                            [=](const RowSum& sum) { return sum.end() <= row; });
    const auto last = std::partition_point(first, sums_.end(),
                                           [=](const RowSum& sum) { return sum.first < end; });
    const auto index = [&](auto sum) { return static_cast<int>(sum - sums_.begin()); };
    const auto length = static_cast<std::size_t>(strip.width) * strip.channels;
    cv::parallel_for_(cv::Range(index(first), index(last)), [&](const cv::Range& range) {
        for (int i = range.start; i < range.end; ++i) {
            const RowSum& sum = sums_[static_cast<std::size_t>(i)];
            const int from = std::max(row, sum.first), to = std::min(end, sum.end());
            add_rows(band_.at(0, i), strip.at(0, from - row), length,
                     &sum.weights[from - sum.first], to - from);
        }
    });
}

Image Resampling::result() {
    if (band_.width != to_.width) {
        Image wider(to_.width, band_.height, band_.channels);
        change_width(band_, wider);
        band_ = std::move(wider);
    }
    for (float& value : band_.pixels)
        value = std::clamp(value, 0.0f, 1.0f);
    return std::move(band_);
}

} // namespace maniera
