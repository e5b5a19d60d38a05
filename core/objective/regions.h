// SPDX-License-Identifier: GPL-3.0-or-later
// Which style acts where: masks are divided among the styles and reduced to each layer.

#pragma once

#include "core/base/objective_convention.h"
#include "core/image/image.h"

#include <ATen/core/Tensor.h>

#include <vector>

namespace maniera {

// A part of the picture and the styles that act there.
struct Region {
    Image weights;                   // of the picture's size; empty = 1 everywhere
    std::vector<std::size_t> styles; // indices into the run's styles
    std::vector<double> factors;     // one a style
    int part = no_part;              // which part of the styles, or what all parts leave of them
    static constexpr int no_part = -1, rest = -2;
};

struct RegionPlan {
    std::vector<Region> regions;
    Image coverage; // where any style acts, before alpha; empty = everywhere
};

// What the planning needs to know of a style: its mask at the picture's size and its weight.
struct StyleShare {
    ImageView mask; // empty = no mask
    double weight = 1;
};

// Divides a picture of this size. `alpha` (empty = opaque) multiplies every region's weights.
//
// With normalize_masks, a masked style is a region of its own, and its weight is the factor as it
// is; styles without a mask are mixed (factors sum to 1) over what the masks leave; masks are
// divided by their sum where it exceeds 1.
// Without, masks are used as given, and a style without one acts everywhere; all weights together
// are normalized to 1.
RegionPlan plan_regions(const ObjectiveConvention& convention, int width, int height,
                        const std::vector<StyleShare>& styles, ImageView alpha);

// What the planning needs to know of a part: its mask at the picture's size, and its styles.
struct PartShare {
    ImageView mask;
    std::vector<bool> styles; // by style: it has this part
};

// Cuts each region by the parts that one of its styles has: a region a part, of the styles that
// have it, and one for what the parts leave, which may be nothing. Regions without parts stay.
// Masks are divided by their sum where it exceeds 1.
std::vector<Region> split_regions(std::vector<Region> regions, int width, int height,
                                  const std::vector<PartShare>& parts);

// A picture-sized map at a layer below `pools` 2x2 pools, (1, 1, H, W): averaged over 2x2 blocks
// once a pool, dropping odd rows and columns as the pools do.
at::Tensor reduce_weights(ImageView weights, int pools, at::Device device);

} // namespace maniera
