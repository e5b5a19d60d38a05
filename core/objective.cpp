// SPDX-License-Identifier: GPL-3.0-or-later
// Both objectives are one computation: moments, terms, affine maps. They differ in scale factors.

#include "core/objective.h"

#include "core/error.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/sign.h>
#include <ATen/ops/sum.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace maniera {
namespace {

double weight_sum(const ManieraLayerList& layers) {
    double sum = 0;
    for (int i = 0; i < layers.count; ++i)
        sum += layers.items[i].weight;
    return sum;
}

// The painterly terms are means: their layers share the term's weight.
void normalize_weights(ManieraLayerList& layers) {
    const double sum = weight_sum(layers);
    for (int i = 0; i < layers.count; ++i)
        layers.items[i].weight /= sum > 0 ? sum : 1;
}

std::size_t tap_index(const std::vector<std::string>& taps, const char* name) {
    return std::find(taps.begin(), taps.end(), name) - taps.begin();
}

} // namespace

TermOptions term_options(const ManieraOptions& resolved, Roots roots) {
    TermOptions terms{static_cast<ManieraObjective>(resolved.objective),
                      static_cast<ManieraStyleTerm>(resolved.style_term),
                      resolved.wasserstein_rank,
                      resolved.content_weight * maniera_content_factor(resolved.strength),
                      resolved.style_weight,
                      resolved.smoothness_weight,
                      resolved.content_layers,
                      resolved.style_layers,
                      roots};
    if (terms.objective == MANIERA_OBJECTIVE_PAINTERLY) {
        normalize_weights(terms.content_layers);
        normalize_weights(terms.style_layers);
    }
    return terms;
}

NetworkConfig network_config(const ManieraOptions& resolved, const Model& model,
                             const Placement& placement) {
    NetworkConfig config;
    for (const ManieraLayerList* list : {&resolved.content_layers, &resolved.style_layers})
        for (int i = 0; i < list->count; ++i)
            if (tap_index(config.taps, list->items[i].name) == config.taps.size())
                config.taps.emplace_back(list->items[i].name);
    const bool gatys = resolved.objective == MANIERA_OBJECTIVE_GATYS;
    config.average_pooling = resolved.pooling == MANIERA_POOLING_AVERAGE;
    config.replicate_border = !gatys;
    const auto& deviation = model.manifest.deviation;
    // gatys counts in units of 0..255: an input divided by a deviation is multiplied back.
    config.feature_factor = gatys ? 255 * (deviation[0] + deviation[1] + deviation[2]) / 3
                                  : model.manifest.feature_scale;
    config.placement = placement;
    return config;
}

Objective::Objective(const Network& network, const TermOptions& options, RegionPlan plan,
                     const at::Tensor& content, const std::vector<StyleSource>& styles)
    : network_(network), options_(options), taps_(network.taps().size()) {
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
    network.visit(content, taps_where(&Tap::is_content),
                  [&](std::size_t t, const at::Tensor& features) { taps_[t].content = features; });
    set_style_targets(plan, content, styles);
}

std::vector<std::size_t> Objective::taps_where(bool Tap::*is) const {
    std::vector<std::size_t> taps;
    for (std::size_t t = 0; t < taps_.size(); ++t)
        if (taps_[t].*is)
            taps.push_back(t);
    return taps;
}

