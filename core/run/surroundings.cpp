// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/run/surroundings.h"

#include "core/distributed/collectives.h"
#include "core/image/row_source.h"

#include <ATen/ops/empty.h>

#include <algorithm>
#include <vector>

namespace maniera {
namespace {

bool has_surroundings(const Scene& scene) { return scene.view_margin > scene.margin; }

// Adjacent places in the margin of a view, and the adjacent pixels of the picture they repeat, in
// the same order or the opposite one. No pixel twice: a GPU may then add them in any order.
struct Stretch {
    Span places, pixels;
    bool mirrored;
};

// Of one axis, from its start.
std::vector<Stretch> stretches(int length, int margin, bool wraps) {
    std::vector<Stretch> result;
    const auto add = [&](int place) {
        const int pixel = repeated_pixel(place - margin, length, wraps);
        if (!result.empty() && result.back().places.end == place) {
            Stretch& last = result.back();
            const bool first = last.pixels.length() == 1;
            if (pixel == last.pixels.end && (first || !last.mirrored)) {
                last = {{last.places.begin, place + 1}, {last.pixels.begin, pixel + 1}, false};
                return;
            }
            if (pixel == last.pixels.begin - 1 && (first || last.mirrored)) {
                last = {{last.places.begin, place + 1}, {pixel, last.pixels.end}, true};
                return;
            }
        }
        result.push_back({{place, place + 1}, {pixel, pixel + 1}, false});
    };
    for (int place = 0; place < margin; ++place)
        add(place);
    for (int place = margin + length; place < length + 2 * margin; ++place)
        add(place);
    return result;
}

at::Tensor turned(const at::Tensor& maps, std::int64_t side, bool mirrored) {
    return mirrored ? maps.flip(side) : maps;
}

// The part of a stretch whose places lie in these rows of the view, or whose pixels lie in these
// rows of the picture.
Stretch with_places_in(const Stretch& stretch, Span rows) {
    const int begin = std::clamp(rows.begin, stretch.places.begin, stretch.places.end);
    const int end = std::clamp(rows.end, begin, stretch.places.end);
    const int before = begin - stretch.places.begin, after = stretch.places.end - end;
    return {{begin, end},
            {stretch.pixels.begin + (stretch.mirrored ? after : before),
             stretch.pixels.end - (stretch.mirrored ? before : after)},
            stretch.mirrored};
}

Stretch with_pixels_in(const Stretch& stretch, Span rows) {
    const Stretch part = with_places_in({stretch.pixels, stretch.places, stretch.mirrored}, rows);
    return {part.pixels, part.places, part.mirrored};
}

at::Tensor rows_of(const at::Tensor& maps, Span rows) {
    return maps.narrow(2, rows.begin, rows.length());
}

at::Tensor columns_of(const at::Tensor& maps, Span columns) {
    return maps.narrow(3, columns.begin, columns.length());
}

// The columns of a view that show the picture itself.
at::Tensor middle_columns(const at::Tensor& view, const Scene& scene) {
    return view.narrow(3, scene.view_margin, scene.size.width);
}

// This rank's rows of the picture, in its rows of a view.
at::Tensor middle_rows(const at::Tensor& view, const Scene& scene) {
    const Span own = scene.own();
    const int top = own.begin + scene.view_margin - scene.view.own().begin;
    return view.narrow(2, own.length() > 0 ? top : 0, own.length());
}

// Rows of the view's margin, from whichever ranks have the picture's.
void show_rows(const Scene& scene, const at::Tensor& canvas, const Stretch& stretch,
               at::Tensor& middle) {
    std::vector<Span> want;
    for (const Span band : scene.view.rows)
        want.push_back(with_places_in(stretch, band).pixels);
    const at::Tensor rows = exchange_rows(*scene.view.comm, canvas, scene.rows, want);
    const Stretch own = with_places_in(stretch, scene.view.own());
    if (own.places.length() > 0)
        rows_of(middle, counted_from(own.places, scene.view.own().begin))
            .copy_(turned(rows, 2, stretch.mirrored));
}

void fold_rows(const Scene& scene, const at::Tensor& middle, const Stretch& stretch,
               at::Tensor& canvas) {
    std::vector<Span> have, want;
    for (const Span band : scene.view.rows)
        have.push_back(with_places_in(stretch, band).places);
    for (const Span rows : scene.rows)
        want.push_back(with_pixels_in(stretch, rows).places);
    const Span own_places = counted_from(have[scene.view.comm->rank()], scene.view.own().begin);
    const at::Tensor margin = rows_of(middle, own_places.length() > 0 ? own_places : Span{});
    const at::Tensor rows = exchange_rows(*scene.view.comm, margin, have, want);
    const Stretch own = with_pixels_in(stretch, scene.own());
    if (own.pixels.length() > 0)
        rows_of(canvas, counted_from(own.pixels, scene.own().begin))
            .add_(turned(rows, 2, stretch.mirrored));
}

} // namespace

at::Tensor view_of(const Scene& scene, const at::Tensor& canvas) {
    if (!has_surroundings(scene))
        return canvas;
    at::Tensor view = at::empty(
        {1, canvas.size(1), scene.view.own().length(), scene.size.width + 2 * scene.view_margin},
        canvas.options(), at::MemoryFormat::ChannelsLast);
    at::Tensor middle = middle_columns(view, scene);
    middle_rows(middle, scene).copy_(canvas);
    for (const Stretch& stretch : stretches(scene.size.height, scene.view_margin, scene.wrap.y))
        show_rows(scene, canvas, stretch, middle);
    for (const Stretch& stretch : stretches(scene.size.width, scene.view_margin, scene.wrap.x))
        columns_of(view, stretch.places)
            .copy_(turned(columns_of(middle, stretch.pixels), 3, stretch.mirrored));
    return view;
}

at::Tensor folded(const Scene& scene, const at::Tensor& gradient) {
    if (!has_surroundings(scene))
        return gradient;
    const at::Tensor middle = middle_columns(gradient, scene).clone(at::MemoryFormat::ChannelsLast);
    for (const Stretch& stretch : stretches(scene.size.width, scene.view_margin, scene.wrap.x))
        columns_of(middle, stretch.pixels)
            .add_(turned(columns_of(gradient, stretch.places), 3, stretch.mirrored));
    at::Tensor canvas = middle_rows(middle, scene).clone(at::MemoryFormat::ChannelsLast);
    for (const Stretch& stretch : stretches(scene.size.height, scene.view_margin, scene.wrap.y))
        fold_rows(scene, middle, stretch, canvas);
    return canvas;
}

Evaluation evaluate(const Scene& scene, const at::Tensor& canvas) {
    Evaluation result = scene.objective->evaluate(view_of(scene, canvas));
    result.gradient = folded(scene, result.gradient);
    return result;
}

} // namespace maniera
