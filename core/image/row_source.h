// SPDX-License-Identifier: GPL-3.0-or-later
// The one form of a picture going in: rows that are read when they are wanted, and the whole where
// it is in memory. What is made of bands has the bits of what is made of the whole.
//
//     RowSource mask = load_mask(path);                    // owns the picture
//     RowSource rows(size, 3, [&](Span s) { return decode(s); });  // read a band at a time
//     Image band = resized_rows(rows, size, {256, 512});

#pragma once

#include "core/base/wrap.h"
#include "core/image/image.h"

#include <functional>
#include <memory>
#include <string>

namespace maniera {

// For one thread at a time. Copies share the picture.
class RowSource {
public:
    using Reader = std::function<Image(Span rows)>; // full width; cheapest in ascending order

    RowSource() = default;  // empty: no picture
    RowSource(Image image); // owns it; an empty image makes an empty source
    RowSource(Size size, int channels, Reader reader);

    bool empty() const { return whole.empty() && !reader_; }
    Image read(Span rows) const; // a copy

    Size size;
    int channels = 3;
    ImageView whole; // empty where rows are read

private:
    Reader reader_;
    std::shared_ptr<Image> owned_; // `whole`, unless it is somebody else's

    friend Image take_whole(RowSource source);
};

// A color picture in that form.
struct PictureSource {
    PictureSource() = default;
    PictureSource(Picture picture); // owns it
    PictureSource(std::string name, RowSource color, RowSource alpha);

    std::string name; // for messages only
    RowSource color;  // 3 channels
    RowSource alpha;  // 1 channel of the same size; empty = opaque everywhere
};

// Of a picture in memory, which must outlive it.
RowSource rows_of(ImageView picture);
PictureSource rows_of(const Picture& picture);

// The whole picture. It is moved out of a source that owns it and has no copies, so that giving the
// source away saves memory.
Image take_whole(RowSource source);
Picture take_whole(PictureSource source);

// Part of a picture in memory, whose first row is the view's.
ImageView rows_in(ImageView picture, Span rows);

// These rows of what resize() makes of the whole picture. Takes memory for them and a strip of the
// source's, which is read once, in ascending order.
Image resized_rows(const RowSource& source, Size size, Span rows);
Picture resized_rows(const PictureSource& source, Size size, Span rows);

// Which of `length` pixels in a row stands at a place (it may be negative) beyond them: the row
// goes on at its other end, or is reflected there without repeating the pixel at the edge. Either
// goes on however far the place is.
int repeated_pixel(int place, int length, bool wraps);

// The picture's rows that these rows of its canvas repeat, and what lies between them. Empty for
// none.
Span repeated_rows(int height, int margin, Span rows, bool wraps = false);

// These rows of a canvas: the picture extended by `margin` pixels on each side, as repeated_pixel
// says. `inner` is called once, with repeated_rows(). Rows, one at least, count from the top of the
// margin.
Image canvas_rows(const std::function<Image(Span rows)>& inner, Size inner_size, int margin,
                  Span rows, Wrap wrap = {});

} // namespace maniera
