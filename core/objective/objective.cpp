// SPDX-License-Identifier: GPL-3.0-or-later
// All objectives are one computation: moments, terms, affine maps. See ObjectiveConvention.

#include "core/objective/objective.h"

#include "core/device/side_by_side.h"
#include "core/distributed/collectives.h"
#include "core/distributed/joint_interruption.h"
#include "core/distributed/pieces.h"
#include "core/network/layers.h"
#include "core/objective/affine_gradient.h"
#include "core/objective/content_loss.h"
#include "core/objective/matched_targets.h"
#include "core/objective/reached.h"
#include "core/objective/total_variation.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/sum.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace maniera {

namespace {

// What is left of the content's weight where a match is certain: it holds eyes and mouths in their
// places, while the match says how they are drawn. Tried: 0, 0.25 and 1.
constexpr double matched_content_share = 0.25;

// Undefined weights stay so.
at::Tensor weights_at(const at::Tensor& weights, const Window& window) {
    return weights.defined() ? narrowed(weights, window) : weights;
}

// Undefined weights are 1.
at::Tensor times(const at::Tensor& weights, const at::Tensor& others) {
    return others.defined() ? weights * others : weights;
}

double pixels_in(Size size) { return static_cast<double>(size.width) * size.height; }

std::vector<Window> pieces_in(const std::vector<std::vector<Window>>& rows) {
    std::vector<Window> parts;
    for (const std::vector<Window>& row : rows)
        parts.insert(parts.end(), row.begin(), row.end());
    return parts;
}

} // namespace

Objective::Objective(const Network& network, const TermOptions& options, const RegionPlan& plan,
                     const at::Tensor& content, const StyleTargets& targets,
                     const MemoryPlan& memory, const RowPartition& bands)
    : network_(network), options_(options), bands_(bands),
      tiles_(tile_rows(bands, memory.tile, network)), taps_(network.taps().size()) {
    for (std::size_t t = 0; t < taps_.size(); ++t) {
        const Window layer = reduced(whole(bands_.picture), network.level(t));
        taps_[t].pixels = static_cast<double>(layer.x.length()) * layer.y.length() *
                          (picture_pixels() / pixels_in(bands_.picture));
    }
    for (int i = 0; i < options_.content_layers.count; ++i) {
        Tap& tap = taps_[tap_index(network.taps(), options_.content_layers.items[i].name)];
        tap.is_content = true;
        tap.content_weight = options_.content_weight * options_.content_layers.items[i].weight;
    }
    for (int i = 0; i < options_.style_layers.count; ++i) {
        Tap& tap = taps_[tap_index(network.taps(), options_.style_layers.items[i].name)];
        tap.is_style = true;
        tap.style_weight = options_.style_weight * options_.style_layers.items[i].weight;
    }
    set_content_targets(content, memory.targets_in_file ? memory.scratch_folder : "");
    set_regions(plan.regions, targets);
    set_directions();
    const std::vector<Window> pieces = pieces_in(tiles_);
    if (pieces.size() == 1) // beside several, what the first waits for is little
        network_.compile(bands_.picture, pieces.front());
}

std::vector<std::size_t> Objective::taps_where(bool Tap::*is) const {
    std::vector<std::size_t> taps;
    for (std::size_t t = 0; t < taps_.size(); ++t)
        if (taps_[t].*is)
            taps.push_back(t);
    return taps;
}

void Objective::set_content_targets(const at::Tensor& content, const std::string& folder) {
    std::vector<OffloadedTensor> targets = content_targets(
        network_, bands_, pieces_in(tiles_), taps_where(&Tap::is_content), content, folder);
    for (const std::size_t t : taps_where(&Tap::is_content)) {
        taps_[t].content = std::move(targets[t]);
        taps_[t].content_weights = without_surroundings(t);
    }
}

at::Tensor Objective::without_surroundings(std::size_t t) const {
    const int beyond = options_.convention.surroundings, level = network_.level(t);
    const Span held = bands_.own_with_halo();
    if (beyond == 0 || held.length() == 0)
        return at::Tensor();
    const Size size = bands_.picture;
    Image weights(size.width, held.length(), 1);
    for (int y = std::max(held.begin, beyond); y < std::min(held.end, size.height - beyond); ++y)
        for (int x = beyond; x < size.width - beyond; ++x)
            *weights.at(x, y - held.begin) = 1;
    return reduce_weights(weights, level, network_.placement().device);
}

