// SPDX-License-Identifier: GPL-3.0-or-later
// A run's pictures brought to one scale. Each of several ranks has a band of it. make_scene.h makes
// one. Internal.
//
// A canvas is the picture and a margin around it, and the objective's view is the canvas. A
// tileable picture has no margin: its view is the picture in its surroundings, which repeat it. The
// halo of a rank is the picture's rows that its band of the view shows, with what the network sees
// beyond.

#pragma once

#include "core/image/color_transfer.h"
#include "core/image/pyramid.h"
#include "core/image/tiles.h"
#include "core/objective/objective.h"

#include <memory>
#include <vector>

namespace maniera {

// A region whose styles' colors lie on a line.
struct LineRegion {
    ColorLine line;
    Image weights; // in the halo; empty = everywhere
};

struct Scene {
    Size size;           // of the picture at this scale
    int margin = 0;      // pixels painted beyond each edge and cropped away
    RowPartition bands;  // of the canvas
    Wrap wrap;           // of a tileable picture
    int view_margin = 0; // of the view: what it has beyond each edge of the picture
    RowPartition view;
    // The picture's rows in each rank's band: disjoint, from the top.
    std::vector<Span> rows;
    std::vector<Span> halos;              // the same rows with those around them that a rank needs
    ImageView content;                    // the rows of this rank's halo: of the inputs, or
    Image own_content;                    // this
    Image coverage;                       // where styles act, in the halo; empty = everywhere
    std::vector<LineRegion> lines;        // none for styles in colors
    std::vector<Region> regions;          // the objective's, without their weights
    std::unique_ptr<Objective> objective; // of views
    std::vector<MatchedLayer> matched;    // of the objective's network
    std::vector<StyleFeatures> style_features; // until they are matched

    Span own() const { return rows[bands.comm->rank()]; }
    Span own_halo() const { return halos[bands.comm->rank()]; }
};

} // namespace maniera
