// SPDX-License-Identifier: GPL-3.0-or-later
// OpenCV resamples: INTER_AREA where an axis shrinks, INTER_CUBIC where it grows.

#include "core/pyramid.h"

#include <opencv2/imgproc.hpp>

#include <algorithm>
#include <cmath>

namespace maniera {
namespace {

constexpr int coarsest_long_side = 128;

cv::Mat as_mat(ImageView image) {
    return cv::Mat(image.height, image.width, CV_32FC(image.channels),
                   const_cast<float*>(image.pixels));
}

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
    // Each axis by itself, the shrinking one first: less is left to do. OpenCV writes into the
    // pictures themselves, as they have its size and kind already.
    Image between;
    const auto along = [&](int width, int height) {
        if (image.width == width && image.height == height)
            return;
        const bool shrinks = width < image.width || height < image.height;
        Image resized(width, height, image.channels);
        cv::Mat to = as_mat(resized);
        cv::resize(as_mat(image), to, to.size(), 0, 0, shrinks ? cv::INTER_AREA : cv::INTER_CUBIC);
        between = std::move(resized);
        image = between;
    };
    along(std::min(size.width, image.width), std::min(size.height, image.height));
    along(size.width, size.height);
    Image result = between.empty() ? copy(image) : std::move(between);
    for (float& value : result.pixels)
        value = std::min(1.0f, std::max(0.0f, value));
    return result;
}

Picture resize(const Picture& picture, Size size) {
    Picture result;
    result.name = picture.name;
    if (picture.alpha.empty()) {
        result.color = resize(picture.color, size);
        return result;
    }
    // Premultiplied, so that colours weigh by their opacity; where nothing is opaque the plain
    // average stands in.
    Image weighted = picture.color;
    for (std::size_t i = 0; i < picture.alpha.pixels.size(); ++i)
        for (int c = 0; c < 3; ++c)
            weighted.pixels[3 * i + c] *= picture.alpha.pixels[i];
    weighted = resize(weighted, size);
    result.alpha = resize(picture.alpha, size);
    result.color = resize(picture.color, size);
    for (std::size_t i = 0; i < result.alpha.pixels.size(); ++i) {
        const float alpha = result.alpha.pixels[i];
        if (alpha < 1.0f / 255 || alpha >= 1)
            continue;
        for (int c = 0; c < 3; ++c)
            result.color.pixels[3 * i + c] = std::min(1.0f, weighted.pixels[3 * i + c] / alpha);
    }
    return result;
}

Image extend_by_reflection(ImageView image, int left, int top, int right, int bottom) {
    Image extended(left + image.width + right, top + image.height + bottom, image.channels);
    cv::Mat to = as_mat(extended);
    // OpenCV reflects back and forth when a border is wider than the picture.
    cv::copyMakeBorder(as_mat(image), to, top, bottom, left, right, cv::BORDER_REFLECT_101);
    return extended;
}

Image crop(ImageView image, int left, int top, int width, int height) {
    Image cut(width, height, image.channels);
    as_mat(image)(cv::Rect(left, top, width, height)).copyTo(as_mat(cut));
    return cut;
}

} // namespace maniera