double Objective::picture_pixels() const {
    const int both = 2 * options_.convention.surroundings;
    return pixels_in({bands_.picture.width - both, bands_.picture.height - both});
}

void Objective::set_matches(const std::vector<MatchedLayer>& layers, const MatchField& field,
                            const std::vector<StyleFeatures>& styles, const at::Tensor& content,
                            int margin, const MemoryPlan& memory) {
    std::vector<OffloadedTensor> targets =
        matched_targets(network_, layers, field, styles, bands_, pieces_in(tiles_), content, margin,
                        memory.targets_in_file ? memory.scratch_folder : "");
    const auto confidence_at = [&](std::size_t t) {
        return times(match_weights(network_, t, field, bands_, margin), without_surroundings(t));
    };
    for (const MatchedLayer& layer : layers) {
        const std::size_t t = tap_index(network_.taps(), layer.name.c_str());
        taps_[t].is_matched = true;
        taps_[t].matched_weight = options_.matched_weight * layer.weight;
        taps_[t].matched_confidence = confidence_at(t);
        taps_[t].matched = std::move(targets[t]);
    }
    for (const std::size_t t : taps_where(&Tap::is_content)) {
        const at::Tensor weights = 1 - confidence_at(t) * (1 - matched_content_share);
        taps_[t].content_weights = times(weights, without_surroundings(t));
    }
}

void Objective::set_regions(const std::vector<Region>& regions, const StyleTargets& targets) {
    const std::vector<std::size_t> taps = taps_where(&Tap::is_style);
    for (const std::size_t t : taps)
        for (std::size_t r = 0; r < regions.size(); ++r) {
            RegionTerm term;
            term.target = targets[t][r];
            if (!regions[r].weights.empty())
                term.weights = layer_weights(options_, network_, t, regions[r].weights);
            taps_[t].regions.push_back(std::move(term));
        }
    // Each region's weight at each layer, summed in the same order as all else.
    const auto count = static_cast<std::int64_t>(taps.size() * regions.size());
    const at::Tensor none = at::zeros({count}, at::TensorOptions(at::kDouble));
    std::vector<at::Tensor> rows;
    for (const std::vector<Window>& row : tiles_) {
        rows.push_back(none.clone());
        double* sum = rows.back().data_ptr<double>();
        for (const std::size_t t : taps)
            for (const RegionTerm& term : taps_[t].regions) {
                const int level = network_.level(t);
                const Window layer = reduced({{0, bands_.picture.width}, row.front().y}, level);
                *sum++ = term.weights.defined()
                             ? sum_of(narrowed(term.weights, in_held(bands_, layer, level)))
                             : static_cast<double>(layer.x.length()) * layer.y.length();
            }
    }
    const at::Tensor all = all_reduce_in_order(*bands_.comm, rows, none);
    const double* sum = all.data_ptr<double>();
    for (const std::size_t t : taps)
        for (RegionTerm& term : taps_[t].regions) {
            term.weight_sum = *sum++;
            term.share = term.target.factors.empty() ? 0 : term.weight_sum / taps_[t].pixels;
        }
}

void Objective::set_directions() {
    if (options_.sqrt_method != SqrtMethod::eigen || !is_ours(network_.placement()))
        return;
    for (const std::size_t t : taps_where(&Tap::is_style))
        for (RegionTerm& term : taps_[t].regions)
            if (is_sparse(term) && !term.target.wassersteins.empty()) {
                at::Tensor& vectors = term.target.wassersteins[0].vectors;
                if (!projects_on(vectors.size(1), vectors.size(0)))
                    continue;
                // Products round them: so the term takes them rounded too.
                term.directions = vectors.to(network_.placement().precision).contiguous();
                vectors = term.directions.to(vectors.scalar_type());
            }
}

// Regions that cover the picture but for its margin are not.
bool Objective::is_sparse(const RegionTerm& region) {
    return region.weights.defined() && region.share < most_reached;
}

void Objective::gather_sums(std::size_t t, const Window& part, const at::Tensor& features,
                            LayerSums& sums) const {
    const int level = network_.level(t);
    const std::vector<RegionTerm>& regions = taps_[t].regions;
    sums.resize(taps_.size());
    sums[t].resize(regions.size());
    std::vector<RegionSums> wanted;
    for (std::size_t r = 0; r < regions.size(); ++r)
        if (regions[r].share > 0)
            wanted.push_back(
                {weights_in(regions[r].weights, in_held(bands_, reduced(part, level), level)),
                 is_sparse(regions[r]), &sums[t][r], regions[r].directions});
    add_moments(as_matrix(features), wanted);
}

