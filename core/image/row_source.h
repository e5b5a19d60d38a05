// SPDX-License-Identifier: GPL-3.0-or-later
// Pictures by rows, so that no process need hold a whole one. Outcomes are those of the whole
// picture, to the bit, however it is cut into bands.

#pragma once

#include "core/image/image.h"

#include <functional>
#include <string>

namespace maniera {

// A picture whose rows are read when they are wanted. For one thread at a time.
struct RowSource {
    Size size;
    int channels = 3;
    std::function<Image(Span rows)> read; // full width; cheapest in ascending order
    ImageView whole;                      // where it is in memory: spares copies

    bool empty() const { return !read; }
};

// Of a picture in memory, which must outlive it; an empty one has an empty source.
RowSource rows_of(ImageView picture);

// As Picture: what fill_transparent() does to a picture must be done beforehand.
struct PictureRows {
    std::string name; // for messages only
    RowSource color;  // 3 channels
    RowSource alpha;  // 1 channel of the same size; empty = opaque everywhere
};

// The picture must outlive it.
PictureRows rows_of(const Picture& picture);

// Part of a picture in memory, whose first row is the view's.
ImageView rows_in(ImageView picture, Span rows);

// These rows of what resize() makes of the whole picture. Takes memory for them and a strip of the
// source's, which is read once, in ascending order.
Image resized_rows(const RowSource& source, Size size, Span rows);
Picture resized_rows(const PictureRows& source, Size size, Span rows);

// The picture's rows that these rows of extend_by_reflection() repeat: no row between them goes
// unused. Empty for none.
Span reflected_rows(int height, int margin, Span rows);

// These rows of extend_by_reflection(whole, margin, margin, margin, margin), from those of the
// whole that they repeat: `inner` is called once, with a span of them. Rows, one at least, count
// from the top of the margin.
Image canvas_rows(const std::function<Image(Span rows)>& inner, Size inner_size, int margin,
                  Span rows);

} // namespace maniera
