// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/parts/part_masks.h"

#include "core/image/pyramid.h"

#include <algorithm>
#include <cmath>

namespace maniera {
namespace {

constexpr float temperature = 0.07f;
constexpr int radius = 8;      // px, of the guided filter
constexpr float flat = 1e-3f;  // variance of gray below which there is no edge
constexpr float least = 0.06f; // of a mask: less is nothing

// Averages over 2 radius + 1 values in rows (step 1) or columns, repeating the last ones.
Image averaged_along(const Image& image, bool rows) {
    Image result(image.width, image.height, 1);
    const int length = rows ? image.width : image.height, lines = rows ? image.height : image.width;
    const auto at = [&](int line, int i) {
        i = std::clamp(i, 0, length - 1);
        return rows ? *image.at(i, line) : *image.at(line, i);
    };
    for (int line = 0; line < lines; ++line) {
        double sum = 0;
        for (int i = -radius; i <= radius; ++i)
            sum += at(line, i);
        for (int i = 0; i < length; ++i) {
            *(rows ? result.at(i, line) : result.at(line, i)) =
                static_cast<float>(sum / (2 * radius + 1));
            sum += at(line, i + radius + 1) - at(line, i - radius);
        }
    }
    return result;
}

Image box(const Image& image) { return averaged_along(averaged_along(image, true), false); }

template <typename F>
Image pixelwise(const Image& a, const Image& b, const F& f) {
    Image result(a.width, a.height, 1);
    for (std::size_t i = 0; i < result.pixels.size(); ++i)
        result.pixels[i] = f(a.pixels[i], b.pixels[i]);
    return result;
}

Image gray_of(ImageView picture) {
    Image gray(picture.width, picture.height, 1);
    for (std::size_t i = 0; i < gray.pixels.size(); ++i)
        gray.pixels[i] =
            (picture.pixels[3 * i] + picture.pixels[3 * i + 1] + picture.pixels[3 * i + 2]) / 3;
    return gray;
}

const auto product = [](float a, float b) { return a * b; };

// Guided filters (He, Sun and Tang 2010) of one guide.
class Guide {
public:
    explicit Guide(ImageView picture)
        : gray_(gray_of(picture)), mean_(box(gray_)),
          variance_(pixelwise(box(pixelwise(gray_, gray_, product)), mean_,
                              [](float square, float mean) { return square - mean * mean; })) {}

    Image filtered(const Image& mask) const {
        const Image mean = box(mask), both = box(pixelwise(gray_, mask, product));
        Image slope(mask.width, mask.height, 1), offset(mask.width, mask.height, 1);
        for (std::size_t i = 0; i < slope.pixels.size(); ++i) {
            slope.pixels[i] =
                (both.pixels[i] - mean_.pixels[i] * mean.pixels[i]) / (variance_.pixels[i] + flat);
            offset.pixels[i] = mean.pixels[i] - slope.pixels[i] * mean_.pixels[i];
        }
        slope = box(slope);
        offset = box(offset);
        Image result(mask.width, mask.height, 1);
        for (std::size_t i = 0; i < result.pixels.size(); ++i)
            result.pixels[i] =
                std::clamp(slope.pixels[i] * gray_.pixels[i] + offset.pixels[i], 0.0f, 1.0f);
        return result;
    }

private:
    Image gray_, mean_, variance_;
};

// Softmax of the cosines to the centers, on the grid.
std::vector<Image> memberships(const Clusters& clusters, const std::vector<float>& positions,
                               Size grid) {
    const std::size_t n = clusters.centers.size() / clusters.count;
    std::vector<Image> maps(clusters.count, Image(grid.width, grid.height, 1));
    for (std::size_t i = 0; i * n < positions.size(); ++i) {
        double sum = 0;
        for (std::size_t k = 0; k < clusters.count; ++k) {
            double cosine = 0;
            for (std::size_t d = 0; d < n; ++d)
                cosine += positions[i * n + d] * clusters.centers[k * n + d];
            maps[k].pixels[i] = static_cast<float>(std::exp((cosine - 1) / temperature));
            sum += maps[k].pixels[i];
        }
        for (Image& map : maps)
            map.pixels[i] /= static_cast<float>(sum);
    }
    return maps;
}

// Brings the values at a pixel to steps of 1/255 that sum to 1: the largest takes what is over.
void in_steps(std::vector<Image>& masks, std::size_t pixel) {
    float sum = 0;
    for (Image& mask : masks) {
        float& value = mask.pixels[pixel];
        value = std::max(0.0f, value - least);
        sum += value;
    }
    std::size_t largest = 0;
    int left = 255;
    for (std::size_t k = 0; k < masks.size(); ++k) {
        float& value = masks[k].pixels[pixel];
        if (value > masks[largest].pixels[pixel])
            largest = k;
    }
    std::vector<int> steps;
    for (const Image& mask : masks) {
        steps.push_back(sum > 0 ? static_cast<int>(std::lround(255 * mask.pixels[pixel] / sum))
                                : 0);
        left -= steps.back();
    }
    steps[largest] += left;
    for (std::size_t k = 0; k < masks.size(); ++k)
        masks[k].pixels[pixel] = static_cast<float>(steps[k]) / 255;
}

} // namespace

std::vector<Image> part_masks(const Clusters& clusters, const std::vector<float>& positions,
                              Size grid, ImageView picture) {
    const Guide guide(picture);
    std::vector<Image> masks;
    for (const Image& map : memberships(clusters, positions, grid)) {
        Image mask = resize(map, size_of(picture));
        for (float& value : mask.pixels) // cubic interpolation overshoots
            value = std::clamp(value, 0.0f, 1.0f);
        masks.push_back(guide.filtered(mask));
    }
    for (std::size_t i = 0; i < masks.front().pixels.size(); ++i)
        in_steps(masks, i);
    return masks;
}

} // namespace maniera
