// SPDX-License-Identifier: GPL-3.0-or-later
// Which sizes a run has, from its pictures' sizes and its options: the engine and the estimate
// agree.

#pragma once

#include "core/image/pyramid.h"
#include "core/resolved_options.h"

#include <cstddef>
#include <vector>

namespace maniera {

struct StyleSize {
    Size size;                       // the picture's own
    double scale = 0;                // as in StyleInput
    Size mask = {}, style_mask = {}; // 0x0 = none
    bool pack = false;               // in place of the picture
    double weight = 1;
};

// Of a run in these styles: see maniera_options_resolve_for(). Styles of weight 0 are not painted
// with.
ResolvedOptions resolve_for(const std::vector<StyleSize>& styles, const ManieraOptions& options);

// Of the result. Throws Error{invalid_option} for one that is too small to paint.
Size run_size(Size content, const ResolvedOptions& resolved);

// At which a run paints, coarse to fine.
std::vector<Size> run_scales(Size full, const ResolvedOptions& resolved);

int steps_at(const ResolvedOptions& resolved, std::size_t scale);

// Has a run go on from a painting: at the last `most` of its scales alone, in half of the steps
// that they take. Sets `scales` and `iterations`, which `resolved` still has as they were.
void keep_last_scales(ManieraOptions& options, const ResolvedOptions& resolved, Size full,
                      std::size_t most);

// By what the sides of a picture of this size, and of its styles, are divided where they are
// compared for matches: a power of two.
int match_reduction(Size picture, const ResolvedOptions& resolved);

// Up to how many pools a scale of this size looks at layers. At the larger scales of a draft or of
// `normal` the deep ones are left out: they would see there what they, or shallower ones, saw of
// the smaller picture, at most of the cost. docs/performance.md.
int pools_at(Size picture, const ResolvedOptions& resolved);

constexpr int all_pools = 1000; // more than any network has

// Pixels that are painted beyond each edge and cropped away.
int canvas_margin(const ResolvedOptions& resolved);

// What a step looks at: the canvas, or a tileable picture with its surroundings.
Size canvas_size(Size picture, const ResolvedOptions& resolved);

// A style's when the run is at `run`.
Size style_size(const StyleSize& style, const ResolvedOptions& resolved, Size run);

} // namespace maniera