std::vector<std::vector<SumsShape>> Objective::shapes_of_sums() const {
    std::vector<std::vector<SumsShape>> shapes(taps_.size());
    for (std::size_t t = 0; t < taps_.size(); ++t)
        for (const RegionTerm& term : taps_[t].regions) {
            SumsShape shape;
            if (term.share > 0)
                shape.channels = network_.channels(t);
            if (term.share > 0 && term.directions.defined())
                shape.directions = term.directions.size(1);
            shapes[t].push_back(shape);
        }
    return shapes;
}

std::vector<TermResult> Objective::terms_of(const Tap& tap, const RegionTerm& region,
                                            const MomentSums& sums) const {
    std::vector<TermResult> terms;
    if (!options_.convention.mean_terms) {
        for (const at::Tensor& second : region.target.seconds)
            terms.push_back(gatys_term(sums, second, tap.pixels));
        return terms;
    }
    const Moments moments = normalize({region.weight_sum, sums.first, sums.second, sums.square});
    terms.push_back(
        region.target.wassersteins.empty()
            ? gram_term(moments, region.target.grams[0])
            : wasserstein_term(moments, region.target.wassersteins[0], options_.sqrt_method));
    return terms;
}

Objective::Affine Objective::sum_of_terms(const RegionTerm& region,
                                          const std::vector<TermResult>& terms,
                                          at::Tensor& value) const {
    const double share = options_.convention.mean_terms ? region.share : 1;
    Affine affine;
    for (std::size_t i = 0; i < terms.size(); ++i) {
        const double factor = region.target.factors[i];
        value = value + terms[i].value * (factor * share);
        if (terms[i].inner.defined()) { // of a Wasserstein term, which is alone
            affine.inner = terms[i].inner * factor;
            affine.diagonal = terms[i].diagonal * factor;
        } else {
            affine.a = affine.a.defined() ? affine.a + terms[i].a * factor : terms[i].a * factor;
        }
        if (terms[i].b.defined())
            affine.b = terms[i].b * factor;
    }
    return affine;
}

double Objective::content_scale_at(std::size_t t) const {
    return content_scale(options_.convention, network_.channels(t), taps_[t].pixels);
}

// A mean's gradient at a pixel underflows in float16. The backward pass is linear: the factor
// divides out of its result.
double Objective::gradient_factor() const {
    if (network_.placement().precision != at::kHalf)
        return 1;
    const double pixels = static_cast<double>(bands_.picture.width) * bands_.picture.height;
    return std::exp2(4 + std::floor(std::log2(pixels))); // exact: rounds nothing itself
}

Evaluation Objective::evaluate(const at::Tensor& own) const {
    Pass pass{add_halo(bands_, own), tiles_.size() == 1 && tiles_[0].size() == 1, {}};
    // All moments come before any gradient: a tile's gradient depends on the whole.
    std::vector<LayerSums> rows;
    or_all_abandon(*bands_.comm, [&] { rows = gather_moments(pass); });
    const StyleLoss style =
        style_loss(reduce_sums(*bands_.comm, rows, shapes_of_sums(), own.device()), own.options());
    Evaluation result;
    std::vector<Values> values;
    or_all_abandon(*bands_.comm,
                   [&] { values = backward_pass(pass, style, own, result.gradient); });
    add_pixel_terms(pass, own, values, result.gradient);
    add_values(result, reduce_values(values, own.options()), style);
    return result;
}

// One entry a row of tiles among several ranks, else one in all: ranks keep theirs until those
// above have theirs.
std::vector<LayerSums> Objective::gather_moments(Pass& pass) const {
    const std::vector<std::size_t> style_taps = taps_where(&Tap::is_style);
    std::vector<LayerSums> sums;
    for (const std::vector<Window>& row : tiles_) {
        sums.emplace_back(taps_.size());
        for_pieces(row, !pass.in_one, [&](const Window& part) {
            if (pass.in_one) { // the features serve both passes
                pass.trace = network_.forward(pass.x, part);
                for (const std::size_t t : style_taps)
                    gather_sums(t, part, network_.in_part(pass.trace, t), sums.back());
            } else {
                network_.visit(
                    pass.x, part, style_taps,
                    [&](std::size_t t, const at::Tensor& features) {
                        gather_sums(t, part, features, sums.back());
                    },
                    Passes::many);
            }
        });
        if (bands_.comm->size() == 1 && sums.size() > 1) {
            fold(sums.front(), sums.back());
            sums.pop_back();
        }
    }
    return sums;
}

