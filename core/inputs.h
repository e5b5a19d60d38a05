// SPDX-License-Identifier: GPL-3.0-or-later
// The pictures of a run.
//
//     Inputs inputs;
//     inputs.content = load_picture("photo.jpg").picture;   // whole, or by rows
//     inputs.styles.resize(1);
//     inputs.styles[0].picture = load_picture("painting.jpg").picture;

#pragma once

#include "core/image/image.h"
#include "core/image/row_source.h"

#include <memory>
#include <string>
#include <vector>

namespace maniera {

struct StylePack; // core/objective/style_pack.h

struct StyleInput {
    Picture picture;
    RowSource mask;    // where in the content this style applies; any size; empty = no mask
    Image style_mask;  // which part of the style picture counts; any size; empty = all of it
    double weight = 1; // relative among styles without a mask; a factor for a style with one
    double scale = 0;  // the style's long side over the run's; 0 = the option `style-scale`
    std::shared_ptr<const StylePack> pack = nullptr; // in place of the picture; without style mask
};

// A part of the content and its counterpart in the styles: there it is painted like that.
struct PartPair {
    std::string name;               // for people
    Image mask;                     // where in the content; any size
    std::vector<Image> style_masks; // where in each style, any size; empty = not in that style
};

// What a frame stays near: the painting of the frame before it, moved along. Painting starts from
// it too, at the result's size alone, and where it shows nothing of the frame, from what the option
// `init` says. Without a painting, but with `steps`, it is a rough picture that others are finished
// from: no scale takes more than these, and the last of several is left out.
struct TemporalTarget {
    Image painting;    // 3 channels, any size; empty = none
    Image shown;       // 1 channel in [0,1], any size: how surely the painting shows the same
    Image weights;     // the same: how strongly each place stays near it
    double weight = 0; // of the term
    int steps = 0;     // 0 = half of those that a lone picture takes at its last scale
};

// A source without the whole picture is read a band at a time. Its pixels are not checked
// beforehand, must lie in [0,1], and a content given so must be opaque.
struct Inputs {
    PictureSource content;
    std::vector<StyleInput> styles; // at least one
    std::vector<PartPair> parts;    // none = each region is painted like all of its styles
    RowSource initial;              // the start picture, in place of what the option `init` says
    TemporalTarget temporal;        // not in gatys
    std::string scratch_folder;     // for what memory cannot hold; empty = it must hold everything
};

} // namespace maniera
