// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/objective/matched_targets.h"

#include "core/base/interruption.h"
#include "core/distributed/pieces.h"
#include "core/objective/content_loss.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/index_copy.h>
#include <ATen/ops/index_select.h>
#include <ATen/ops/nonzero.h>
#include <ATen/ops/where.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <utility>

namespace maniera {
namespace {

// The features of one style at one layer, by pixels of the layer.
struct StyleMap {
    const OffloadedTensor* features; // null = none of them is matched
    Size size;                       // of the layer
    Size grid;                       // of cells
    std::int64_t first_pixel = 0;    // counted through all styles
    std::int64_t first_cell = 0;
};

// All styles' features at one layer.
struct Bank {
    std::vector<StyleMap> maps;
    int stride; // of the layer
    std::int64_t channels;
    at::TensorOptions options; // of the features
};

Bank make_bank(const Network& network, std::size_t tap, const std::vector<StyleFeatures>& styles,
               int cell) {
    Bank bank{{}, 1 << network.level(tap), network.channels(tap), {}};
    std::int64_t first_pixel = 0, first_cell = 0;
    for (const StyleFeatures& style : styles) {
        const OffloadedTensor& features = style.taps[tap];
        const Window layer = reduced(whole(style.size), network.level(tap));
        const Size size{layer.x.length(), layer.y.length()}, grid = match_grid(style.size, cell);
        bank.maps.push_back(
            {features.empty() ? nullptr : &features, size, grid, first_pixel, first_cell});
        if (!features.empty())
            bank.options = features.options();
        first_pixel += std::int64_t{size.width} * size.height;
        first_cell += std::int64_t{grid.width} * grid.height;
    }
    return bank;
}

// The bank's pixels, (n, C), counted through all styles.
at::Tensor features_at(const Bank& bank, const at::Tensor& pixels) {
    if (bank.maps.size() == 1)
        return bank.maps[0].features->read(pixels);
    at::Tensor features = at::zeros({pixels.size(0), bank.channels}, bank.options);
    for (const StyleMap& map : bank.maps) {
        if (!map.features)
            continue;
        const at::Tensor in_style = pixels - map.first_pixel;
        const std::int64_t count = std::int64_t{map.size.width} * map.size.height;
        const at::Tensor its = ((in_style >= 0) & (in_style < count)).nonzero().reshape({-1});
        features.index_copy_(0, its.to(features.device()),
                             map.features->read(in_style.index_select(0, its)));
    }
    return features;
}

// The bank's pixel for a pixel of the picture, or -1: the same place within the matched cell as the
// pixel has in its own.
class Lookup {
public:
    Lookup(const MatchField& field, const Bank& bank) : field_(field), bank_(bank) {}

    std::int64_t pixel_for(int x, int y) const {
        const int column = std::clamp(x / field_.cell, 0, field_.columns - 1);
        const int row = std::clamp(y / field_.cell, 0, field_.rows - 1);
        const std::int64_t match =
            field_.matches[static_cast<std::size_t>(row) * field_.columns + column];
        if (match < 0)
            return -1;
        const StyleMap& map = map_of(match);
        const std::int64_t cell = match - map.first_cell;
        const auto position = [&](std::int64_t in_style, int pixel, int own, int size) {
            const int offset = std::clamp(pixel - own * field_.cell, 0, field_.cell - 1);
            return std::min<std::int64_t>((in_style * field_.cell + offset) / bank_.stride,
                                          size - 1);
        };
        return map.first_pixel +
               position(cell / map.grid.width, y, row, map.size.height) * map.size.width +
               position(cell % map.grid.width, x, column, map.size.width);
    }

private:
    const StyleMap& map_of(std::int64_t match) const {
        std::size_t style = bank_.maps.size() - 1;
        while (bank_.maps[style].first_cell > match)
            --style;
        return bank_.maps[style];
    }

