// SPDX-License-Identifier: GPL-3.0-or-later
// Both objectives are one computation: moments, terms, affine maps. They differ in scale factors.

#include "core/objective.h"

#include "core/error.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/sign.h>
#include <ATen/ops/sum.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace maniera {

Objective::Objective(const Network& network, const TermOptions& options, const RegionPlan& plan,
                     const at::Tensor& content, const StyleTargets& targets,
                     const MemoryPlan& memory)
    : network_(network), options_(options), tile_(memory.tile), taps_(network.taps().size()) {
    for (std::size_t t = 0; t < taps_.size(); ++t) {
        const Window layer = reduced(whole(size_of(content)), network.pools_above(t));
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

std::vector<Window> Objective::tiles_of(Size picture) const {
    return parts_of(picture, tile_, network_);
}

void Objective::set_content_targets(const at::Tensor& content, const std::string& folder) {
    const Size picture = size_of(content);
    const std::vector<Window> parts = tiles_of(picture);
    for_parts(parts, [&](const Window& part) {
        network_.visit(content, part, taps_where(&Tap::is_content),
                       [&](std::size_t t, const at::Tensor& features) {
                           Kept& target = taps_[t].content;
                           if (parts.size() == 1) {
                               target = Kept(features, folder);
                               return;
                           }
                           const int pools = network_.pools_above(t);
                           const Window layer = reduced(whole(picture), pools);
                           if (target.empty())
                               target =
                                   Kept({1, features.size(1), layer.y.length(), layer.x.length()},
                                        features.options(), folder);
                           target.write(reduced(part, pools), features);
                       });
    });
}

void Objective::set_pulls(const std::vector<Region>& regions, const StyleTargets& targets) {
    for (const std::size_t t : taps_where(&Tap::is_style))
        for (std::size_t r = 0; r < regions.size(); ++r) {
            Pull pull;
            pull.target = targets[t][r];
            pull.weight_sum = taps_[t].pixels;
            if (!regions[r].weights.empty()) {
                pull.weights = layer_weights(options_, network_, t, regions[r].weights);
                pull.weight_sum = sum_of(pull.weights);
            }
            pull.share = pull.target.factors.empty() ? 0 : pull.weight_sum / taps_[t].pixels;
            taps_[t].pulls.push_back(std::move(pull));
        }
}

void Objective::gather_sums(const Tap& tap, const Window& window, const at::Tensor& features,
                            std::vector<MomentSums>& sums) const {
    sums.resize(tap.pulls.size());
    for (std::size_t r = 0; r < sums.size(); ++r)
        if (tap.pulls[r].share > 0)
            add(sums[r], gather(as_matrix(features), weights_in(tap.pulls[r].weights, window), 0));
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
            : wasserstein_term(moments, pull.target.wassersteins[0], options_.roots),
        pull.target.factors[0], pull.share);
    return affine;
}

double Objective::content_scale(const Tap& tap, std::int64_t channels) const {
    const double elements = static_cast<double>(channels) * tap.pixels;
    return options_.objective == MANIERA_OBJECTIVE_GATYS ? 0.5 / std::sqrt(elements) : 1 / elements;
}

// A mean's gradient at a pixel is smaller than what half can hold; the way back is linear.
double Objective::gradient_factor(Size picture) const {
    if (network_.placement().precision != at::kHalf)
        return 1;
    const double pixels = static_cast<double>(picture.width) * picture.height;
    return std::exp2(4 + std::floor(std::log2(pixels))); // exact: rounds nothing itself
}

Evaluation Objective::evaluate(const at::Tensor& x) const {
    const double factor = gradient_factor(size_of(x));
    const std::vector<Window> parts = tiles_of(size_of(x));
    const std::vector<std::size_t> style_taps = taps_where(&Tap::is_style);
    std::vector<std::vector<MomentSums>> sums(taps_.size());
    std::vector<std::vector<Affine>> affines(taps_.size());
    const auto zero = at::zeros({}, x.options().dtype(at::kDouble));
    std::vector<at::Tensor> values(taps_.size(), zero); // of the styles, then of the contents
    std::vector<at::Tensor> contents(taps_.size(), zero);

    // All moments, before any gradient: what a tile is to change depends on the whole.
    Trace trace; // of the picture, where it is one tile: there the features serve both passes
    if (parts.size() == 1) {
        trace = network_.forward(x);
        for (const std::size_t t : style_taps)
            gather_sums(taps_[t], reduced(parts[0], network_.pools_above(t)), trace.tap(t),
                        sums[t]);
    } else {
        for_parts(parts, [&](const Window& part) {
            network_.visit(x, part, style_taps, [&](std::size_t t, const at::Tensor& features) {
                gather_sums(taps_[t], reduced(part, network_.pools_above(t)), features, sums[t]);
            });
        });
    }
    for (const std::size_t t : style_taps)
        for (std::size_t r = 0; r < taps_[t].pulls.size(); ++r) {
            const Pull& region = taps_[t].pulls[r];
            affines[t].push_back(region.share > 0 ? pull(taps_[t], region, sums[t][r], values[t])
                                                  : Affine());
        }

    Evaluation result;
    for_parts(parts, [&](const Window& part) {
        if (parts.size() > 1)
            trace = network_.forward(x, part);
        for (const std::size_t t : taps_where(&Tap::is_content)) {
            const Window window = reduced(part, network_.pools_above(t));
            const at::Tensor features = network_.in_part(trace, t);
            contents[t] = contents[t] + (features - taps_[t].content.read(window))
                                                .to(at::kFloat)
                                                .square()
                                                .sum()
                                                .to(at::kDouble) *
                                            content_scale(taps_[t], features.size(1));
        }
        at::Tensor gradient = network_.backward(
            trace, [&](std::size_t t, const Window& window, const at::Tensor& f, at::Tensor& g) {
                inject(taps_[t], affines[t], window, f, factor, g);
            });
        if (factor != 1)
            gradient.div_(factor);
        if (parts.size() == 1) {
            result.gradient = gradient;
        } else {
            if (!result.gradient.defined())
                result.gradient = at::empty_like(x);
            narrowed(result.gradient, part).copy_(gradient);
        }
    });

    result.total = zero;
    for (std::size_t t = 0; t < taps_.size(); ++t) {
        if (taps_[t].is_content) {
            result.content.emplace_back(network_.taps()[t], contents[t]);
            result.total = result.total + contents[t] * taps_[t].content_weight;
        }
        if (taps_[t].is_style) {
            result.style.emplace_back(network_.taps()[t], values[t]);
            result.total = result.total + values[t] * taps_[t].style_weight;
        }
    }
    result.smoothness =
        add_smoothness(options_.objective, x, options_.smoothness_weight, result.gradient);
    result.total = result.total + result.smoothness * options_.smoothness_weight;
    return result;
}

void Objective::inject(const Tap& tap, const std::vector<Affine>& affines, const Window& window,
                       const at::Tensor& features, double factor, at::Tensor& gradient) const {
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
            rows.addcmul_(pulled, weights_in(pull.weights, window).to(type).unsqueeze(1));
        }
    }
    if (tap.is_content)
        gradient.add_(features - tap.content.read(window),
                      factor * 2 * tap.content_weight * content_scale(tap, features.size(1)));
}

