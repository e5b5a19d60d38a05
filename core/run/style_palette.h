// SPDX-License-Identifier: GPL-3.0-or-later
// The colors of styles and content, weighed as the objective weighs them. Internal.

#pragma once

#include "core/image/scale_schedule.h"
#include "core/inputs.h"
#include "core/resolved_options.h"
#include "core/run/scene.h"

#include <vector>

namespace maniera {

// Of the painting, or of the one that a style pack was made of.
Size own_size(const StyleInput& style);

// Of all styles, as estimates take them.
std::vector<StyleSize> style_sizes(const Inputs& inputs);

// Within its own pixels, when the run is at `run`.
Size style_size(const StyleInput& style, const ResolvedOptions& resolved, Size run);

// How much a style counts at each of its pixels, by its style mask or by what stands in for one;
// empty = all alike.
Image style_weights(const StyleInput& style, Size size, const RowSource& otherwise);

// The same within a part (an index into inputs.parts), or in what the parts leave of the style;
// empty where the style has not the part. Where they leave next to nothing it is all of it.
Image part_style_weights(const Inputs& inputs, std::size_t style, int part, Size size);

// Styles with the colors under transparency filled, and recolored when asked; the content must
// have been prepared. Collective.
Inputs prepare_styles(Inputs inputs, const ResolvedOptions& resolved, Communicator& comm);

// This rank's halo of the content in the colors of the styles: each region gets the mean and
// covariance of its styles' colors; where no style acts it stays as it is. Collective.
Image in_style_colors(const Scene& scene, const ResolvedOptions& resolved, const Inputs& prepared);

// The regions of this rank's halo whose styles' colors lie on a line. Collective.
std::vector<LineRegion> line_regions(const Scene& scene, const Inputs& prepared);

} // namespace maniera