    const MatchField& field_;
    const Bank& bank_;
};

// Of the layer's positions in `window`, counted in the canvas: the bank's pixels for what lies
// (dx, dy) pixels of the picture from each one's corner.
at::Tensor pixels_for(const Lookup& lookup, const Window& window, int stride, int margin, int dx,
                      int dy) {
    at::Tensor pixels = at::empty({std::int64_t{window.x.length()} * window.y.length()},
                                  at::TensorOptions(at::kLong));
    std::int64_t* pixel = pixels.data_ptr<std::int64_t>();
    for (int y = window.y.begin; y < window.y.end; ++y)
        for (int x = window.x.begin; x < window.x.end; ++x)
            *pixel++ = lookup.pixel_for(std::max(0, x * stride - margin + dx),
                                        std::max(0, y * stride - margin + dy));
    return pixels;
}

// The target in a window of the layer, (1, C, h, w); where there is no match, `otherwise`.
at::Tensor target_in(const MatchField& field, const Bank& bank, const Window& window, int margin,
                     const at::Tensor& otherwise) {
    const Lookup lookup(field, bank);
    const int step = std::min(field.cell, bank.stride);
    const int cells = bank.stride / step; // that a position covers, in a row: it is their mean
    at::Tensor sum, matched;
    for (int i = 0; i < cells * cells; ++i) {
        const at::Tensor pixels =
            pixels_for(lookup, window, bank.stride, margin, i % cells * step, i / cells * step);
        if (i == 0)
            matched = pixels >= 0;
        const at::Tensor part = features_at(bank, pixels.clamp_min(0));
        sum = sum.defined() ? sum.add_(part) : part;
    }
    if (cells > 1)
        sum.div_(cells * cells);
    if (otherwise.defined())
        sum = at::where(matched.unsqueeze(1).to(sum.device()), sum, as_matrix(otherwise));
    return sum.reshape({1, window.y.length(), window.x.length(), sum.size(1)})
        .permute({0, 3, 1, 2});
}

} // namespace

std::vector<std::size_t> taps_of(const Network& network, const std::vector<MatchedLayer>& layers) {
    std::vector<std::size_t> taps;
    for (const MatchedLayer& layer : layers)
        taps.push_back(tap_index(network.taps(), layer.name.c_str()));
    return taps;
}

at::Tensor match_weights(const Network& network, std::size_t tap, const MatchField& field,
                         const RowPartition& bands, int margin) {
    const int level = network.level(tap), stride = 1 << level;
    const Window layer = reduced({{0, bands.picture.width}, bands.own_with_halo()}, level);
    at::Tensor weights = at::empty({1, 1, layer.y.length(), layer.x.length()}, at::kFloat);
    float* weight = weights.data_ptr<float>();
    const auto cell_at = [&](int position, int count) {
        return std::clamp((position * stride - margin) / field.cell, 0, count - 1);
    };
    for (int y = layer.y.begin; y < layer.y.end; ++y)
        for (int x = layer.x.begin; x < layer.x.end; ++x)
            *weight++ = field.confidence[static_cast<std::size_t>(cell_at(y, field.rows)) *
                                             static_cast<std::size_t>(field.columns) +
                                         static_cast<std::size_t>(cell_at(x, field.columns))];
    return weights.to(network.placement().device);
}

std::vector<OffloadedTensor>
matched_targets(const Network& network, const std::vector<MatchedLayer>& layers,
                const MatchField& field, const std::vector<StyleFeatures>& styles,
                const RowPartition& bands, const std::vector<Window>& tiles,
                const at::Tensor& content, int margin, const std::string& folder) {
    constexpr int strip = 16; // rows of a layer at a time
    const std::vector<std::size_t> taps = taps_of(network, layers);
    const auto unmatched = [](std::int64_t match) { return match < 0; };
    const bool all_matched = std::none_of(field.matches.begin(), field.matches.end(), unmatched);
    const bool none_matched = std::all_of(field.matches.begin(), field.matches.end(), unmatched);
    std::vector<OffloadedTensor> targets(network.taps().size());
    if (!all_matched)
        targets = content_targets(network, bands, tiles, taps, content, folder);
    if (none_matched)
        return targets;
    for (const std::size_t t : taps) {
        const int level = network.level(t);
        const Bank bank = make_bank(network, t, styles, field.cell);
        const Window layer = reduced({{0, bands.picture.width}, bands.own_with_halo()}, level);
        if (all_matched)
            targets[t] = OffloadedTensor({1, bank.channels, layer.y.length(), layer.x.length()},
                                         bank.options, folder);
        for (int y = layer.y.begin; y < layer.y.end; y += strip) {
            check_interruption();
            const Window window{layer.x, {y, std::min(layer.y.end, y + strip)}};
            const Window held = in_held(bands, window, level);
            targets[t].write(held, target_in(field, bank, window, margin,
                                             all_matched ? at::Tensor() : targets[t].read(held)));
        }
    }
    return targets;
}

} // namespace maniera
