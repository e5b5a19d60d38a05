// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/parts/matching.h"

#include "core/distributed/pieces.h"
#include "core/network/onednn.h"
#include "core/network/sweeps.h"
#include "core/parts/main_directions.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/amax.h>
#include <ATen/ops/avg_pool2d.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/max.h>
#include <ATen/ops/sum.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/upsample_bilinear2d.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <functional>
#include <numeric>

namespace maniera {
namespace {

constexpr std::int64_t most_directions = 128;
constexpr int cell_level = 2;                  // pools above a layer that has one position a cell
constexpr std::int64_t chunk = 256;            // cells of the query at a time
constexpr std::int64_t most_choices = 1 << 14; // cells of the styles: more gain nothing to the eye

at::Tensor centered(const at::Tensor& rows) { return rows - rows.mean(0, true); }

Size grid_of(const at::Tensor& picture) { return match_grid(size_of(picture), match_cell); }

std::vector<std::size_t> all_taps(const Network& network) {
    std::vector<std::size_t> taps(network.taps().size());
    std::iota(taps.begin(), taps.end(), 0);
    return taps;
}

// A layer's features for cells, (1, C, h, w) in float32, divided by C so that deep layers, which
// have more channels, do not outweigh the others. Coarser layers keep their own grid.
at::Tensor for_cells(const at::Tensor& features, int level) {
    at::Tensor maps = features;
    if (level < cell_level) { // in their own precision: large ones would take long to convert
        const std::int64_t side = 1 << (cell_level - level);
        maps = at::avg_pool2d(maps, {side, side});
    }
    return maps.to(at::kFloat) / static_cast<double>(features.size(1));
}

// Brought to the grid of cells: what lies on a coarser one is interpolated.
at::Tensor on_grid(const at::Tensor& maps, int level, Size grid) {
    const at::Tensor fine = level > cell_level
                                ? at::upsample_bilinear2d(maps, {grid.height, grid.width}, false,
                                                          c10::nullopt, c10::nullopt)
                                : maps;
    return narrowed(fine, whole(grid));
}

// Calls f(maps, tap, cells) for each layer and part of the picture with its part of the
// hypercolumns as for_cells() has them, and the window of cells, or of the coarser layer's
// positions, that they fill.
template <typename F>
void for_hypercolumns(const Network& network, const at::Tensor& picture, int tile, const F& f) {
    for_pieces(pieces_of(size_of(picture), tile, network), [&](const Window& part) {
        network.visit(picture, part, all_taps(network),
                      [&](std::size_t t, const at::Tensor& features) {
                          const int level = network.level(t);
                          const Window cells = reduced(part, std::max(level, cell_level));
                          if (cells.x.length() > 0 &&
                              cells.y.length() > 0) // the rest at the edge may be less
                              f(for_cells(features, level), t, cells);
                      });
    });
}

// The first of each tap's channels among all.
std::vector<std::int64_t> first_channels(const Network& network) {
    std::vector<std::int64_t> first{0};
    for (const std::size_t t : all_taps(network))
        first.push_back(first.back() + network.channels(t));
    return first;
}

// The cells that may be taken, at most most_choices of them, evenly.
at::Tensor choices_of(const at::Tensor& allowed) {
    const at::Tensor all = allowed.nonzero().reshape({-1});
    const std::int64_t step = (all.size(0) + most_choices - 1) / most_choices;
    return step > 1 ? all.slice(0, 0, c10::nullopt, step) : all;
}

// A function from some rows to their products with all of `choices`, (rows, choices) in float32.
std::function<at::Tensor(const at::Tensor&)> products_with(const at::Tensor& choices,
                                                           at::ScalarType precision) {
    if (choices.is_cpu() && precision == at::kBFloat16 && onednn_serves(precision)) {
        const auto standing = [precision](const at::Tensor& rows) {
            return rows.to(precision).t().contiguous().unsqueeze(0);
        };
        return [standing, columns = standing(choices)](const at::Tensor& rows) {
            return transposed_products(standing(rows), columns).squeeze(0);
        };
    }
    return [columns = choices.t()](const at::Tensor& rows) { return at::matmul(rows, columns); };
}

// Each query's nearest of the choices, as an index into them; both normalized.
at::Tensor nearest(const at::Tensor& queries, const at::Tensor& choices, at::ScalarType precision) {
    const auto cosines_of = products_with(choices, precision);
    std::vector<at::Tensor> parts;
    for (std::int64_t begin = 0; begin < queries.size(0); begin += chunk) {
        const at::Tensor cosines =
            cosines_of(queries.narrow(0, begin, std::min(chunk, queries.size(0) - begin)));
        parts.push_back(cosines.is_cpu() ? places_of_greatest(cosines)
                                         : std::get<1>(at::max(cosines, 1)));
    }
    return at::cat(parts);
}

// Averages over a square of cells, within the grid.
std::vector<float> blurred(const std::vector<float>& cells, Size grid, int radius) {
    std::vector<float> result(cells.size());
    for (int y = 0; y < grid.height; ++y)
        for (int x = 0; x < grid.width; ++x) {
            float sum = 0;
            int count = 0;
            for (int j = std::max(0, y - radius); j <= std::min(grid.height - 1, y + radius); ++j)
                for (int i = std::max(0, x - radius); i <= std::min(grid.width - 1, x + radius);
                     ++i, ++count)
                    sum += cells[static_cast<std::size_t>(j) * grid.width + i];
            result[static_cast<std::size_t>(y) * grid.width + x] = sum / static_cast<float>(count);
        }
    return result;
}

// Of each match: less where many cells share it. A clear sky finds the same few calm cells over and
// over, which says nothing of where strokes belong; there the moments decide.
// `even` is how many cells would share each match's cell if all that may be taken were used alike.
std::vector<float> confidence_of(const std::vector<std::int64_t>& matches, std::int64_t choices,
                                 const std::vector<float>& even, Size grid) {
    constexpr float shared_by = 4; // times as many
    constexpr int radius = 2;      // cells
    std::vector<int> uses(static_cast<std::size_t>(choices), 0);
    for (const std::int64_t match : matches)
        if (match >= 0)
            ++uses[static_cast<std::size_t>(match)];
    std::vector<float> confidence;
    for (std::size_t i = 0; i < matches.size(); ++i) {
        const int shared = matches[i] < 0 ? 0 : uses[static_cast<std::size_t>(matches[i])];
        confidence.push_back( // without a match it is the photograph's own features that stand
            std::min(1.0f, shared_by * even[i] / static_cast<float>(std::max(1, shared))));
    }
    return blurred(confidence, grid, radius);
}

} // namespace

std::vector<std::string> matching_layers(const Manifest& manifest) {
    std::vector<std::string> layers;
    for (const std::string& layer : manifest.layers) {
        if (layer.rfind("relu", 0) == 0)
            layers.push_back(layer);
        if (layer == "relu4_3")
            break;
    }
    return layers;
}

Size match_grid(Size picture, int cell) { return {picture.width / cell, picture.height / cell}; }

MatchBasis match_basis(const Network& network, const std::vector<at::Tensor>& pictures) {
    std::vector<at::Tensor> samples;
    for (const at::Tensor& picture : pictures) {
        std::vector<at::Tensor> layers;
        for_hypercolumns(
            network, picture, 0, [&](const at::Tensor& maps, std::size_t t, const Window&) {
                layers.push_back(as_matrix(on_grid(maps, network.level(t), grid_of(picture))));
            });
        samples.push_back(unit_rows(centered(at::cat(layers, 1))));
    }
    MatchBasis basis{main_directions(at::cat(samples), most_directions), {}};
    for (const at::Tensor& rows : samples)
        basis.cells.push_back(unit_rows(at::matmul(rows, basis.directions)));
    return basis;
}

// Projecting commutes with interpolating, so a coarse layer is projected first, at a fraction of
// the cells.
at::Tensor describe_cells(const Network& network, const at::Tensor& directions,
                          const at::Tensor& picture, int tile) {
    const Size size = size_of(picture), grid = grid_of(picture);
    const std::vector<std::int64_t> first = first_channels(network);
    std::vector<at::Tensor> sums; // by level beyond the cells'
    for_hypercolumns(
        network, picture, tile, [&](const at::Tensor& maps, std::size_t t, const Window& window) {
            const int level = std::max(network.level(t), cell_level);
            sums.resize(std::max<std::size_t>(sums.size(), level - cell_level + 1));
            at::Tensor& sum = sums[level - cell_level];
            if (!sum.defined()) {
                const Window layer = reduced(whole(size), level);
                sum = at::empty({1, directions.size(1), layer.y.length(), layer.x.length()},
                                maps.options(), at::MemoryFormat::ChannelsLast)
                          .zero_();
            }
            const at::Tensor rows =
                at::matmul(as_matrix(maps), directions.narrow(0, first[t], maps.size(1)));
            narrowed(sum, window)
                .add_(
                    rows.view({1, window.y.length(), window.x.length(), -1}).permute({0, 3, 1, 2}));
        });
    at::Tensor all;
    for (std::size_t i = 0; i < sums.size(); ++i) {
        const at::Tensor part = on_grid(sums[i], static_cast<int>(i) + cell_level, grid);
        all = all.defined() ? all + part : part;
    }
    return unit_rows(centered(as_matrix(all)));
}

double likeness(const at::Tensor& query, const std::vector<at::Tensor>& styles) {
    const at::Tensor columns = query.t();
    double sum = 0;
    std::int64_t count = 0;
    for (const at::Tensor& rows : styles) {
        for (std::int64_t begin = 0; begin < rows.size(0); begin += chunk) {
            const at::Tensor part = rows.narrow(0, begin, std::min(chunk, rows.size(0) - begin));
            sum += at::amax(at::matmul(part, columns), {1}).sum(at::kDouble).item<double>();
        }
        count += rows.size(0);
    }
    return count > 0 ? sum / static_cast<double>(count) : 0;
}

MatchField match_features(const at::Tensor& queries, Size grid,
                          const std::vector<at::Tensor>& styles,
                          const std::vector<at::Tensor>& allowed,
                          const std::vector<std::int64_t>& kinds, at::ScalarType precision) {
    const at::Tensor choices = at::cat(styles);
    at::Tensor matches = at::zeros({queries.size(0)}, at::TensorOptions(at::kLong)).sub_(1);
    const at::Tensor kind = kinds.empty()
                                ? at::zeros({queries.size(0)}, at::TensorOptions(at::kLong))
                                : at::tensor(kinds);
    std::vector<float> even(static_cast<std::size_t>(queries.size(0)), 1);
    for (std::size_t k = 0; k < allowed.size(); ++k) {
        const at::Tensor cells = (kind == static_cast<std::int64_t>(k)).nonzero().reshape({-1});
        const at::Tensor taken = choices_of(allowed[k]);
        if (cells.size(0) == 0 || taken.size(0) == 0)
            continue;
        const at::Tensor at = taken.to(choices.device());
        const at::Tensor found = nearest(queries.index_select(0, cells.to(queries.device())),
                                         choices.index_select(0, at), precision);
        matches.index_copy_(0, cells, taken.index_select(0, found.to(at::kCPU)));
        const float share = static_cast<float>(cells.size(0)) / static_cast<float>(taken.size(0));
        for (std::int64_t i = 0; i < cells.size(0); ++i)
            even[static_cast<std::size_t>(cells.data_ptr<std::int64_t>()[i])] =
                std::max(1.0f, share);
    }
    MatchField field;
    field.columns = grid.width;
    field.rows = grid.height;
    const std::int64_t* begin = matches.data_ptr<std::int64_t>();
    field.matches.assign(begin, begin + matches.numel());
    field.confidence = confidence_of(field.matches, choices.size(0), even, grid);
    return field;
}

} // namespace maniera
