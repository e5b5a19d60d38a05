// SPDX-License-Identifier: GPL-3.0-or-later
// Sums of moments of all ranks: each row of tiles has its own, packed into one tensor. Internal.

#pragma once

#include "core/distributed/communicator.h"
#include "core/objective/moments.h"

#include <cstdint>
#include <vector>

namespace maniera {

using LayerSums = std::vector<std::vector<MomentSums>>; // by tap and region

// Adds a row's, which may be the first.
void fold(LayerSums& sums, const LayerSums& row);

// Of a region's sums at a layer.
struct SumsShape {
    std::int64_t channels = 0;   // 0 = nothing is wanted
    std::int64_t directions = 0; // that its second moments are on alone; 0 = all channels
};

// The sums of all ranks' rows in their order, which it empties; with one rank those of its only
// row. Every row has sums of these shapes, none where nothing is wanted. Collective.
LayerSums reduce_sums(Communicator& comm, std::vector<LayerSums>& rows,
                      const std::vector<std::vector<SumsShape>>& shapes, at::Device device);

} // namespace maniera