Objective::StyleLoss Objective::style_loss(const LayerSums& sums,
                                           const at::TensorOptions& like) const {
    // The deepest first, whose matrices are the largest.
    std::vector<std::pair<std::size_t, std::size_t>> places;
    for (std::size_t t = taps_.size(); t-- > 0;)
        for (std::size_t r = 0; r < taps_[t].regions.size(); ++r)
            if (taps_[t].regions[r].share > 0)
                places.emplace_back(t, r);
    std::vector<std::vector<std::vector<TermResult>>> terms(taps_.size());
    for (std::size_t t = 0; t < taps_.size(); ++t)
        terms[t].resize(taps_[t].regions.size());
    side_by_side(like.device(), places.size(), [&](std::size_t i) {
        const auto [t, r] = places[i];
        terms[t][r] = terms_of(taps_[t], taps_[t].regions[r], sums[t][r]);
    });
    const at::Tensor zero = at::zeros({}, like.dtype(at::kDouble));
    StyleLoss loss{std::vector<at::Tensor>(taps_.size(), zero),
                   std::vector<std::vector<at::Tensor>>(taps_.size()),
                   std::vector<std::vector<Affine>>(taps_.size())};
    for (const std::size_t t : taps_where(&Tap::is_style))
        for (std::size_t r = 0; r < taps_[t].regions.size(); ++r) {
            at::Tensor own = zero;
            loss.affines[t].push_back(sum_of_terms(taps_[t].regions[r], terms[t][r], own));
            loss.values[t] = loss.values[t] + own;
            loss.of_regions[t].push_back(own);
        }
    return loss;
}

std::vector<Objective::Values> Objective::backward_pass(Pass& pass, const StyleLoss& style,
                                                        const at::Tensor& own,
                                                        at::Tensor& gradient) const {
    const auto zero = at::zeros({}, own.options().dtype(at::kDouble));
    if (!pass.in_one)
        gradient = at::empty_like(own);
    std::vector<Values> values;
    for (const std::vector<Window>& row : tiles_) {
        values.emplace_back(2 * taps_.size(), zero);
        for_pieces(row, !pass.in_one, [&](const Window& part) {
            if (!pass.in_one)
                pass.trace = network_.forward(pass.x, part);
            add_content_values(pass.trace, part, values.back());
            const at::Tensor its = gradient_of_part(pass.trace, style);
            if (pass.in_one)
                gradient = its;
            else
                narrowed(gradient, {part.x, counted_from(part.y, bands_.own().begin)}).copy_(its);
        });
    }
    return values;
}

void Objective::add_content_values(const Trace& trace, const Window& part, Values& values) const {
    const auto add = [&](std::size_t t, const OffloadedTensor& target, const at::Tensor& weights,
                         at::Tensor& value) {
        const int level = network_.level(t);
        const Window window = in_held(bands_, reduced(part, level), level);
        value = value + content_value(network_.in_part(trace, t), target.read(window),
                                      weights_at(weights, window), content_scale_at(t));
    };
    for (const std::size_t t : taps_where(&Tap::is_content))
        add(t, taps_[t].content, taps_[t].content_weights, values[t]);
    for (const std::size_t t : taps_where(&Tap::is_matched))
        add(t, taps_[t].matched, taps_[t].matched_confidence, values[taps_.size() + t]);
}

at::Tensor Objective::gradient_of_part(Trace& trace, const StyleLoss& style) const {
    const double factor = gradient_factor();
    at::Tensor gradient = network_.backward(
        trace, [&](std::size_t t, const Window& window, const at::Tensor& f, at::Tensor& g) {
            inject(t, style.affines[t], window, f, factor, g);
        });
    if (factor != 1)
        gradient.div_(factor);
    return gradient;
}

void Objective::add_pixel_terms(const Pass& pass, const at::Tensor& own,
                                std::vector<Values>& values, at::Tensor& gradient) const {
    if (tiles_.empty())
        return;
    std::vector<Span> rows;
    for (const std::vector<Window>& row : tiles_)
        rows.push_back(row.front().y);
    const std::vector<at::Tensor> smooth = add_total_variation(
        options_.convention, pass.x, rows, options_.smoothness_weight, gradient);
    for (std::size_t i = 0; i < rows.size(); ++i)
        values[i].push_back(smooth[i]);
    if (!temporal_.target.defined())
        return;
    const std::vector<at::Tensor> near =
        add_temporal(temporal_, own, rows, picture_pixels(), gradient);
    for (std::size_t i = 0; i < rows.size(); ++i)
        values[i].push_back(near[i]);
}

