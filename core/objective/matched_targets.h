// SPDX-License-Identifier: GPL-3.0-or-later
// A field of matches as targets: the styles' features, moved to where they are wanted. Internal.
//
//     targets = matched_targets(network, layers, field, styles, bands, tiles, content, ...);

#pragma once

#include "core/distributed/row_partition.h"
#include "core/memory/offloaded_tensor.h"
#include "core/network/vgg.h"
#include "core/objective/style_targets.h"
#include "core/objective/term_options.h"
#include "core/parts/matching.h"

#include <cstddef>
#include <string>
#include <vector>

namespace maniera {

// Of the network, in the layers' order.
std::vector<std::size_t> taps_of(const Network& network, const std::vector<MatchedLayer>& layers);

// How much each position of a layer of the canvas is drawn to its target, (1, 1, h, w) of the rows
// that this rank holds, float32.
at::Tensor match_weights(const Network& network, std::size_t tap, const MatchField& field,
                         const RowPartition& bands, int margin);

// The targets at the network's taps of `layers`, by tap, of the canvas's rows that this rank holds;
// others are empty. Of `styles` those that are matched have features at these taps. `content` is
// the canvas of the content, whose features stand where there is no counterpart. `margin` is the
// canvas's. Collective, as far as `content` is asked for.
std::vector<OffloadedTensor>
matched_targets(const Network& network, const std::vector<MatchedLayer>& layers,
                const MatchField& field, const std::vector<StyleFeatures>& styles,
                const RowPartition& bands, const std::vector<Window>& tiles,
                const at::Tensor& content, int margin, const std::string& folder);

} // namespace maniera
