// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/run/part_matcher.h"

#include "core/distributed/gather_rows.h"
#include "core/error.h"
#include "core/image/pyramid.h"
#include "core/image/resampling.h"
#include "core/image/row_source.h"
#include "core/image/scale_schedule.h"
#include "core/network/tensors.h"
#include "core/run/painting.h"
#include "core/run/scene_rows.h"
#include "core/run/style_palette.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/full.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros_like.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>

namespace maniera {
namespace {

// The pictures' main directions are much the same at any size, and whether there are counterparts
// is seen better at 128 px than at 256: 0.39 to 0.46 for photographs of scenes and faces with any
// painting, 0.29 to 0.37 for a sky with a few cables, 0.25 to 0.30 for a sky alone, 0.14 to 0.34
// for a page of text, patterns and noise.
constexpr int basis_side = 128; // px
constexpr double least_likeness = 0.375;
constexpr int most_tile = 512; // px; the passes that compare need no more memory than such a tile's
constexpr float few = 0.5f;    // of a style's mask: cells below it are not taken

// Tried: 0, 0.25, 0.5, 0.75 and 1: beyond a half the painting looks like a photograph.
constexpr float usual_detail = 0.5f;

// How much of the painting is in what is compared with the styles, from 0 at strength 0 to 1 at
// 100: more of it lets strokes and stars take the place of what they resemble, and breaks faces.
float painting_share(const ResolvedOptions& resolved) {
    const double s = resolved.strength / 100;
    return static_cast<float>(s * (0.4 + 0.6 * s));
}

// The painting's own, where that goes deep enough.
Network comparing_network(const Model& model, const ResolvedOptions& resolved,
                          const Network& painting) {
    NetworkConfig config = network_config(resolved, model, painting.placement());
    config.taps = matching_layers(model.manifest);
    config.backward_pass = false;
    if (std::optional<Network> shared = painting.with_taps(config.taps))
        return *std::move(shared);
    return Network(model, config);
}

Size reduced_size(Size size, int reduction) {
    return {std::max(1, size.width / reduction), std::max(1, size.height / reduction)};
}

// Whether there is something to match in a style.
bool can_be_taken(const StyleInput& style) { return style.weight > 0 && !style.pack; }

// A style at this size. A style pack's is black, and nothing of it is taken: it only keeps the
// styles' numbers.
Image picture_at(const StyleInput& style, Size size) {
    return style.pack ? Image(size.width, size.height, 3) : resize(style.picture, size).color;
}

// The whole painting at this size; empty at all ranks but 0. Collective.
Image whole_painting(const at::Tensor& canvas, const Scene& scene, Size size) {
    const Image own = to_image(painting_on(canvas, scene));
    Communicator& comm = *scene.bands.comm;
    if (comm.size() == 1)
        return resize(own, size);
    Resampling all(scene.size, 3, size, {0, size.height});
    int row = 0;
    gather_rows(comm, own, [&](ImageView strip) {
        all.add(strip, row);
        row += strip.height;
    });
    return comm.rank() == 0 ? all.result() : Image();
}

// Which region each cell belongs to: the one with most weight there, or -1 where none acts. Empty =
// there is but one, everywhere.
std::vector<std::int64_t> kinds_of(const RegionPlan& plan, Size grid) {
    if (plan.regions.size() == 1 && plan.regions[0].weights.empty())
        return {};
    std::vector<std::int64_t> kinds(static_cast<std::size_t>(grid.width) * grid.height, -1);
    std::vector<float> most(kinds.size(), 0.02f); // less is no region's
    for (std::size_t r = 0; r < plan.regions.size(); ++r) {
        const std::vector<float> weights = cell_means(plan.regions[r].weights, grid, match_cell);
        for (std::size_t i = 0; i < kinds.size(); ++i) {
            const float weight = weights.empty() ? 1 : weights[i];
            if (weight > most[i]) {
                most[i] = weight;
                kinds[i] = static_cast<std::int64_t>(r);
            }
        }
    }
    return kinds;
}

// As the network sees a tileable picture: it goes on beyond its edges.
Image beyond_edges(ImageView picture, int beyond, Wrap wrap) {
    return canvas_rows([&](Span rows) { return copy(rows_in(picture, rows)); }, size_of(picture),
                       beyond, {0, picture.height + 2 * beyond}, wrap);
}

// The grid's own cells of a field with so many more on each side.
MatchField own_cells(const MatchField& field, int more, Size grid) {
    MatchField own = field;
    own.columns = grid.width;
    own.rows = grid.height;
    own.matches.clear();
    own.confidence.clear();
    for (int row = 0; row < grid.height; ++row) {
        const auto begin = static_cast<std::ptrdiff_t>(row + more) * field.columns + more;
        const auto add = [&](const auto& from, auto& to) {
            to.insert(to.end(), from.begin() + begin, from.begin() + begin + grid.width);
        };
        add(field.matches, own.matches);
        add(field.confidence, own.confidence);
    }
    return own;
}

} // namespace

float detail_share(const ResolvedOptions& resolved) {
    if (!convention_of(resolved).detail_between_scales)
        return 0;
    if (resolved.match_parts == MANIERA_MATCH_PARTS_OFF)
        return usual_detail;
    const float painting = painting_share(resolved);
    return usual_detail * (1 - painting * painting);
}

std::unique_ptr<PartMatcher> PartMatcher::make(const Model& model, const ResolvedOptions& resolved,
                                               const Network& painting) {
    if (matched_layers(resolved, model.manifest).empty())
        return nullptr;
    return std::unique_ptr<PartMatcher>(new PartMatcher(model, resolved, painting));
}

PartMatcher::PartMatcher(const Model& model, const ResolvedOptions& resolved,
                         const Network& painting)
    : resolved_(resolved), layers_(matched_layers(resolved, model.manifest)),
      network_(comparing_network(model, resolved, painting)) {}

void PartMatcher::begin_picture(const Inputs& inputs, Communicator& comm) {
    described_.clear();
    likeness_ = 0;
    if (comm.rank() == 0) {
        const at::Device device = network_.placement().device;
        // Likeness is comparable at one size alone, so a small picture is enlarged.
        const Size size = fit_long_side(inputs.content.color.size, basis_side);
        std::vector<at::Tensor> pictures{
            to_tensor(resized_rows(inputs.content.color, size, {0, size.height}), device)};
        std::vector<std::pair<std::size_t, Size>> styles;
        for (std::size_t i = 0; i < inputs.styles.size(); ++i)
            if (can_be_taken(inputs.styles[i])) {
                styles.emplace_back(i, fit_long_side(own_size(inputs.styles[i]), basis_side));
                pictures.push_back(
                    to_tensor(picture_at(inputs.styles[i], styles.back().second), device));
            }
        MatchBasis basis = match_basis(network_, pictures);
        directions_ = std::move(basis.directions);
        for (std::size_t i = 0; i < styles.size(); ++i)
            described_.push_back({styles[i].first, styles[i].second, basis.cells[i + 1]});
        likeness_ = likeness(basis.cells[0], {basis.cells.begin() + 1, basis.cells.end()});
    }
    likeness_ = broadcast_first(comm, at::full({}, likeness_, at::TensorOptions(at::kDouble)))
                    .item<double>();
}

bool PartMatcher::finds_counterparts() const { return likeness_ >= least_likeness; }

at::Tensor PartMatcher::describe_style(const Inputs& inputs, std::size_t style, Size size,
                                       int tile) {
    for (const DescribedStyle& known : described_)
        if (known.style == style && known.size == size)
            return known.cells;
    const at::Tensor picture =
        to_tensor(picture_at(inputs.styles[style], size), network_.placement().device);
    described_.push_back({style, size, describe_cells(network_, directions_, picture, tile)});
    return described_.back().cells;
}

std::vector<Size> PartMatcher::compared_sizes(Size scale, const Inputs& inputs) const {
    const int reduction = match_reduction(scale, resolved_);
    std::vector<Size> sizes{reduced_size(scale, reduction)};
    for (const StyleInput& style : inputs.styles)
        sizes.push_back(reduced_size(style_size(style, resolved_, scale), reduction));
    return sizes;
}

// `sizes` as compared_sizes() has them.
MatchField PartMatcher::match_whole(const Image& painting, const std::vector<Size>& sizes,
                                    const Inputs& inputs, const MemoryPlan& memory) {
    const at::Device device = network_.placement().device;
    const Size size = sizes[0];
    Image query = resized_rows(inputs.content.color, size, {0, size.height});
    const float share = painting_share(resolved_);
    for (std::size_t i = 0; i < painting.pixels.size(); ++i)
        query.pixels[i] += share * (painting.pixels[i] - query.pixels[i]);

    const ObjectiveConvention convention = convention_of(resolved_);
    const int beyond = convention.surroundings;
    query = beyond_edges(query, beyond, convention.wrap);
    RegionPlan plan = plan_whole(convention, inputs, size);
    for (Region& region : plan.regions)
        if (!region.weights.empty())
            region.weights = beyond_edges(region.weights, beyond, convention.wrap);
    const int tile = memory.tile > 0 ? std::min(memory.tile, most_tile) : most_tile;
    std::vector<at::Tensor> styles, cells; // cells: which may be taken, by style
    for (std::size_t i = 0; i < inputs.styles.size(); ++i) {
        const StyleInput& style = inputs.styles[i];
        const Size at = sizes[i + 1];
        styles.push_back(describe_style(inputs, i, at, tile));
        const Size grid = match_grid(at, match_cell);
        const std::vector<float> weights =
            cell_means(style_weights(style, at, {}), grid, match_cell);
        std::vector<std::int64_t> taken(static_cast<std::size_t>(grid.width) * grid.height, 1);
        for (std::size_t cell = 0; cell < weights.size(); ++cell)
            taken[cell] = weights[cell] >= few;
        if (!can_be_taken(style))
            std::fill(taken.begin(), taken.end(), 0);
        cells.push_back(at::tensor(taken, at::TensorOptions(at::kLong)).to(at::kBool));
    }
    std::vector<at::Tensor> allowed;
    for (const Region& region : plan.regions) {
        std::vector<at::Tensor> parts;
        for (std::size_t s = 0; s < cells.size(); ++s)
            parts.push_back(std::count(region.styles.begin(), region.styles.end(), s) > 0
                                ? cells[s]
                                : at::zeros_like(cells[s]));
        allowed.push_back(at::cat(parts));
    }
    if (memory.tile > 0) // memory is short
        described_.clear();
    const Size query_grid = match_grid(size_of(query), match_cell);
    const MatchField field = match_features(
        describe_cells(network_, directions_, to_tensor(query, device), tile), query_grid, styles,
        allowed, kinds_of(plan, query_grid), network_.placement().precision);
    return own_cells(field, beyond / match_cell, match_grid(size, match_cell));
}

MatchField PartMatcher::match(const Scene& scene, const at::Tensor& canvas, const Inputs& inputs,
                              const MemoryPlan& memory) {
    const std::vector<Size> sizes = compared_sizes(scene.size, inputs);
    const Size size = sizes[0];
    Communicator& comm = *scene.bands.comm;
    const Image painting = canvas.defined() ? whole_painting(canvas, scene, size) : Image();
    MatchField field;
    if (comm.rank() == 0)
        field = match_whole(painting, sizes, inputs, memory);
    const Size grid = match_grid(size, match_cell);
    field.cell = match_cell * match_reduction(scene.size, resolved_);
    field.columns = grid.width;
    field.rows = grid.height;
    field.matches.resize(static_cast<std::size_t>(grid.width) * grid.height);
    const at::Tensor all =
        broadcast_first(comm,
                        at::tensor(field.matches, at::TensorOptions(at::kLong)).to(at::kDouble))
            .to(at::kLong)
            .contiguous();
    field.matches.assign(all.data_ptr<std::int64_t>(), all.data_ptr<std::int64_t>() + all.numel());
    field.confidence.resize(field.matches.size());
    const at::Tensor confidence =
        broadcast_first(comm, at::tensor(field.confidence)).to(at::kFloat).contiguous();
    field.confidence.assign(confidence.data_ptr<float>(),
                            confidence.data_ptr<float>() + confidence.numel());
    return field;
}

void save_matches(const MatchField& field, CheckpointWriter& writer) {
    writer.number("match-cell", field.cell);
    writer.number("match-columns", field.columns);
    writer.number("match-rows", field.rows);
    // Exact in float32: cells of styles number less than 2^24.
    const std::vector<float> values(field.matches.begin(), field.matches.end());
    writer.begin_array("matches", values.size());
    writer.add_values(values.data(), values.size());
    writer.begin_array("match-confidence", field.confidence.size());
    writer.add_values(field.confidence.data(), field.confidence.size());
}

bool has_matches(const CheckpointReader& reader) { return reader.number("matched") != 0; }

MatchField load_matches(const CheckpointReader& reader) {
    MatchField field;
    field.cell = static_cast<int>(reader.number("match-cell"));
    field.columns = static_cast<int>(reader.number("match-columns"));
    field.rows = static_cast<int>(reader.number("match-rows"));
    const std::size_t count = static_cast<std::size_t>(std::max(0, field.columns)) *
                              static_cast<std::size_t>(std::max(0, field.rows));
    if (field.cell < match_cell || count == 0)
        throw Error(ErrorCode::invalid_request,
                    "The checkpoint's matched parts are damaged; start the run anew.");
    reader.expect_count("matches", count);
    std::vector<float> values(count);
    reader.values("matches", 0, values.data(), count);
    field.matches.assign(values.begin(), values.end());
    field.confidence.resize(count);
    reader.expect_count("match-confidence", count);
    reader.values("match-confidence", 0, field.confidence.data(), count);
    return field;
}

void PartMatcher::apply(const MatchField& field, Scene& scene, const MemoryPlan& memory) const {
    scene.objective->set_matches(
        scene.matched, field, scene.style_features,
        content_view(scene, scene.view.own_with_halo(), network_.placement().device),
        scene.view_margin, memory);
    scene.style_features.clear();
}

} // namespace maniera
