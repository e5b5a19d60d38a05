// SPDX-License-Identifier: GPL-3.0-or-later
// Both objectives are one computation: moments, terms, affine maps. They differ in scale factors.

#include "core/objective/objective.h"

#include "core/error.h"
#include "core/objective/total_variation.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/sum.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace maniera {

namespace {

std::vector<Window> parts_in(const std::vector<std::vector<Window>>& rows) {
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
        taps_[t].pixels = static_cast<double>(layer.x.length()) * layer.y.length();
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
    set_pulls(plan.regions, targets);
}

std::vector<std::size_t> Objective::taps_where(bool Tap::*is) const {
    std::vector<std::size_t> taps;
    for (std::size_t t = 0; t < taps_.size(); ++t)
        if (taps_[t].*is)
            taps.push_back(t);
    return taps;
}

Window Objective::in_held(const Window& window, int pools) const {
    return {window.x, counted_from(window.y, bands_.own_with_halo().begin >> pools)};
}

void Objective::set_content_targets(const at::Tensor& content, const std::string& folder) {
    const std::vector<std::size_t> taps = taps_where(&Tap::is_content);
    const Rows held(content, bands_.own_with_halo().begin, bands_.picture);
    const std::vector<Window> parts = parts_in(tiles_);
    const bool in_one = parts.size() == 1 && bands_.comm->size() == 1;
    for_parts(parts, [&](const Window& part) {
        network_.visit(held, part, taps, [&](std::size_t t, const at::Tensor& features) {
            OffloadedTensor& target = taps_[t].content;
            if (in_one) {
                target = OffloadedTensor(features, folder);
                return;
            }
            const int pools = network_.level(t);
            const Window layer =
                reduced({{0, bands_.picture.width}, bands_.own_with_halo()}, pools);
            if (target.empty())
                target = OffloadedTensor({1, features.size(1), layer.y.length(), layer.x.length()},
                                         features.options(), folder);
            target.write(in_held(reduced(part, pools), pools), features);
        });
    });
    if (bands_.comm->size() == 1)
        return;
    // Around the band they come from those who made them: in other tiles they would be rounded
    // otherwise.
    for (const std::size_t t : taps) {
        const int pools = network_.level(t);
        OffloadedTensor& target = taps_[t].content;
        const Window own = reduced({{0, bands_.picture.width}, bands_.own()}, pools);
        const at::Tensor mine =
            target.empty() ? at::empty({1, network_.channels(t), 0, own.x.length()},
                                       content.options().dtype(network_.placement().precision))
                           : target.read(in_held(own, pools));
        target = OffloadedTensor(exchange_rows(*bands_.comm, mine, all_reduced(bands_.rows, pools),
                                               all_reduced(bands_.with_halo, pools)),
                                 folder);
    }
}

void Objective::set_pulls(const std::vector<Region>& regions, const StyleTargets& targets) {
    const std::vector<std::size_t> taps = taps_where(&Tap::is_style);
    for (const std::size_t t : taps)
        for (std::size_t r = 0; r < regions.size(); ++r) {
            Pull pull;
            pull.target = targets[t][r];
            if (!regions[r].weights.empty())
                pull.weights = layer_weights(options_, network_, t, regions[r].weights);
            taps_[t].pulls.push_back(std::move(pull));
        }
    // How much each region weighs at each layer: summed as all else is.
    const auto count = static_cast<std::int64_t>(taps.size() * regions.size());
    const at::Tensor none = at::zeros({count}, at::TensorOptions(at::kDouble));
    std::vector<at::Tensor> rows;
    for (const std::vector<Window>& row : tiles_) {
        rows.push_back(none.clone());
        double* sum = rows.back().data_ptr<double>();
        for (const std::size_t t : taps)
            for (const Pull& pull : taps_[t].pulls) {
                const int pools = network_.level(t);
                const Window layer = reduced({{0, bands_.picture.width}, row.front().y}, pools);
                *sum++ = pull.weights.defined()
                             ? sum_of(narrowed(pull.weights, in_held(layer, pools)))
                             : static_cast<double>(layer.x.length()) * layer.y.length();
            }
    }
    const at::Tensor all = all_reduce_in_order(*bands_.comm, rows, none);
    const double* sum = all.data_ptr<double>();
    for (const std::size_t t : taps)
        for (Pull& pull : taps_[t].pulls) {
            pull.weight_sum = *sum++;
            pull.share = pull.target.factors.empty() ? 0 : pull.weight_sum / taps_[t].pixels;
        }
}

void Objective::gather_sums(std::size_t t, const Window& part, const at::Tensor& features,
                            Sums& sums) const {
    const int pools = network_.level(t);
    const std::vector<Pull>& pulls = taps_[t].pulls;
    sums.resize(taps_.size());
    sums[t].resize(pulls.size());
    for (std::size_t r = 0; r < pulls.size(); ++r)
        if (pulls[r].share > 0)
            add(sums[t][r],
                gather(as_matrix(features),
                       weights_in(pulls[r].weights, in_held(reduced(part, pools), pools)), 0));
}

void Objective::fold(Sums& sums, const Sums& row) {
    for (std::size_t t = 0; t < sums.size(); ++t) {
        sums[t].resize(row[t].size());
        for (std::size_t r = 0; r < row[t].size(); ++r)
            if (row[t][r].first.defined())
                add(sums[t][r], row[t][r]);
    }
}

// Of all ranks. Their rows travel as one.
Objective::Sums Objective::add_up(std::vector<Sums>& rows, const at::TensorOptions& like) const {
    if (bands_.comm->size() == 1)
        return std::move(rows.front());
    Sums total(taps_.size());
    std::int64_t count = 0;
    for (std::size_t t = 0; t < taps_.size(); ++t)
        for (const Pull& pull : taps_[t].pulls)
            if (pull.share > 0)
                count += network_.channels(t) * (network_.channels(t) + 1);
    std::vector<at::Tensor> packed;
    for (Sums& row : rows) {
        std::vector<at::Tensor> pieces;
        for (const std::vector<MomentSums>& regions : row)
            for (const MomentSums& sums : regions)
                if (sums.first.defined()) {
                    pieces.push_back(sums.first);
                    pieces.push_back(sums.second.reshape({-1}));
                }
        packed.push_back(at::cat(pieces));
        row.clear();
    }
    const at::Tensor all =
        all_reduce_in_order(*bands_.comm, packed, at::zeros({count}, like.dtype(at::kDouble)));
    std::int64_t place = 0;
    const auto next = [&](std::int64_t length) {
        place += length;
        return all.narrow(0, place - length, length);
    };
    for (std::size_t t = 0; t < taps_.size(); ++t) {
        total[t].resize(taps_[t].pulls.size());
        for (std::size_t r = 0; r < total[t].size(); ++r)
            if (taps_[t].pulls[r].share > 0) {
                const std::int64_t channels = network_.channels(t);
                total[t][r].first = next(channels);
                total[t][r].second = next(channels * channels).reshape({channels, channels});
            }
    }
    return total;
}

Objective::Affine Objective::pull(const Tap& tap, const Pull& pull, const MomentSums& sums,
                                  at::Tensor& value) const {
    const auto add = [&](Affine& affine, const TermResult& term, double factor, double share) {
        value = value + term.value * (factor * share);
        affine.a = affine.a.defined() ? affine.a + term.a * factor : term.a * factor;
        if (term.b.defined())
            affine.b = term.b * factor;
    };
    Affine affine;
    if (options_.objective == MANIERA_OBJECTIVE_GATYS) {
        for (std::size_t i = 0; i < pull.target.seconds.size(); ++i)
            add(affine, gatys_term(sums, pull.target.seconds[i], tap.pixels),
                pull.target.factors[i], 1);
        return affine;
    }
    const Moments moments{sums.first / pull.weight_sum, sums.second / pull.weight_sum};
    add(affine,
        pull.target.wassersteins.empty()
            ? gram_term(moments, pull.target.grams[0])
            : wasserstein_term(moments, pull.target.wassersteins[0], options_.sqrt_method),
        pull.target.factors[0], pull.share);
    return affine;
}

double Objective::content_scale(const Tap& tap, std::int64_t channels) const {
    const double elements = static_cast<double>(channels) * tap.pixels;
    return options_.objective == MANIERA_OBJECTIVE_GATYS ? 0.5 / std::sqrt(elements) : 1 / elements;
}

// A mean's gradient at a pixel is smaller than what half can hold; the way back is linear.
double Objective::gradient_factor() const {
    if (network_.placement().precision != at::kHalf)
        return 1;
    const double pixels = static_cast<double>(bands_.picture.width) * bands_.picture.height;
    return std::exp2(4 + std::floor(std::log2(pixels))); // exact: rounds nothing itself
}

Evaluation Objective::evaluate(const at::Tensor& own) const {
    const double factor = gradient_factor();
    const std::vector<std::size_t> style_taps = taps_where(&Tap::is_style);
    std::vector<std::vector<Affine>> affines(taps_.size());
    const auto zero = at::zeros({}, own.options().dtype(at::kDouble));
    std::vector<at::Tensor> values(taps_.size(), zero); // of the styles
    const Rows x = add_halo(bands_, own);
    const bool in_one = tiles_.size() == 1 && tiles_[0].size() == 1;

    // All moments, before any gradient: what a tile is to change depends on the whole.
    Trace trace; // of the band, where it is one tile: there the features serve both passes
    std::vector<Sums> sums;
    for (const std::vector<Window>& row : tiles_) {
        sums.emplace_back(taps_.size());
        for_parts(row, !in_one, [&](const Window& part) {
            if (in_one) {
                trace = network_.forward(x, part);
                for (const std::size_t t : style_taps)
                    gather_sums(t, part, network_.in_part(trace, t), sums.back());
            } else {
                network_.visit(x, part, style_taps, [&](std::size_t t, const at::Tensor& features) {
                    gather_sums(t, part, features, sums.back());
                });
            }
        });
        if (bands_.comm->size() == 1 &&
            sums.size() > 1) { // ranks keep theirs until those above have theirs
            fold(sums.front(), sums.back());
            sums.pop_back();
        }
    }
    const Sums all = add_up(sums, own.options());
    for (const std::size_t t : style_taps)
        for (std::size_t r = 0; r < taps_[t].pulls.size(); ++r) {
            const Pull& region = taps_[t].pulls[r];
            affines[t].push_back(region.share > 0 ? pull(taps_[t], region, all[t][r], values[t])
                                                  : Affine());
        }

    Evaluation result;
    if (!in_one)
        result.gradient = at::empty_like(own);
    std::vector<std::vector<at::Tensor>> contents; // by row of tiles: of taps, then smoothness
    for (const std::vector<Window>& row : tiles_) {
        contents.emplace_back(taps_.size(), zero);
        for_parts(row, !in_one, [&](const Window& part) {
            if (!in_one)
                trace = network_.forward(x, part);
            for (const std::size_t t : taps_where(&Tap::is_content)) {
                const int pools = network_.level(t);
                const Window window = in_held(reduced(part, pools), pools);
                const at::Tensor features = network_.in_part(trace, t);
                at::Tensor& value = contents.back()[t];
                value = value + (features - taps_[t].content.read(window))
                                        .to(at::kFloat)
                                        .square()
                                        .sum()
                                        .to(at::kDouble) *
                                    content_scale(taps_[t], features.size(1));
            }
            at::Tensor gradient = network_.backward(
                trace, [&](std::size_t t, const Window& window, const at::Tensor& f,
                           at::Tensor& g) { inject(t, affines[t], window, f, factor, g); });
            if (factor != 1)
                gradient.div_(factor);
            if (in_one)
                result.gradient = gradient;
            else
                narrowed(
                    result.gradient,
                    {part.x, {part.y.begin - bands_.own().begin, part.y.end - bands_.own().begin}})
                    .copy_(gradient);
        });
    }
    if (!tiles_.empty()) {
        std::vector<Span> rows;
        for (const std::vector<Window>& row : tiles_)
            rows.push_back(row.front().y);
        const std::vector<at::Tensor> smooth = add_smoothness(
            options_.objective, x, rows, options_.smoothness_weight, result.gradient);
        for (std::size_t i = 0; i < rows.size(); ++i)
            contents[i].push_back(smooth[i]);
    }
    std::vector<at::Tensor> numbers;
    for (const std::vector<at::Tensor>& row : contents)
        numbers.push_back(at::stack(row));
    const at::Tensor sum = all_reduce_in_order(
        *bands_.comm, numbers, zero.new_zeros({static_cast<std::int64_t>(taps_.size()) + 1}));

    result.total = zero;
    for (std::size_t t = 0; t < taps_.size(); ++t) {
        if (taps_[t].is_content) {
            const at::Tensor value = sum.select(0, static_cast<std::int64_t>(t));
            result.content.emplace_back(network_.taps()[t], value);
            result.total = result.total + value * taps_[t].content_weight;
        }
        if (taps_[t].is_style) {
            result.style.emplace_back(network_.taps()[t], values[t]);
            result.total = result.total + values[t] * taps_[t].style_weight;
        }
    }
    result.smoothness = sum.select(0, static_cast<std::int64_t>(taps_.size()));
    result.total = broadcast_first(*bands_.comm,
                                   result.total + result.smoothness * options_.smoothness_weight);
    return result;
}

void Objective::inject(std::size_t t, const std::vector<Affine>& affines, const Window& window,
                       const at::Tensor& features, double factor, at::Tensor& gradient) const {
    const Tap& tap = taps_[t];
    const Window held = in_held(window, network_.level(t));
    gradient = gradient.defined() ? gradient.contiguous(at::MemoryFormat::ChannelsLast)
                                  : at::zeros_like(features, at::MemoryFormat::ChannelsLast);
    const at::ScalarType type = features.scalar_type();
    at::Tensor rows = as_matrix(gradient);
    const at::Tensor f = as_matrix(features);
    for (std::size_t r = 0; r < affines.size(); ++r) {
        const Pull& pull = tap.pulls[r];
        if (!affines[r].a.defined())
            continue;
        const double scale = factor * tap.style_weight / tap.pixels;
        const at::Tensor a = (affines[r].a * scale).to(type);
        const at::Tensor b =
            affines[r].b.defined() ? (affines[r].b * scale).to(type) : at::Tensor();
        if (!pull.weights.defined()) {
            rows.addmm_(f, a);
            if (b.defined())
                rows.add_(b);
        } else {
            at::Tensor pulled = at::mm(f, a);
            if (b.defined())
                pulled.add_(b);
            rows.addcmul_(pulled, weights_in(pull.weights, held).to(type).unsqueeze(1));
        }
    }
    if (tap.is_content)
        gradient.add_(features - tap.content.read(held),
                      factor * 2 * tap.content_weight * content_scale(tap, features.size(1)));
}

} // namespace maniera
