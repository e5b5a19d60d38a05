// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/objective/term_options.h"

#include <algorithm>

namespace maniera {
namespace {

double weight_sum(const ManieraLayerList& layers) {
    double sum = 0;
    for (int i = 0; i < layers.count; ++i)
        sum += layers.items[i].weight;
    return sum;
}

// The only place where weights of layers are normalized: they sum to 1 afterwards.
void normalize_weights(ManieraLayerList& layers) {
    const double sum = weight_sum(layers);
    for (int i = 0; i < layers.count; ++i)
        layers.items[i].weight /= sum > 0 ? sum : 1;
}

} // namespace

std::size_t tap_index(const std::vector<std::string>& taps, const char* name) {
    return std::find(taps.begin(), taps.end(), name) - taps.begin();
}

TermOptions term_options(const ResolvedOptions& resolved, SqrtMethod sqrt_method) {
    TermOptions terms{convention_of(resolved),
                      static_cast<ManieraStyleTerm>(resolved.style_term),
                      resolved.wasserstein_rank,
                      resolved.content_weight * maniera_content_factor(resolved.strength),
                      resolved.style_weight,
                      resolved.smoothness_weight,
                      resolved.content_layers,
                      resolved.style_layers,
                      sqrt_method};
    if (terms.convention.normalize_layer_weights) {
        normalize_weights(terms.content_layers);
        normalize_weights(terms.style_layers);
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
