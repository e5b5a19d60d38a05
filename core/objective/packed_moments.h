// SPDX-License-Identifier: GPL-3.0-or-later
// Moments as a style pack holds them, and back.
//
//     pack.sizes[0].moments.push_back(packed(moments));
//     std::vector<Moments> by_tap = packed_moments(network, terms, pack, 700);

#pragma once

#include "core/network/vgg.h"
#include "core/objective/moments.h"
#include "core/objective/style_pack.h"
#include "core/objective/term_options.h"

#include <vector>

namespace maniera {

PackedMoments packed(const Moments& moments);

// The style's moments with this long side, by tap; undefined at a tap that is no style layer.
// Between two of the pack's sizes they are mixed, as if the style were so much of the one and so
// much of the other. Throws Error{invalid_option} for a layer that the pack has not, or not with
// the network's channels.
std::vector<Moments> packed_moments(const Network& network, const TermOptions& options,
                                    const StylePack& pack, int long_side);

} // namespace maniera