void Objective::set_style_targets(const RegionPlan& plan, const at::Tensor& content,
                                  const std::vector<StyleSource>& styles) {
    const bool gatys = options_.objective == MANIERA_OBJECTIVE_GATYS;
    const at::Device device = network_.placement().device;
    const auto layer_weights = [&](const Image& weights, std::size_t tap) {
        at::Tensor w = reduce_weights(weights, network_.pools_above(tap), device);
        return gatys ? w.square() : w; // there the features are multiplied by the mask
    };

    for (std::size_t t = 0; t < taps_.size(); ++t) {
        if (!taps_[t].is_style)
            continue;
        const std::int64_t height = content.size(2) >> network_.pools_above(t);
        const std::int64_t width = content.size(3) >> network_.pools_above(t);
        for (const Region& region : plan.regions) {
            Pull pull;
            pull.weight_sum = static_cast<double>(height * width);
            if (!region.weights.empty()) {
                pull.weights = layer_weights(region.weights, t);
                pull.weight_sum = pull.weights.sum().to(at::kDouble).item<double>();
            }
            pull.share = pull.weight_sum / static_cast<double>(height * width);
            taps_[t].pulls.push_back(std::move(pull));
        }
    }

    // A style's features are wanted by every region it acts in; forward it once.
    for (std::size_t s = 0; s < styles.size(); ++s) {
        const Image& weights = styles[s].weights;
        const auto learn = [&](std::size_t t, const at::Tensor& map) {
            const at::Tensor features = as_matrix(map);
            MomentSums sums; // gathered for the first region that wants them
            for (std::size_t r = 0; r < taps_[t].pulls.size(); ++r) {
                const Region& region = plan.regions[r];
                const auto slot = std::find(region.styles.begin(), region.styles.end(), s);
                Pull& pull = taps_[t].pulls[r];
                if (slot == region.styles.end() || pull.share <= 0)
                    continue;
                const double factor = region.factors[slot - region.styles.begin()];
                if (!sums.first.defined()) {
                    const at::Tensor w = weights.empty() ? at::Tensor() : layer_weights(weights, t);
                    sums = gather(features, w,
                                  w.defined() ? w.sum().to(at::kDouble).item<double>()
                                              : static_cast<double>(features.size(0)));
                }
                if (gatys) {
                    pull.seconds.push_back(sums.second);
                } else {
                    if (sums.weight <= 0 || factor <= 0)
                        continue; // the style mask has vanished at this layer, or has no say
                    pull.grams.push_back(normalize(sums));
                }
                pull.factors.push_back(factor);
            }
        };
        network_.visit(styles[s].image, taps_where(&Tap::is_style), learn);
    }

    if (gatys)
        return;
    for (Tap& tap : taps_)
        for (std::size_t r = 0; r < tap.pulls.size(); ++r) {
            Pull& pull = tap.pulls[r];
            if (pull.grams.empty()) {
                pull.share = 0;
                continue;
            }
            // Only the region of styles without a mask has several. Their factors sum to 1, unless
            // one has vanished.
            if (plan.regions[r].styles.size() > 1) {
                const double sum = std::accumulate(pull.factors.begin(), pull.factors.end(), 0.0);
                for (double& factor : pull.factors)
                    factor /= sum;
                pull.grams = {mix(pull.grams, pull.factors)};
                pull.factors = {1};
            }
            if (options_.style_term == MANIERA_STYLE_TERM_WASSERSTEIN)
                pull.wassersteins = {
                    wasserstein_target(pull.grams[0], options_.wasserstein_rank, options_.roots)};
        }
}

Objective::Affine Objective::pull(const Pull& pull, const at::Tensor& features,
                                  at::Tensor& value) const {
    const MomentSums sums = gather(features, pull.weights, pull.weight_sum);
    const auto add = [&](Affine& affine, const TermResult& term, double factor, double share) {
        value = value + term.value * (factor * share);
        affine.a = affine.a.defined() ? affine.a + term.a * factor : term.a * factor;
        if (term.b.defined())
            affine.b = term.b * factor;
    };
    Affine affine;
    if (options_.objective == MANIERA_OBJECTIVE_GATYS) {
        for (std::size_t i = 0; i < pull.seconds.size(); ++i)
            add(affine, gatys_term(sums, pull.seconds[i], static_cast<double>(features.size(0))),
                pull.factors[i], 1);
        return affine;
    }
    const Moments moments = normalize(sums);
    add(affine,
        pull.wassersteins.empty() ? gram_term(moments, pull.grams[0])
                                  : wasserstein_term(moments, pull.wassersteins[0], options_.roots),
        pull.factors[0], pull.share);
    return affine;
}

