// SPDX-License-Identifier: GPL-3.0-or-later
// The options that the objective and its network are made from.
//
//     const TermOptions terms = term_options(resolved, SqrtMethod::eigen);
//     const Network network(model, network_config(resolved, model, placement));

#pragma once

#include "core/base/objective_convention.h"
#include "core/network/vgg.h"
#include "core/objective/style_loss.h"
#include "core/resolved_options.h"

#include <string>
#include <vector>

namespace maniera {

// All are set. Layers' weights are as they multiply their terms: normalized, where the convention
// says so.
struct TermOptions {
    ObjectiveConvention convention;
    ManieraStyleTerm style_term;
    int wasserstein_rank, wasserstein_rank_of_parts;
    double content_weight, style_weight, smoothness_weight;
    ManieraLayerList content_layers, style_layers;
    double matched_weight; // of the matched features, before those of their layers
    SqrtMethod sqrt_method;
};

// A layer at which features are matched.
struct MatchedLayer {
    std::string name;
    double weight;
};

// Those of relu2_1, relu3_1 and relu4_1 that the model has, with the weights 64, 16 and 4 over 341;
// none where the options do not ask for matches.
std::vector<MatchedLayer> matched_layers(const ResolvedOptions& resolved, const Manifest& manifest);

TermOptions term_options(const ResolvedOptions& resolved, SqrtMethod sqrt_method);

// Those of the layers that the network has taps at.
std::vector<MatchedLayer> layers_of(const Network& network, std::vector<MatchedLayer> layers);
TermOptions layers_of(const Network& network, TermOptions terms);

// The network that these options ask for, with a tap at each layer of content and style.
NetworkConfig network_config(const ResolvedOptions& resolved, const Model& model,
                             const Placement& placement);

// The index of the tap of this name; the number of taps if there is none.
std::size_t tap_index(const std::vector<std::string>& taps, const char* name);

} // namespace maniera
