// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/base/objective_convention.h"

namespace maniera {
namespace {

// Zero padding makes features weak near the border, and the style term answers with pale bands
// there. They stay within this many pixels. Not 4: that would shift the picture against the grid of
// the third pool, on which it is measured.
constexpr int painterly_margin = 8;

// What lies beyond the edges of a tileable picture is the picture again, as far as relu5_1 of
// VGG-16 sees (58) and on the grid of its pools. Nothing is painted there.
constexpr int tileable_surroundings = 64;

ObjectiveConvention painterly() {
    ObjectiveConvention convention{};
    convention.replicate_border = true;
    convention.fits_half = true;
    convention.mean_terms = true;
    convention.normalize_layer_weights = true;
    convention.normalize_masks = true;
    convention.squared_variation = true;
    convention.canvas_margin = painterly_margin;
    convention.own_style_size = true;
    convention.detail_between_scales = true;
    convention.shaped_lbfgs = true;
    return convention;
}

// As published: Gatys, Ecker, Bethge 2016, in units of 0 to 255. Its sums compare only at the same
// number of pixels.
ObjectiveConvention gatys() {
    ObjectiveConvention convention{};
    convention.features_to_255 = true;
    convention.mask_features = true;
    convention.mask_styles = true;
    convention.deep_at_all_sizes = true;
    return convention;
}

} // namespace

ObjectiveConvention convention_of(ManieraObjective objective) {
    return objective == MANIERA_OBJECTIVE_GATYS ? gatys() : painterly();
}

ObjectiveConvention convention_of(const ResolvedOptions& resolved) {
    ObjectiveConvention convention =
        convention_of(static_cast<ManieraObjective>(resolved.objective));
    if (resolved.tileable == MANIERA_TILEABLE_OFF)
        return convention;
    convention.wrap = {resolved.tileable != MANIERA_TILEABLE_Y,
                       resolved.tileable != MANIERA_TILEABLE_X};
    convention.surroundings = tileable_surroundings;
    convention.canvas_margin = 0;
    return convention;
}

} // namespace maniera
