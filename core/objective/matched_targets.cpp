// SPDX-License-Identifier: GPL-3.0-or-later
// A field of matches as targets: the styles' features, moved to where they are wanted.

#include "core/objective/content_loss.h"
#include "core/objective/matching.h"
#include "core/objective/parts.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/upsample_bilinear2d.h>
#include <ATen/ops/where.h>

#include <algorithm>

namespace maniera {
namespace {

// The features of one style at one layer: where they begin among all styles' rows, and their size.
struct StyleMap {
    std::int64_t first = 0; // row of the bank
    Size size;              // of the layer
    std::int64_t first_cell = 0;
    Size grid; // of cells
};

// All styles' features at one layer as rows, (positions, C).
struct Bank {
    at::Tensor rows;
    std::vector<StyleMap> maps;
    int stride; // of the layer, or a cell where the layer is coarser: pixels a position
};

// A style's features at the taps, by tap.
std::vector<at::Tensor> features_of(const Network& network, const std::vector<std::size_t>& taps,
                                    const at::Tensor& style, int tile) {
    std::vector<at::Tensor> all(network.taps().size());
    for_parts(parts_of(size_of(style), tile, network), [&](const Window& part) {
        network.visit(style, part, taps, [&](std::size_t t, const at::Tensor& features) {
            const Window layer = reduced(whole(size_of(style)), network.level(t));
            if (!all[t].defined())
                all[t] = at::empty({1, features.size(1), layer.y.length(), layer.x.length()},
                                   features.options(), at::MemoryFormat::ChannelsLast);
            narrowed(all[t], reduced(part, network.level(t))).copy_(features);
        });
    });
    return all;
}

// `features_by_style` are each style's features, by tap.
Bank make_bank(const Network& network, std::size_t tap, const std::vector<at::Tensor>& styles,
               const std::vector<std::vector<at::Tensor>>& features_by_style, int cell) {
    Bank bank;
    bank.stride = std::min(cell, 1 << network.level(tap));
    std::vector<at::Tensor> rows;
    StyleMap map;
    for (std::size_t i = 0; i < styles.size(); ++i) {
        at::Tensor features = features_by_style[i][tap];
        map.grid = match_grid(size_of(styles[i]), cell);
        if (bank.stride < 1 << network.level(tap)) // as fine as the cells
            features =
                at::upsample_bilinear2d(features.to(at::kFloat), {map.grid.height, map.grid.width},
                                        false, c10::nullopt, c10::nullopt)
                    .to(features.scalar_type());
        map.size = size_of(features);
        bank.maps.push_back(map);
        map.first += std::int64_t{map.size.width} * map.size.height;
        map.first_cell += std::int64_t{map.grid.width} * map.grid.height;
        rows.push_back(as_matrix(features));
    }
    bank.rows = at::cat(rows);
    return bank;
}

// The row of the bank for a pixel of the picture, or -1: the same place within the matched cell as
// the pixel has in its own.
class Lookup {
public:
    Lookup(const MatchField& field, const Bank& bank) : field_(field), bank_(bank) {}

    std::int64_t row_of(int x, int y) const {
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
        return map.first +
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

// Of the layer's rows in `window`, counted in the canvas: the rows of the bank for the (dx, dy)-th
// of the places that a position of the layer covers.
at::Tensor rows_for(const Lookup& lookup, const Window& window, int stride, int margin, int dx,
                    int dy) {
    at::Tensor rows = at::empty({std::int64_t{window.x.length()} * window.y.length()},
                                at::TensorOptions(at::kLong));
    std::int64_t* row = rows.data_ptr<std::int64_t>();
    for (int y = window.y.begin; y < window.y.end; ++y)
        for (int x = window.x.begin; x < window.x.end; ++x)
            *row++ = lookup.row_of(std::max(0, x * stride - margin + dx),
                                   std::max(0, y * stride - margin + dy));
    return rows;
}

// The target in a window of the layer, (1, C, h, w); where there is no match, `otherwise`.
at::Tensor target_in(const MatchField& field, const Bank& bank, const Window& window, int stride,
                     int margin, const at::Tensor& otherwise) {
    const Lookup lookup(field, bank);
    const int places = stride / bank.stride; // of the bank that one position of the layer averages
    at::Tensor sum, matched;
    for (int i = 0; i < places * places; ++i) {
        const at::Tensor rows = rows_for(lookup, window, stride, margin, i % places * bank.stride,
                                         i / places * bank.stride);
        if (i == 0)
            matched = (rows >= 0).to(bank.rows.device());
        const at::Tensor part = bank.rows.index_select(0, rows.clamp_min(0).to(bank.rows.device()));
        sum = sum.defined() ? sum.add_(part) : part;
    }
    if (places > 1)
        sum.div_(places * places);
    if (otherwise.defined())
        sum = at::where(matched.unsqueeze(1), sum, as_matrix(otherwise));
    return sum.reshape({1, window.y.length(), window.x.length(), sum.size(1)})
        .permute({0, 3, 1, 2});
}

} // namespace

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
                const MatchField& field, const std::vector<at::Tensor>& styles,
                const RowPartition& bands, const std::vector<Window>& tiles,
                const at::Tensor& content, int margin, int style_tile, const std::string& folder) {
    constexpr int strip = 16; // rows of a layer at a time
    std::vector<std::size_t> taps;
    for (const MatchedLayer& layer : layers)
        taps.push_back(tap_index(network.taps(), layer.name.c_str()));
    const bool all_matched = std::none_of(field.matches.begin(), field.matches.end(),
                                          [](std::int64_t match) { return match < 0; });
    std::vector<OffloadedTensor> targets(network.taps().size());
    if (!all_matched)
        targets = content_targets(network, bands, tiles, taps, content, folder);
    std::vector<std::vector<at::Tensor>> features;
    for (const at::Tensor& style : styles)
        features.push_back(features_of(network, taps, style, style_tile));
    for (const std::size_t t : taps) {
        const int level = network.level(t);
        const Bank bank = make_bank(network, t, styles, features, field.cell);
        const Window layer = reduced({{0, bands.picture.width}, bands.own_with_halo()}, level);
        if (all_matched)
            targets[t] = OffloadedTensor({1, bank.rows.size(1), layer.y.length(), layer.x.length()},
                                         bank.rows.options(), folder);
        for (int y = layer.y.begin; y < layer.y.end; y += strip) {
            const Window window{layer.x, {y, std::min(layer.y.end, y + strip)}};
            const Window held = in_held(bands, window, level);
            targets[t].write(held, target_in(field, bank, window, 1 << level, margin,
                                             all_matched ? at::Tensor() : targets[t].read(held)));
        }
    }
    return targets;
}

} // namespace maniera
