// SPDX-License-Identifier: GPL-3.0-or-later
// Soft masks of parts from their clusters. Internal.

#pragma once

#include "core/image/image.h"
#include "core/parts/part_clusters.h"

#include <vector>

namespace maniera {

// How much each position of a picture belongs to each cluster, brought to the picture along its
// edges: a mask a cluster, of the picture's size. At every pixel they sum to 1. Their values are
// steps of 1/255, as files have them, and small ones are 0, so that a part costs what it covers.
// `positions` are unit vectors on the cells of `grid`, row after row.
std::vector<Image> part_masks(const Clusters& clusters, const std::vector<float>& positions,
                              Size grid, ImageView picture);

} // namespace maniera
