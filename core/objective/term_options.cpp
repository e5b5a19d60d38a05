// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/objective/term_options.h"

#include <algorithm>
#include <utility>

namespace maniera {
namespace {

double weight_sum(const ManieraLayerList& layers) {
    double sum = 0;
    for (int i = 0; i < layers.count; ++i)
        sum += layers.items[i].weight;
    return sum;
}

bool has_tap(const Network& network, const char* layer) {
    return tap_index(network.taps(), layer) < network.taps().size();
}

// Tried: 0.3 and 1, which lose contrast and strokes, and 0.07, which breaks faces.
constexpr double matched_weight = 0.12;

// The only place where weights of layers are normalized: they sum to 1 afterwards.
void normalize_weights(ManieraLayerList& layers) {
    const double sum = weight_sum(layers);
    for (int i = 0; i < layers.count; ++i)
        layers.items[i].weight /= sum > 0 ? sum : 1;
}

// A part shows less of the painting than all of it. With half of the directions a step by five
// parts takes two thirds of the time and looks the same: docs/performance.md.
int rank_of_parts(const ResolvedOptions& resolved) {
    return resolved.own_rank ? resolved.wasserstein_rank : resolved.wasserstein_rank / 2;
}

} // namespace

std::size_t tap_index(const std::vector<std::string>& taps, const char* name) {
    return std::find(taps.begin(), taps.end(), name) - taps.begin();
}

std::vector<MatchedLayer> matched_layers(const ResolvedOptions& resolved,
                                         const Manifest& manifest) {
    if (resolved.match_parts == MANIERA_MATCH_PARTS_OFF)
        return {};
    constexpr double sum = 256 + 64 + 16 + 4 + 1; // of painterly's style layers
    std::vector<MatchedLayer> layers;
    for (const auto& [name, weight] : {std::pair<const char*, double>{"relu2_1", 64 / sum},
                                       {"relu3_1", 16 / sum},
                                       {"relu4_1", 4 / sum}})
        if (std::find(manifest.layers.begin(), manifest.layers.end(), name) !=
            manifest.layers.end())
            layers.push_back({name, weight});
    return layers;
}

TermOptions term_options(const ResolvedOptions& resolved, SqrtMethod sqrt_method) {
    const bool matched = resolved.match_parts != MANIERA_MATCH_PARTS_OFF;
    TermOptions terms{convention_of(resolved),
                      static_cast<ManieraStyleTerm>(resolved.style_term),
                      resolved.wasserstein_rank,
                      rank_of_parts(resolved),
                      resolved.content_weight * maniera_content_factor(resolved.strength),
                      resolved.style_weight,
                      resolved.smoothness_weight,
                      resolved.content_layers,
                      resolved.style_layers,
                      matched ? matched_weight : 0,
                      sqrt_method};
    if (terms.convention.normalize_layer_weights) {
        normalize_weights(terms.content_layers);
        normalize_weights(terms.style_layers);
    }
    return terms;
}

std::vector<MatchedLayer> layers_of(const Network& network, std::vector<MatchedLayer> layers) {
    const auto lacks = [&](const MatchedLayer& layer) {
        return !has_tap(network, layer.name.c_str());
    };
    layers.erase(std::remove_if(layers.begin(), layers.end(), lacks), layers.end());
    return layers;
}

TermOptions layers_of(const Network& network, TermOptions terms) {
    for (ManieraLayerList* list : {&terms.content_layers, &terms.style_layers}) {
        const auto lacks = [&](const auto& layer) { return !has_tap(network, layer.name); };
        auto* const end = list->items + list->count;
        list->count = static_cast<int>(std::remove_if(list->items, end, lacks) - list->items);
    }
    return terms;
}

NetworkConfig network_config(const ResolvedOptions& resolved, const Model& model,
                             const Placement& placement) {
    NetworkConfig config;
    for (const ManieraLayerList* list : {&resolved.content_layers, &resolved.style_layers})
        for (int i = 0; i < list->count; ++i)
            if (tap_index(config.taps, list->items[i].name) == config.taps.size())
                config.taps.emplace_back(list->items[i].name);
    for (const MatchedLayer& layer : matched_layers(resolved, model.manifest))
        if (tap_index(config.taps, layer.name.c_str()) == config.taps.size())
            config.taps.push_back(layer.name);
    const ObjectiveConvention convention = convention_of(resolved);
    config.average_pooling = resolved.pooling == MANIERA_POOLING_AVERAGE;
    config.replicate_border = convention.replicate_border;
    const auto& deviation = model.manifest.deviation;
    // Units of 0 to 255: an input divided by a deviation is multiplied back.
    config.feature_factor = convention.features_to_255
                                ? 255 * (deviation[0] + deviation[1] + deviation[2]) / 3
                                : model.manifest.feature_scale;
    config.placement = placement;
    return config;
}

} // namespace maniera
