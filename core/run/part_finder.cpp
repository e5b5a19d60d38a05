// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/run/part_finder.h"

#include "core/base/sha256.h"
#include "core/device/one_blas_thread.h"
#include "core/device/side_by_side.h"
#include "core/distributed/collectives.h"
#include "core/error.h"
#include "core/image/pyramid.h"
#include "core/network/tensors.h"
#include "core/objective/regions.h"
#include "core/objective/term_options.h"
#include "core/parts/main_directions.h"
#include "core/parts/part_features.h"
#include "core/parts/part_masks.h"
#include "core/run/found_parts.h"
#include "core/run/scene_rows.h"
#include "core/run/style_palette.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/max.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/tensor.h>

#include <algorithm>
#include <numeric>
#include <utility>

namespace maniera {
namespace {

constexpr int seen_side = 320; // px, the long one: of small pictures too, which else seem alike
constexpr std::int64_t directions = 64;
constexpr std::size_t fewest = 32; // positions that say anything
// Tried on 45 pairs: 0.08 to 0.17 for pages of text, skies alone and patterns, 0.20 to 0.31 for
// photographs of scenes and faces with five paintings.
constexpr double least_likeness = 0.183;
// Of where a position lies beside what it shows. Photographs and paintings have the sky above and a
// face in the middle, and a part is in one piece more often than not.
constexpr double place_weight = 0.4;
constexpr double least_of_style = 0.04; // of a style's positions: with fewer it has not the part

// Sides in whole cells of the deepest layer.
Size small_size(Size own) {
    const Size size = fit_long_side(own, seen_side);
    constexpr int unit = 2 * part_cell;
    const auto whole = [](int side) { return std::max(1, (side + unit / 2) / unit) * unit; };
    return {whole(size.width), whole(size.height)};
}

NetworkConfig config_of(const Model& model, const ResolvedOptions& resolved,
                        const Placement& placement) {
    NetworkConfig config = network_config(resolved, model, placement);
    config.taps = part_layers(model.manifest);
    config.backward_pass = false;
    if (config.taps.empty())
        throw Error(ErrorCode::invalid_option,
                    "The model " + model.manifest.name +
                        " has no layers that tell parts, such "
                        "as relu4_1; leave --parts out, or use the model vgg16.");
    return config;
}

void go_on(const StopCallback& stop) {
    if (stop && stop())
        throw Error(ErrorCode::stopped, "The search for parts was stopped.");
}

// A picture as it is looked at.
struct Seen {
    Image picture;
    PartFeatures features;
};

Seen look_at(const Network& network, Image picture) {
    PartFeatures features = part_features(network, to_tensor(picture, network.placement().device));
    return {std::move(picture), std::move(features)};
}

// The positions where weights (of the picture's size, empty = 1) are at least a half.
at::Tensor positions_within(ImageView weights, Size grid) {
    std::vector<std::int64_t> places(static_cast<std::size_t>(grid.width) * grid.height);
    std::iota(places.begin(), places.end(), 0);
    const std::vector<float> means = cell_means(weights, grid, part_cell);
    const auto outside = [&](std::int64_t place) {
        return means[static_cast<std::size_t>(place)] < 0.5f;
    };
    if (!means.empty())
        places.erase(std::remove_if(places.begin(), places.end(), outside), places.end());
    return at::tensor(places, at::TensorOptions(at::kLong));
}

std::vector<float> values_of(const at::Tensor& rows) {
    const at::Tensor values = rows.contiguous();
    return {values.data_ptr<float>(), values.data_ptr<float>() + values.numel()};
}

Positions positions_of(const at::Tensor& rows, std::vector<double> weights) {
    return {static_cast<std::size_t>(rows.size(1)), values_of(rows), std::move(weights)};
}

std::vector<std::size_t> indices_of(const at::Tensor& largest) {
    const at::Tensor values = largest.contiguous();
    return {values.data_ptr<std::int64_t>(), values.data_ptr<std::int64_t>() + values.numel()};
}

// Cosines of the content's positions (rows) with the styles' (columns).
Nearest nearest_of(const at::Tensor& cosines) {
    return {indices_of(std::get<1>(at::max(cosines, 1))),
            indices_of(std::get<1>(at::max(cosines, 0)))};
}

// How near what a position shows is to the nearest on the other side, on average of both
// directions.
double likeness_of(const at::Tensor& cosines) {
    const OneThread one_thread;
    const auto mean = [&](std::int64_t over) {
        return std::get<0>(at::max(cosines, over)).mean().item<double>();
    };
    return (mean(0) + mean(1)) / 2;
}

// Where cells lie in the box around `places`: how far from its middle, to either side alike, and
// how far down: (cells, 2), about 0.
at::Tensor coordinates(const at::Tensor& places, Size grid) {
    const auto along = [&](int unit, int count) {
        const auto of = [&](const at::Tensor& cells) {
            return cells.div(unit, "floor").remainder(count);
        };
        const at::Tensor within = of(places);
        const auto first = within.min().item<std::int64_t>();
        const auto length = static_cast<double>(within.max().item<std::int64_t>() - first + 1);
        const at::Tensor all =
            of(at::arange(std::int64_t{grid.width} * grid.height, at::TensorOptions(at::kLong)));
        return ((all - first) * 2 + 1).to(at::kFloat) / length - 1; // -1 to 1 across the box
    };
    return at::stack({along(1, grid.width).abs() - 0.5, along(grid.width, grid.height)}, 1);
}

// A region's positions in the content and in each of its styles.
struct Matter {
    at::Tensor content;
    std::vector<std::size_t> styles; // those with any
    std::vector<at::Tensor> of_styles;
    std::vector<double> style_weights; // of all styles' positions in turn; they sum to 1
};

Matter matter_of(const Inputs& inputs, const Region& region, const Seen& content,
                 const std::vector<Seen>& styles) {
    Matter matter{positions_within(region.weights, content.features.grid), {}, {}, {}};
    std::vector<double> factors;
    for (std::size_t i = 0; i < region.styles.size(); ++i) {
        const std::size_t s = region.styles[i];
        if (region.factors[i] <= 0)
            continue;
        const at::Tensor places =
            positions_within(style_weights(inputs.styles[s], size_of(styles[s].picture), {}),
                             styles[s].features.grid);
        if (places.size(0) == 0)
            continue;
        matter.styles.push_back(s);
        matter.of_styles.push_back(places);
        factors.push_back(region.factors[i]);
    }
    const double sum = std::accumulate(factors.begin(), factors.end(), 0.0);
    for (std::size_t i = 0; i < factors.size(); ++i) {
        const auto count = static_cast<std::size_t>(matter.of_styles[i].size(0));
        matter.style_weights.insert(matter.style_weights.end(), count,
                                    factors[i] / sum / static_cast<double>(count));
    }
    return matter;
}

// How much of each style's positions is in a cluster.
std::vector<double> shares_of(const Matter& matter, const std::vector<int>& labels, int cluster) {
    std::vector<double> shares;
    auto label = labels.begin();
    for (const at::Tensor& places : matter.of_styles) {
        const auto end = label + places.size(0);
        shares.push_back(static_cast<double>(std::count(label, end, cluster)) /
                         static_cast<double>(places.size(0)));
        label = end;
    }
    return shares;
}

// A region's positions as they are compared, and all cells of its pictures, the content and then
// the styles with any, which masks are made of.
struct Compared {
    at::Tensor shown;           // cosines of content (rows) and styles, by what they show alone
    at::Tensor cosines;         // likewise, with where they lie
    at::Tensor content, styles; // (positions, directions + 2), unit vectors
    std::vector<at::Tensor> cells;
};

Compared compare(const Matter& matter, const Seen& content, const std::vector<Seen>& styles) {
    const OneThread one_thread; // sums have the same bits at any number of threads
    std::vector<const Seen*> pictures{&content};
    for (const std::size_t s : matter.styles)
        pictures.push_back(&styles[s]);
    std::vector<at::Tensor> places{matter.content};
    places.insert(places.end(), matter.of_styles.begin(), matter.of_styles.end());
    std::vector<at::Tensor> rows;
    for (std::size_t i = 0; i < pictures.size(); ++i)
        rows.push_back(pictures[i]->features.rows.index_select(0, places[i]));
    const at::Tensor basis = main_directions(at::cat(rows), directions);
    Compared result;
    std::vector<at::Tensor> shown, whole;
    for (std::size_t i = 0; i < pictures.size(); ++i) {
        const at::Tensor each = unit_rows(at::matmul(pictures[i]->features.rows, basis));
        const at::Tensor where = coordinates(places[i], pictures[i]->features.grid);
        result.cells.push_back(unit_rows(at::cat({each, where * place_weight}, 1)));
        shown.push_back(each.index_select(0, places[i]));
        whole.push_back(result.cells.back().index_select(0, places[i]));
    }
    const auto of_styles = [](const std::vector<at::Tensor>& all) {
        return at::cat(std::vector<at::Tensor>(all.begin() + 1, all.end()));
    };
    result.shown = at::matmul(shown.front(), of_styles(shown).t());
    result.content = whole.front();
    result.styles = of_styles(whole);
    result.cosines = at::matmul(result.content, result.styles.t());
    return result;
}

// None (count 0) where the pictures have too little in common.
Clusters clusters_of(const Matter& matter, const Compared& compared, std::size_t asked) {
    if (asked == 0 && likeness_of(compared.shown) < least_likeness)
        return {};
    const auto count = static_cast<std::size_t>(compared.content.size(0));
    const std::vector<double> weights(count, 1 / static_cast<double>(count));
    return choose_clusters(positions_of(compared.content, weights),
                           positions_of(compared.styles, matter.style_weights),
                           {nearest_of(compared.cosines), nearest_of(compared.shown)}, asked);
}

std::vector<PartPair> parts_within(const Inputs& inputs, const Region& region, const Seen& content,
                                   const std::vector<Seen>& styles, std::size_t asked,
                                   const StopCallback& stop) {
    const Matter matter = matter_of(inputs, region, content, styles);
    if (static_cast<std::size_t>(matter.content.size(0)) < fewest ||
        matter.style_weights.size() < fewest)
        return {};
    go_on(stop);
    const Compared compared = compare(matter, content, styles);
    go_on(stop);
    const Clusters found = clusters_of(matter, compared, asked);
    if (found.count == 0)
        return {};
    go_on(stop);
    std::vector<std::vector<Image>> masks(compared.cells.size()); // the content's, then the styles'
    each_in_one_thread(masks.size(), [&](std::size_t i) {
        const Seen& seen = i == 0 ? content : styles[matter.styles[i - 1]];
        masks[i] =
            part_masks(found, values_of(compared.cells[i]), seen.features.grid, seen.picture);
    });
    std::vector<PartPair> parts;
    for (const std::size_t k : kept_clusters(found.agreement)) {
        PartPair part{"", std::move(masks.front()[k]), std::vector<Image>(inputs.styles.size())};
        const std::vector<double> shares = shares_of(matter, found.style, static_cast<int>(k));
        for (std::size_t i = 0; i < matter.styles.size(); ++i)
            if (shares[i] >= least_of_style)
                part.style_masks[matter.styles[i]] = std::move(masks[i + 1][k]);
        parts.push_back(std::move(part));
    }
    return parts;
}

// Rank 0's at every rank: what there is of masks and their sizes first, then the pixels.
std::vector<PartPair> shared(std::vector<PartPair> parts, std::size_t styles, Communicator& comm) {
    if (comm.size() == 1)
        return parts;
    const auto broadcast = [&](const at::Tensor& values) {
        return broadcast_first(comm, values.to(at::kDouble)).contiguous();
    };
    parts.resize(static_cast<std::size_t>(
        broadcast(at::tensor({static_cast<double>(parts.size())})).item<double>()));
    for (PartPair& part : parts) {
        part.style_masks.resize(styles);
        std::vector<Image*> masks{&part.mask};
        for (Image& mask : part.style_masks)
            masks.push_back(&mask);
        for (Image* mask : masks) {
            const at::Tensor size = broadcast(
                at::tensor({static_cast<double>(mask->width), static_cast<double>(mask->height)}));
            const int width = static_cast<int>(size.data_ptr<double>()[0]);
            const int height = static_cast<int>(size.data_ptr<double>()[1]);
            if (width == 0)
                continue;
            if (mask->empty())
                *mask = Image(width, height, 1);
            const at::Tensor pixels = broadcast(at::tensor(mask->pixels));
            std::copy_n(pixels.data_ptr<double>(), mask->pixels.size(), mask->pixels.begin());
        }
    }
    return parts;
}

} // namespace

std::unique_ptr<PartFinder> PartFinder::make(const Model& model, const ResolvedOptions& resolved,
                                             const Placement& placement) {
    const bool has_layers = !part_layers(model.manifest).empty();
    if (resolved.parts == MANIERA_PARTS_OFF || !(resolved.own_parts || has_layers))
        return nullptr;
    return std::unique_ptr<PartFinder>(new PartFinder(model, resolved, placement));
}

PartFinder::PartFinder(const Model& model, const ResolvedOptions& resolved,
                       const Placement& placement)
    : resolved_(resolved), model_sha256_(model.manifest.sha256),
      network_(model, config_of(model, resolved, placement)) {}

struct PartFinder::SmallCopies {
    Image content;
    std::vector<Image> styles;
    RegionPlan plan; // of the content
};

PartFinder::SmallCopies PartFinder::small_copies(const Inputs& inputs) const {
    const Size size = small_size(inputs.content.color.size);
    SmallCopies copies{resized_rows(inputs.content.color, size, {0, size.height}),
                       {},
                       plan_whole(convention_of(resolved_), inputs, size)};
    for (const StyleInput& style : inputs.styles)
        copies.styles.push_back(
            resize(style.picture.color, small_size(size_of(style.picture.color))));
    return copies;
}

// Of all that decides which parts are found, and how their bits are rounded.
std::string PartFinder::key_of(const Inputs& inputs, const SmallCopies& copies) const {
    Sha256 hash;
    const auto add = [&](const Image& image) {
        const int shape[] = {image.width, image.height, image.channels};
        hash.add(shape, sizeof shape);
        hash.add(image.pixels.data(), image.pixels.size() * sizeof(float));
    };
    hash.add(model_sha256_.data(), model_sha256_.size());
    const int precision = static_cast<int>(network_.placement().precision);
    for (const int number : {resolved_.parts, resolved_.pooling, resolved_.threads, precision})
        hash.add(&number, sizeof number);
    hash.add(resolved_.device, sizeof resolved_.device);
    add(copies.content);
    for (std::size_t s = 0; s < copies.styles.size(); ++s) {
        add(copies.styles[s]);
        add(style_weights(inputs.styles[s], size_of(copies.styles[s]), {}));
    }
    for (const Region& region : copies.plan.regions) {
        add(region.weights);
        hash.add(region.styles.data(), region.styles.size() * sizeof region.styles[0]);
        hash.add(region.factors.data(), region.factors.size() * sizeof region.factors[0]);
    }
    return lower_hex(hash.finish());
}

std::vector<PartPair> PartFinder::find_here(const Inputs& inputs, SmallCopies copies,
                                            const StopCallback& stop) const {
    const auto seen = [&](Image picture) {
        go_on(stop);
        return look_at(network_, std::move(picture));
    };
    const Seen content = seen(std::move(copies.content));
    std::vector<Seen> styles;
    for (Image& style : copies.styles)
        styles.push_back(seen(std::move(style)));
    const std::size_t asked =
        resolved_.parts == MANIERA_PARTS_AUTO
            ? 0
            : static_cast<std::size_t>(resolved_.parts - MANIERA_PARTS_TWO) + 2;
    std::vector<PartPair> parts;
    for (const Region& region : copies.plan.regions)
        for (PartPair& part : parts_within(inputs, region, content, styles, asked, stop))
            parts.push_back(std::move(part));
    for (std::size_t i = 0; i < parts.size(); ++i)
        parts[i].name = "part" + std::to_string(i + 1);
    return parts;
}

std::vector<PartPair> PartFinder::find(const Inputs& inputs, Communicator& comm,
                                       const StopCallback& stop) const {
    return shared(comm.rank() == 0 ? find_here(inputs, small_copies(inputs), stop)
                                   : std::vector<PartPair>(),
                  inputs.styles.size(), comm);
}

std::vector<PartPair> PartFinder::find_or_recall(const Inputs& inputs, Communicator& comm) const {
    static FoundParts last;
    const auto found = [&] {
        SmallCopies copies = small_copies(inputs);
        const std::string key = key_of(inputs, copies);
        return last.get(key, [&] { return find_here(inputs, std::move(copies), {}); });
    };
    return shared(comm.rank() == 0 ? found() : std::vector<PartPair>(), inputs.styles.size(), comm);
}

} // namespace maniera
