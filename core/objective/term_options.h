// SPDX-License-Identifier: GPL-3.0-or-later
// What of the options the objective and its network are made from.

#pragma once

#include "core/network/vgg.h"
#include "core/objective/style_loss.h"
#include "core/resolved_options.h"

namespace maniera {

// All of them set.
struct TermOptions {
    ManieraObjective objective;
    ManieraStyleTerm style_term;
    int wasserstein_rank;
    double content_weight, style_weight, smoothness_weight;
    ManieraLayerList content_layers, style_layers;
    SqrtMethod sqrt_method; // exact for measure
};

TermOptions term_options(const ResolvedOptions& resolved, SqrtMethod sqrt_method);

// The network that these options ask for.
NetworkConfig network_config(const ResolvedOptions& resolved, const Model& model,
                             const Placement& placement);

// Which of the taps is the layer of this name; their number when none is.
std::size_t tap_index(const std::vector<std::string>& taps, const char* name);

} // namespace maniera