// The sum over all rows of tiles of each value. Collective.
at::Tensor Objective::reduce_values(const std::vector<Values>& values,
                                    const at::TensorOptions& like) const {
    std::vector<at::Tensor> rows;
    for (const Values& row : values)
        rows.push_back(at::stack(row));
    const std::int64_t count =
        2 * static_cast<std::int64_t>(taps_.size()) + 1 + temporal_.target.defined();
    return all_reduce_in_order(*bands_.comm, rows, at::zeros({count}, like.dtype(at::kDouble)));
}

void Objective::add_values(Evaluation& result, const at::Tensor& sums,
                           const StyleLoss& style) const {
    result.total = at::zeros({}, sums.options());
    for (std::size_t t = 0; t < taps_.size(); ++t) {
        if (taps_[t].is_content) {
            const at::Tensor value = sums.select(0, static_cast<std::int64_t>(t));
            result.content.emplace_back(network_.taps()[t], value);
            result.total = result.total + value * taps_[t].content_weight;
        }
        if (taps_[t].is_matched) {
            const at::Tensor value = sums.select(0, static_cast<std::int64_t>(taps_.size() + t));
            result.matched.emplace_back(network_.taps()[t], value);
            result.total = result.total + value * taps_[t].matched_weight;
        }
        if (taps_[t].is_style) {
            result.style.emplace_back(network_.taps()[t], style.values[t]);
            result.regions.resize(style.of_regions[t].size());
            for (std::size_t r = 0; r < result.regions.size(); ++r)
                result.regions[r].push_back(style.of_regions[t][r]);
            result.total = result.total + style.values[t] * taps_[t].style_weight;
        }
    }
    const std::int64_t pixel_terms = 2 * static_cast<std::int64_t>(taps_.size());
    result.smoothness = sums.select(0, pixel_terms);
    result.total = result.total + result.smoothness * options_.smoothness_weight;
    if (temporal_.target.defined()) {
        result.temporal = sums.select(0, pixel_terms + 1);
        result.total = result.total + result.temporal * temporal_.weight;
    }
    result.total = broadcast_first(*bands_.comm, result.total);
}

void Objective::inject(std::size_t t, const std::vector<Affine>& affines, const Window& window,
                       const at::Tensor& features, double factor, at::Tensor& gradient) const {
    const Tap& tap = taps_[t];
    const Window held = in_held(bands_, window, network_.level(t));
    bool read = gradient.defined(); // else there is nothing in it yet
    gradient = read ? gradient.contiguous(at::MemoryFormat::ChannelsLast)
                    : at::empty_like(features, at::MemoryFormat::ChannelsLast);
    at::Tensor rows = as_matrix(gradient);
    const at::Tensor f = as_matrix(features);
    std::vector<ReachedGradient> reached;
    for (std::size_t r = 0; r < affines.size(); ++r) {
        const Affine& affine = affines[r];
        if (!affine.a.defined() && !affine.inner.defined())
            continue;
        const double scale = factor * tap.style_weight / tap.pixels;
        const at::Tensor b = affine.b.defined() ? affine.b * scale : at::Tensor();
        const at::Tensor weights = weights_in(tap.regions[r].weights, held);
        if (affine.inner.defined()) {
            reached.push_back({{},
                               b,
                               weights,
                               tap.regions[r].directions,
                               affine.inner * scale,
                               affine.diagonal.item<double>() * scale});
        } else if (is_sparse(tap.regions[r])) {
            reached.push_back({affine.a * scale, b, weights});
        } else {
            add_affine_gradient(rows, read, f, affine.a * scale, b, weights);
            read = true;
        }
    }
    if (!read)
        gradient.zero_();
    if (!reached.empty())
        add_affine_gradients_reached(rows, f, reached);
    const auto draw_to = [&](const OffloadedTensor& target, const at::Tensor& weights,
                             double weight) {
        add_content_gradient(features, target.read(held), weights_at(weights, held),
                             factor * weight * content_scale_at(t), gradient);
    };
    if (tap.is_content)
        draw_to(tap.content, tap.content_weights, tap.content_weight);
    if (tap.is_matched)
        draw_to(tap.matched, tap.matched_confidence, tap.matched_weight);
}

} // namespace maniera