double Objective::content_scale(const at::Tensor& features) const {
    const double channels = static_cast<double>(features.size(1));
    const double pixels = static_cast<double>(features.size(2) * features.size(3));
    return options_.objective == MANIERA_OBJECTIVE_GATYS ? 0.5 / std::sqrt(channels * pixels)
                                                         : 1 / (channels * pixels);
}

Evaluation Objective::evaluate(const at::Tensor& x) const {
    Trace trace = network_.forward(x);
    const auto zero = at::zeros({}, x.options().dtype(at::kDouble));
    Evaluation result;
    result.total = zero;
    std::vector<std::vector<Affine>> affines(taps_.size());
    for (std::size_t t = 0; t < taps_.size(); ++t) {
        const Tap& tap = taps_[t];
        const at::Tensor features = trace.tap(t);
        if (tap.is_content) {
            const at::Tensor value =
                (features - tap.content).to(at::kFloat).square().sum().to(at::kDouble) *
                content_scale(features);
            result.content.emplace_back(network_.taps()[t], value);
            result.total = result.total + value * tap.content_weight;
        }
        if (tap.is_style) {
            at::Tensor value = zero;
            for (const Pull& region : tap.pulls)
                affines[t].push_back(region.share > 0 ? pull(region, as_matrix(features), value)
                                                      : Affine());
            result.style.emplace_back(network_.taps()[t], value);
            result.total = result.total + value * tap.style_weight;
        }
    }
    result.gradient =
        network_.backward(trace, [&](std::size_t t, const at::Tensor& f, at::Tensor& gradient) {
            inject(taps_[t], affines[t], f, gradient);
        });
    result.smoothness =
        add_smoothness(options_.objective, x, options_.smoothness_weight, result.gradient);
    result.total = result.total + result.smoothness * options_.smoothness_weight;
    return result;
}

void Objective::inject(const Tap& tap, const std::vector<Affine>& affines,
                       const at::Tensor& features, at::Tensor& gradient) const {
    gradient = gradient.defined() ? gradient.contiguous(at::MemoryFormat::ChannelsLast)
                                  : at::zeros_like(features);
    const at::ScalarType type = features.scalar_type();
    at::Tensor rows = as_matrix(gradient);
    const at::Tensor f = as_matrix(features);
    for (std::size_t r = 0; r < affines.size(); ++r) {
        const Pull& pull = tap.pulls[r];
        if (!affines[r].a.defined())
            continue;
        const double scale = tap.style_weight / static_cast<double>(f.size(0));
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
            rows.addcmul_(pulled, pull.weights.to(type).unsqueeze(1));
        }
    }
    if (tap.is_content)
        gradient.add_(features - tap.content, 2 * tap.content_weight * content_scale(features));
}

at::Tensor add_smoothness(ManieraObjective objective, const at::Tensor& x, double weight,
                          at::Tensor& gradient) {
    const std::int64_t height = x.size(2), width = x.size(3);
    at::Tensor value = at::zeros({}, x.options().dtype(at::kDouble));
    // The differences of neighbours (dy, dx) apart, over the pairs inside the picture.
    const auto pairs = [&](std::int64_t dy, std::int64_t dx, double share) {
        const auto window = [&](const at::Tensor& t, bool far) {
            const std::int64_t top = far ? dy : 0;
            const std::int64_t left = far == (dx > 0) ? std::abs(dx) : 0;
            return t.narrow(2, top, height - dy).narrow(3, left, width - std::abs(dx));
        };
        const at::Tensor difference = window(x, true) - window(x, false);
        at::Tensor pull;
        if (objective == MANIERA_OBJECTIVE_GATYS) {
            value = value + difference.abs().sum().to(at::kDouble) * 255;
            pull = difference.sign().mul_(255 * weight);
        } else {
            const double scale = share / static_cast<double>(difference.numel());
            value = value + difference.square().sum().to(at::kDouble) * scale;
            pull = difference.mul_(2 * scale * weight);
        }
        window(gradient, true).add_(pull);
        window(gradient, false).sub_(pull);
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
