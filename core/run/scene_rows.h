// SPDX-License-Identifier: GPL-3.0-or-later
// Rows of a run's pictures, as the ranks have them: what a scene is made of. Internal.
//
//     Scene scene = with_content(inputs, size, margin, bands, alpha);
//     Image mask = halo_of(inputs.styles[0].mask, scene);

#pragma once

#include "core/inputs.h"
#include "core/network/tensors.h"
#include "core/objective/regions.h"
#include "core/options.h"
#include "core/run/scene.h"

#include <functional>

namespace maniera {

Image multiply(const Image& a, const Image& b); // an empty one is 1 everywhere
// Empty for an empty source, and for no rows.
Image resized_rows_or_empty(const RowSource& source, Size size, Span rows);

// The part of so many rows that a rank reads.
Span share(int rows, int rank, int count);

// This rank's rows, counted from the top of its halo.
Span own_rows(const Scene& scene);

// Reads rows of the picture from this rank's halo of it, which must outlive the reader.
std::function<Image(Span)> from_halo(ImageView halo, const Scene& scene);

// This rank's halo of a picture brought to the scene's size. Each of several ranks reads a part of
// the picture, at all scales the same, for whoever wants it. Collective.
Image halo_of(const RowSource& source, const Scene& scene);

// A scene with nothing but the content, and the alpha of its halo, whose view has this margin and
// these bands. Collective.
Scene with_content(const Inputs& prepared, const ObjectiveConvention& convention, Size size,
                   int margin, const RowPartition& view, Image& alpha);

// The regions of rows of the scene's view, or of the picture for a `margin` of 0, within this
// rank's halo; `weights` are how much any style acts there. Made of no rows too, because all ranks
// have the same regions. Collective.
RegionPlan plan_rows(const ObjectiveConvention& convention, const Inputs& prepared,
                     const Scene& scene, int margin, Span rows, const Image& weights);

// The regions of the whole picture at this size, by its masks alone.
RegionPlan plan_whole(const ObjectiveConvention& convention, const Inputs& prepared, Size size);

// How much the styles act at each pixel of these rows of a view; empty = all alike. 0 in the
// margin: moments that counted it would be corrected there, where it shows least and is then
// cropped away. `alpha` has the picture's rows from row `first` on.
Image view_weights(const Image& alpha, int first, Size size, int margin, Span rows);

// These rows of the canvas, of this rank's own or within its halo; `inner` reads the picture's.
at::Tensor canvas_tensor(const std::function<Image(Span)>& inner, const Scene& scene, Span rows,
                         at::Device device, int channels = 3);

// What this rank's rows of the view stay near. Collective.
TemporalTerm temporal_term(const Scene& scene, const TemporalTarget& target, at::Device device);

// The same with the content on it.
at::Tensor content_canvas(const Scene& scene, Span rows, at::Device device);

// These rows of the view with the content on it.
at::Tensor content_view(const Scene& scene, Span rows, at::Device device);

} // namespace maniera