at::Tensor add_smoothness(ManieraObjective objective, const at::Tensor& x, double weight,
                          at::Tensor& gradient) {
    const std::int64_t height = x.size(2), width = x.size(3);
    const std::int64_t rows = std::max<std::int64_t>(1, band_values * height / x.numel());
    at::Tensor value = at::zeros({}, x.options().dtype(at::kDouble));
    // The differences of neighbours (dy, dx) apart, over the pairs inside the picture, in bands: as
    // a whole they would take as much memory as the picture, twice.
    const auto pairs = [&](std::int64_t dy, std::int64_t dx, double share) {
        const std::int64_t columns = width - std::abs(dx);
        const double scale = share / static_cast<double>(x.size(1) * (height - dy) * columns);
        for_bands(height - dy, rows, [&](std::int64_t begin, std::int64_t end) {
            const auto window = [&](const at::Tensor& t, bool far) {
                const std::int64_t top = begin + (far ? dy : 0);
                const std::int64_t left = far == (dx > 0) ? std::abs(dx) : 0;
                return t.narrow(2, top, end - begin).narrow(3, left, columns);
            };
            const at::Tensor difference = window(x, true) - window(x, false);
            at::Tensor pull;
            if (objective == MANIERA_OBJECTIVE_GATYS) {
                value = value + difference.abs().sum().to(at::kDouble) * 255;
                pull = difference.sign().mul_(255 * weight);
            } else {
                value = value + difference.square().sum().to(at::kDouble) * scale;
                pull = difference.mul_(2 * scale * weight);
            }
            window(gradient, true).add_(pull);
            window(gradient, false).sub_(pull);
        });
    };
    pairs(0, 1, 2.0 / 3);
    pairs(1, 0, 2.0 / 3);
    if (objective == MANIERA_OBJECTIVE_PAINTERLY) {
        pairs(1, 1, 1.0 / 6);
        pairs(1, -1, 1.0 / 6);
    }
    return value;
}

} // namespace maniera
