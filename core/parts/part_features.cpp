// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/parts/part_features.h"

#include "core/device/one_blas_thread.h"
#include "core/device/side_by_side.h"
#include "core/parts/main_directions.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/adaptive_avg_pool2d.h>
#include <ATen/ops/avg_pool2d.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/reflection_pad2d.h>
#include <ATen/ops/std.h>
#include <ATen/ops/upsample_bilinear2d.h>

#include <algorithm>
#include <numeric>
#include <utility>

namespace maniera {
namespace {

constexpr int border = 32;     // px beyond each edge
constexpr double spread = 0.1; // of a layer's deviation: silent channels stay silent

constexpr std::pair<const char*, double> layer_weights[] = {
    {"relu3_3", 0.5}, {"relu4_1", 0.7}, {"relu4_3", 1}, {"relu5_1", 1}, {"relu5_3", 1}};

double weight_of(const std::string& layer) {
    for (const auto& [name, weight] : layer_weights)
        if (layer == name)
            return weight;
    return 0;
}

at::Tensor on_grid(const at::Tensor& maps, Size grid) {
    const std::int64_t height = maps.size(2);
    if (height > grid.height && height % grid.height == 0)
        return at::avg_pool2d(maps, {height / grid.height, height / grid.height});
    return maps.size(3) == grid.width && height == grid.height
               ? maps
               : at::upsample_bilinear2d(maps, {grid.height, grid.width}, false, c10::nullopt,
                                         c10::nullopt);
}

// Each channel without its mean and divided by its deviation, then each row by its length.
at::Tensor standardized(const at::Tensor& rows) {
    const at::Tensor centered = rows - rows.mean(0, true);
    const at::Tensor deviation = at::std(centered, {0}, true, true);
    return unit_rows(centered / (deviation + spread * at::std(centered, false)).clamp_min(1e-6));
}

// A copy of half of the size, in whole cells of the deepest layer.
at::Tensor halved(const at::Tensor& picture) {
    const auto half = [](std::int64_t side) {
        constexpr std::int64_t unit = 2 * part_cell;
        return std::max(unit, (side / 2 + unit / 2) / unit * unit);
    };
    return at::adaptive_avg_pool2d(picture, {half(picture.size(2)), half(picture.size(3))});
}

struct Layer {
    double weight;
    at::Tensor maps; // (1, channels, H, W), on the grid of the positions
};

// Appends each layer's features of the picture.
void add_layers(const Network& network, const at::Tensor& picture, Size grid,
                std::vector<Layer>& layers) {
    const Size size = size_of(picture);
    // Zero padding makes borders look alike in all pictures, and they would be parts of their own.
    const int least_side = std::min(size.width, size.height), unit = 2 * part_cell;
    const int margin = std::min(border, (least_side - 1) / unit * unit);
    const at::Tensor padded = at::reflection_pad2d(picture, {margin, margin, margin, margin});
    const Size own{size.width / part_cell, size.height / part_cell};
    const int outside = margin / part_cell;
    const Size all{own.width + 2 * outside, own.height + 2 * outside};
    std::vector<std::size_t> taps(network.taps().size());
    std::iota(taps.begin(), taps.end(), 0);
    network.visit(padded, taps, [&](std::size_t t, const at::Tensor& features) {
        const at::Tensor maps = on_grid(features.to(at::kCPU, at::kFloat).contiguous(), all);
        layers.push_back({weight_of(network.taps()[t]),
                          on_grid(narrowed(maps, {{outside, outside + own.width},
                                                  {outside, outside + own.height}}),
                                  grid)});
    });
}

// (positions, channels)
at::Tensor rows_of(const at::Tensor& maps) {
    return maps.reshape({maps.size(1), maps.size(2) * maps.size(3)}).t().contiguous();
}

} // namespace

std::vector<std::string> part_layers(const Manifest& manifest) {
    std::vector<std::string> layers;
    for (const auto& [name, weight] : layer_weights)
        if (std::find(manifest.layers.begin(), manifest.layers.end(), name) !=
            manifest.layers.end())
            layers.emplace_back(name);
    return layers;
}

PartFeatures part_features(const Network& network, const at::Tensor& picture) {
    const Size size = size_of(picture);
    const Size grid{size.width / part_cell, size.height / part_cell};
    std::vector<Layer> layers;
    add_layers(network, picture, grid, layers);
    add_layers(network, halved(picture), grid, layers);
    std::vector<at::Tensor> rows(layers.size());
    each_in_one_thread(layers.size(), [&](std::size_t i) {
        rows[i] = standardized(rows_of(layers[i].maps)) * layers[i].weight;
    });
    const OneThread one_thread;
    return {grid, unit_rows(at::cat(rows, 1)).contiguous()};
}

} // namespace maniera
