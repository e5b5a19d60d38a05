// SPDX-License-Identifier: GPL-3.0-or-later
// OpenCV converts between sRGB and L*a*b*; the linear algebra is 3 x 3.

#include "core/image/color_transfer.h"

#include "core/image/opencv_mat.h"

#include <opencv2/imgproc.hpp>

#include <algorithm>
#include <cmath>

namespace maniera {
namespace {

bool in_gamut(const cv::Vec3f& rgb) {
    constexpr float slack = 1e-3f;
    return *std::min_element(rgb.val, rgb.val + 3) >= -slack &&
           *std::max_element(rgb.val, rgb.val + 3) <= 1 + slack;
}

float encode(float linear) {
    return linear <= 0.0031308f ? 12.92f * linear : 1.055f * std::pow(linear, 1 / 2.4f) - 0.055f;
}

// OpenCV clips to [0,1] on the way back from L*a*b*, which hides what is out of gamut; this does
// not. D65, sRGB primaries.
cv::Vec3f lab_to_rgb(const cv::Vec3f& lab) {
    const float fy = (lab[0] + 16) / 116, fx = fy + lab[1] / 500, fz = fy - lab[2] / 200;
    const auto inverse = [](float f) {
        return f > 6.0f / 29 ? f * f * f : (f - 16.0f / 116) * 108 / 841;
    };
    const float x = 0.950456f * inverse(fx), y = inverse(fy), z = 1.088754f * inverse(fz);
    return {encode(3.2404542f * x - 1.5371385f * y - 0.4985314f * z),
            encode(-0.9692660f * x + 1.8760108f * y + 0.0415560f * z),
            encode(0.0556434f * x - 0.2040259f * y + 1.0572252f * z)};
}

struct Distribution {
    cv::Vec3d mean;
    cv::Matx33d covariance;
};

Distribution distribution(const ColorSums& sums) {
    if (sums.weight <= 0)
        return {{0.5, 0.5, 0.5}, cv::Matx33d::eye()};
    const cv::Vec3d mean = cv::Vec3d(sums.first.data()) * (1 / sums.weight);
    // A level of 8 bits keeps flat pictures from a division by zero.
    return {mean, cv::Matx33d(sums.second.data()) * (1 / sums.weight) - mean * mean.t() +
                      cv::Matx33d::eye() * (1 / 255.0 / 255)};
}

// V diag(f(lambda)) V^T of a symmetric matrix.
template <typename F>
cv::Matx33d spectral(const cv::Matx33d& matrix, F f) {
    cv::Mat values, vectors; // vectors are rows
    cv::eigen(cv::Mat(matrix), values, vectors);
    const cv::Matx33d v(vectors.ptr<double>());
    const cv::Vec3d l(values.ptr<double>());
    const auto at = [&](int i) { return f(std::max(1e-12, l[i])); };
    return v.t() * cv::Matx33d::diag({at(0), at(1), at(2)}) * v;
}

} // namespace

Image keep_colors(ImageView painting, ImageView content) {
    cv::Mat painted, kept;
    cv::cvtColor(as_mat(painting), painted, cv::COLOR_RGB2Lab);
    cv::cvtColor(as_mat(content), kept, cv::COLOR_RGB2Lab);
    Image result(painting.width, painting.height, 3);
    for (int y = 0; y < painting.height; ++y)
        for (int x = 0; x < painting.width; ++x) {
            cv::Vec3f lab = kept.at<cv::Vec3f>(y, x);
            lab[0] = painted.at<cv::Vec3f>(y, x)[0];
            cv::Vec3f rgb = lab_to_rgb(lab);
            if (!in_gamut(rgb)) {
                float fits = 0, fails = 1; // shares of the chroma
                for (int i = 0; i < 8; ++i) {
                    const float share = (fits + fails) / 2;
                    rgb = lab_to_rgb({lab[0], lab[1] * share, lab[2] * share});
                    (in_gamut(rgb) ? fits : fails) = share;
                }
                rgb = lab_to_rgb({lab[0], lab[1] * fits, lab[2] * fits});
            }
            for (int c = 0; c < 3; ++c)
                result.at(x, y)[c] = std::clamp(rgb[c], 0.0f, 1.0f);
        }
    return result;
}

ColorSums sum_colors(ImageView image, ImageView weights) {
    ColorSums sums;
    const std::size_t count = static_cast<std::size_t>(image.width) * image.height;
    for (std::size_t i = 0; i < count; ++i) {
        const double w = weights.empty() ? 1 : weights.pixels[i];
        const float* p = image.pixels + 3 * i;
        sums.weight += w;
        for (int a = 0; a < 3; ++a) {
            sums.first[a] += w * p[a];
            for (int b = 0; b < 3; ++b)
                sums.second[3 * a + b] += w * p[a] * p[b];
        }
    }
    return sums;
}

void add_colors(ColorSums& sums, const ColorSums& more, double weight) {
    if (more.weight <= 0)
        return;
    const double share = weight / more.weight;
    sums.weight += weight;
    for (std::size_t i = 0; i < sums.first.size(); ++i)
        sums.first[i] += share * more.first[i];
    for (std::size_t i = 0; i < sums.second.size(); ++i)
        sums.second[i] += share * more.second[i];
}

std::optional<ColorLine> color_line(const ColorSums& sums) {
    if (sums.weight <= 0)
        return std::nullopt;
    constexpr double slack = 2 / 255.0; // the root of the mean square
    const cv::Vec3d mean = cv::Vec3d(sums.first.data()) * (1 / sums.weight);
    const cv::Matx33d covariance =
        cv::Matx33d(sums.second.data()) * (1 / sums.weight) - mean * mean.t();
    // From the line of grays, which has a direction even for a flat picture.
    const cv::Vec3d gray = cv::Vec3d(1, 1, 1) * (1 / std::sqrt(3.0));
    const cv::Vec3d off = mean - gray * gray.dot(mean);
    const double spread = cv::trace(covariance);
    if (spread - gray.dot(covariance * gray) + off.dot(off) < slack * slack)
        return ColorLine{{0, 0, 0}, {gray[0], gray[1], gray[2]}};
    cv::Mat values, vectors; // from the largest on; vectors are rows
    cv::eigen(cv::Mat(covariance), values, vectors);
    const double along = values.at<double>(0);
    if (along < slack * slack || spread - along >= slack * slack)
        return std::nullopt;
    const double* const direction = vectors.ptr<double>();
    return ColorLine{{mean[0], mean[1], mean[2]}, {direction[0], direction[1], direction[2]}};
}

std::array<float, 3> on_line(const ColorLine& line, const float* rgb) {
    const std::array<double, 3> luma = {0.299, 0.587, 0.114}; // of encoded values
    double light = 0, rise = 0, nearest = 0;
    for (std::size_t c = 0; c < 3; ++c) {
        const double away = rgb[c] - line.point[c];
        light += luma[c] * away;
        rise += luma[c] * line.direction[c];
        nearest += line.direction[c] * away;
    }
    const double along = std::abs(rise) > 0.2 ? light / rise : nearest;
    std::array<float, 3> color;
    for (std::size_t c = 0; c < 3; ++c)
        color[c] =
            static_cast<float>(std::clamp(line.point[c] + along * line.direction[c], 0.0, 1.0));
    return color;
}

Image match_colors(ImageView image, const ColorSums& from_sums, const ColorSums& to_sums) {
    const Distribution from = distribution(from_sums);
    const Distribution to = distribution(to_sums);
    const cv::Matx33d root = spectral(from.covariance, [](double l) { return std::sqrt(l); });
    const cv::Matx33d back = spectral(from.covariance, [](double l) { return 1 / std::sqrt(l); });
    const cv::Matx33d map =
        back * spectral(root * to.covariance * root, [](double l) { return std::sqrt(l); }) * back;
    Image result(image.width, image.height, 3);
    for (std::size_t i = 0; i < result.pixels.size(); i += 3) {
        const cv::Vec3d color(image.pixels[i], image.pixels[i + 1], image.pixels[i + 2]);
        const cv::Vec3d moved = map * (color - from.mean) + to.mean;
        for (int c = 0; c < 3; ++c)
            result.pixels[i + c] = static_cast<float>(std::clamp(moved[c], 0.0, 1.0));
    }
    return result;
}

} // namespace maniera
