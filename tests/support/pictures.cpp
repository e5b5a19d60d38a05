// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/support/pictures.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <stdexcept>

namespace maniera::test {

Image make_noise(int width, int height, int channels, std::uint32_t seed) {
    std::mt19937 random(seed);
    Image image(width, height, channels);
    for (float& value : image.pixels)
        value = static_cast<float>(random() >> 8) / (1 << 24);
    return image;
}

Picture make_picture(int width, int height, std::uint32_t seed) {
    const Image grain = make_noise(width, height, 3, seed);
    const Image chance = make_noise(9, 1, 1, seed + 1);
    Picture picture;
    picture.name = "picture " + std::to_string(seed);
    picture.color = Image(width, height, 3);
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x)
            for (int c = 0; c < 3; ++c) {
                const float* p = chance.at(3 * c, 0);
                const double u = 0.05 + 0.4 * p[0], v = 0.05 + 0.4 * p[1], phase = 6 * p[2];
                const double wave = std::sin(u * x + phase) * std::cos(v * y - phase);
                picture.color.at(x, y)[c] = static_cast<float>(std::min(
                    1.0, std::max(0.0, 0.5 + 0.38 * wave + 0.12 * (grain.at(x, y)[c] - 0.5))));
            }
    return picture;
}

Image make_mask(int width, int height, double edge, double soft) {
    Image mask(width, height, 1);
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x) {
            const double d = edge - (x + 0.5) / width;
            *mask.at(x, y) =
                static_cast<float>(soft > 0 ? std::min(1.0, std::max(0.0, 0.5 + d / soft))
                                   : d > 0  ? 1
                                            : 0);
        }
    return mask;
}

double largest_difference(const Image& a, const Image& b) {
    if (a.width != b.width || a.height != b.height || a.channels != b.channels)
        return std::numeric_limits<double>::infinity();
    double largest = 0;
    for (std::size_t i = 0; i < a.pixels.size(); ++i)
        largest = std::max<double>(largest, std::abs(a.pixels[i] - b.pixels[i]));
    return largest;
}

double mean_difference(const Image& a, const Image& b) {
    if (a.pixels.size() != b.pixels.size())
        throw std::invalid_argument("pictures of different sizes");
    double sum = 0;
    for (std::size_t i = 0; i < a.pixels.size(); ++i)
        sum += std::abs(a.pixels[i] - b.pixels[i]);
    return sum / static_cast<double>(a.pixels.size());
}

double rms_difference(const Image& a, const Image& b) {
    if (a.width != b.width || a.height != b.height || a.channels != b.channels)
        return INFINITY;
    double sum = 0;
    for (std::size_t i = 0; i < a.pixels.size(); ++i)
        sum += std::pow(a.pixels[i] - b.pixels[i], 2);
    return std::sqrt(sum / static_cast<double>(a.pixels.size()));
}

double mean(const Image& image, int channel) {
    double sum = 0;
    for (std::size_t i = channel; i < image.pixels.size(); i += image.channels)
        sum += image.pixels[i];
    return sum * image.channels / static_cast<double>(image.pixels.size());
}

} // namespace maniera::test
