// SPDX-License-Identifier: GPL-3.0-or-later
// Rows of a run's pictures, as the ranks have them: what a scene is made of. Internal.

#pragma once

#include "core/objective/regions.h"
#include "core/run/input_rows.h"
#include "core/run/scene.h"

#include <functional>

namespace maniera {

Image multiply(const Image& a, const Image& b); // an empty one is 1 everywhere
// Empty for an empty source, and for no rows.
Image resized_rows_or_empty(const RowSource& source, Size size, Span rows);

// The part of so many rows that a rank reads.
Span share(int rows, int rank, int count);

// This rank's rows, as rows of what it holds.
Span own_rows(const Scene& scene);

// Of a picture's rows that this rank holds, which must outlive it.
std::function<Image(Span)> from_held(ImageView held, const Scene& scene);

// The rows that this rank holds of a picture brought to the scene's size. Of several ranks each
// reads a part of the picture, at all scales the same, for whoever wants it. Collective.
Image held_rows_of(const RowSource& source, const Scene& scene);

// A scene in which only the content is, and its alpha, of the rows held. Collective.
Scene with_content(const Inputs& prepared, Size size, int margin, const RowPartition& bands,
                   Image& alpha);

// The regions of rows of the scene's canvas, or of the picture for a `margin` of 0, which the rows
// held show; `weights` are how much any style acts there. Of no rows too: all ranks have the same
// regions. Collective.
RegionPlan plan_rows(const ObjectiveConvention& convention, const Inputs& prepared,
                     const Scene& scene, int margin, Span rows, const Image& weights);

// How much the styles act at each pixel of a canvas; empty = all alike. Not in the margin: moments
// that counted it would be mended there, where it shows least and is then cropped away. Of rows of
// the canvas; `alpha` are those of the picture from row `first` on.
Image canvas_weights(const Image& alpha, int first, Size size, int margin, Span rows);

// This rank's rows of the canvas, or what it holds of it.
at::Tensor canvas_tensor(const std::function<Image(Span)>& inner, const Scene& scene, Span rows,
                         at::Device device);

} // namespace maniera
