// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/parts/part_masks.h"

#include "core/image/pyramid.h"
#include "core/parts/edge_smoother.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace maniera {
namespace {

constexpr float temperature = 0.07f;
constexpr int reach = 2;        // cells: as near to another part, deep features show both
constexpr float unsure = 0.02f; // the least weight of a pixel
constexpr float least = 0.06f;  // of a mask: less is nothing

// Softmax of the cosines to the centers, on the grid; a cluster has that of all its centers.
std::vector<Image> memberships(const Clusters& clusters, const std::vector<float>& positions,
                               Size grid) {
    const std::size_t count = clusters.of_centers.size(), n = clusters.centers.size() / count;
    std::vector<Image> maps(clusters.count, Image(grid.width, grid.height, 1));
    for (std::size_t i = 0; i * n < positions.size(); ++i) {
        double sum = 0;
        for (std::size_t k = 0; k < count; ++k) {
            double cosine = 0;
            for (std::size_t d = 0; d < n; ++d)
                cosine += positions[i * n + d] * clusters.centers[k * n + d];
            const auto nearness = static_cast<float>(std::exp((cosine - 1) / temperature));
            maps[static_cast<std::size_t>(clusters.of_centers[k])].pixels[i] += nearness;
            sum += nearness;
        }
        for (Image& map : maps)
            map.pixels[i] /= static_cast<float>(sum);
    }
    return maps;
}

// Brings the values at a pixel, any above 0, to steps of 1/255 that sum to 1: the largest takes
// what is over.
void in_steps(std::vector<Image>& masks, std::size_t pixel) {
    float whole = 0, sum = 0;
    for (const Image& mask : masks)
        whole += mask.pixels[pixel];
    for (Image& mask : masks) {
        float& value = mask.pixels[pixel];
        value = std::max(0.0f, value / whole - least);
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
        steps.push_back(static_cast<int>(std::lround(255 * mask.pixels[pixel] / sum)));
        left -= steps.back();
    }
    steps[largest] += left;
    for (std::size_t k = 0; k < masks.size(); ++k)
        masks[k].pixels[pixel] = static_cast<float>(steps[k]) / 255;
}

// How sure a cell is: the least chance that a cell around it is of the same part.
Image certainty(const std::vector<Image>& maps) {
    const Size grid = size_of(maps.front());
    Image sure(grid.width, grid.height, 1);
    const auto same = [&](int x, int y, int left, int top) {
        float sum = 0;
        for (const Image& map : maps)
            sum += *map.at(x, y) * *map.at(left, top);
        return sum;
    };
    for (int y = 0; y < grid.height; ++y)
        for (int x = 0; x < grid.width; ++x) {
            float least_same = 1;
            for (int j = std::max(0, y - reach); j <= std::min(grid.height - 1, y + reach); ++j)
                for (int i = std::max(0, x - reach); i <= std::min(grid.width - 1, x + reach); ++i)
                    least_same = std::min(least_same, same(x, y, i, j));
            *sure.at(x, y) = least_same;
        }
    return sure;
}

// Cells to pixels. What cells are unsure of, the picture's edges decide.
std::vector<Image> along_edges(const std::vector<Image>& maps, ImageView picture) {
    const EdgeSmoother smoother(picture);
    const Image sure = resize(certainty(maps), size_of(picture));
    std::vector<Image> masks;
    for (const Image& map : maps) {
        Image mask = resize(map, size_of(picture));
        for (std::size_t i = 0; i < mask.pixels.size(); ++i)
            mask.pixels[i] *= std::max(unsure, sure.pixels[i]);
        masks.push_back(smoother.smoothed(std::move(mask)));
    }
    return masks;
}

} // namespace

std::vector<Image> part_masks(const Clusters& clusters, const std::vector<float>& positions,
                              Size grid, ImageView picture) {
    std::vector<Image> masks = along_edges(memberships(clusters, positions, grid), picture);
    for (std::size_t i = 0; i < masks.front().pixels.size(); ++i)
        in_steps(masks, i);
    return masks;
}

} // namespace maniera
