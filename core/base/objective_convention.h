// SPDX-License-Identifier: GPL-3.0-or-later
// What sets one objective's formulas apart from another's, as data. Which optimizer, pooling,
// layers and weights an objective takes by default is in the option table instead.
//
//     const ObjectiveConvention convention = convention_of(resolved);
//     if (convention.mean_terms) ...

#pragma once

#include "core/base/wrap.h"
#include "core/resolved_options.h"

namespace maniera {

struct ObjectiveConvention {
    // The network.
    bool replicate_border; // the first convolution pads by replication, else by zeros
    bool features_to_255;  // features of pictures in 0 to 255, else the model's own scale
    bool fits_half;        // no sum overflows in float16

    // The terms.
    bool mean_terms;              // means over pixels, else the sums of Gatys et al. 2016
    bool normalize_layer_weights; // the layers' weights are divided by their sum
    bool normalize_masks;         // masks are divided by their sum, else taken as given
    bool mask_features;           // masks multiply features, so that moments see their squares
    bool mask_styles;             // a style without a style mask takes its region's mask
    bool squared_variation;       // squared differences, diagonals too; else absolute ones

    // The run.
    int canvas_margin;          // pixels painted beyond each edge and cropped away
    Wrap wrap;                  // of a tileable picture
    int surroundings;           // pixels that the network sees beyond each edge of one, else 0
    bool own_style_size;        // a style has a size of its own, else the run's
    bool detail_between_scales; // upsampling adds the content's detail
    bool deep_at_all_sizes;     // every scale looks at all layers
    bool shaped_lbfgs;          // L-BFGS blurs, stretches and clamps, else it is the textbook's
};

ObjectiveConvention convention_of(ManieraObjective objective);

ObjectiveConvention convention_of(const ResolvedOptions& resolved);

} // namespace maniera
