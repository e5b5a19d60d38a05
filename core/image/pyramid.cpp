// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/image/pyramid.h"

#include "core/image/opencv_mat.h"
#include "core/image/row_source.h"

#include <opencv2/imgproc.hpp>

#include <algorithm>
#include <cmath>

namespace maniera {
namespace {

constexpr int coarsest_long_side = 128;

} // namespace

Size fit_long_side(Size picture, int long_side) {
    const double scale = static_cast<double>(long_side) / std::max(picture.width, picture.height);
    const auto side = [&](int length) {
        return std::max(1, static_cast<int>(std::lround(length * scale)));
    };
    return {side(picture.width), side(picture.height)};
}

std::vector<Size> scale_sizes(Size full, int count) {
    const int long_side = std::max(full.width, full.height);
    const int short_side = std::min(full.width, full.height);
    const double least = std::max<double>(coarsest_long_side, static_cast<double>(shortest_side) *
                                                                  long_side / short_side);
    const double octaves = std::log2(long_side / least);
    if (octaves <= 0 || count == 1)
        return {full};
    // A last scale a little larger than twice the one before is cheaper than one scale more.
    const int steps = count > 0 ? count - 1 : static_cast<int>(std::ceil(octaves - 0.25));
    const double first = count > 0 ? std::max(least, long_side / std::pow(2.0, steps)) : least;
    std::vector<Size> sizes;
    for (int i = 0; i < steps; ++i) {
        const double wanted = first * std::pow(long_side / first, static_cast<double>(i) / steps);
        const Size size = fit_long_side(full, static_cast<int>(std::lround(wanted)));
        if (!(size == full) && (sizes.empty() || !(size == sizes.back())))
            sizes.push_back(size);
    }
    sizes.push_back(full);
    return sizes;
}

Image resize(ImageView image, Size size) {
    return resized_rows(rows_of(image), size, {0, size.height});
}

Picture resize(const Picture& picture, Size size) {
    return resized_rows(rows_of(picture), size, {0, size.height});
}

Image crop(ImageView image, int left, int top, int width, int height) {
    Image cut(width, height, image.channels);
    as_mat(image)(cv::Rect(left, top, width, height)).copyTo(as_mat(cut));
    return cut;
}

std::vector<float> cell_means(ImageView map, Size grid, int cell) {
    if (map.empty())
        return {};
    std::vector<float> means;
    for (int row = 0; row < grid.height; ++row)
        for (int column = 0; column < grid.width; ++column) {
            float sum = 0;
            for (int y = 0; y < cell; ++y)
                for (int x = 0; x < cell; ++x)
                    sum += *map.at(column * cell + x, row * cell + y);
            means.push_back(sum / static_cast<float>(cell * cell));
        }
    return means;
}

} // namespace maniera
