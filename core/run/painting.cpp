// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/run/painting.h"

#include "core/distributed/gather_rows.h"
#include "core/error.h"
#include "core/image/color_transfer.h"
#include "core/image/noise.h"
#include "core/image/resampling.h"
#include "core/progress.h"
#include "core/run/scene_rows.h"
#include "core/run/style_palette.h"

#include <ATen/TensorOperators.h>

#include <algorithm>
#include <array>
#include <functional>
#include <string>
#include <utility>

namespace maniera {
namespace {

at::Tensor start_by_init(const Scene& scene, const ResolvedOptions& resolved,
                         const Inputs& prepared, at::Device device) {
    const std::string init = prepared.initial.empty() ? resolved.init : "";
    const auto of_canvas = [&](const std::function<Image(Span)>& rows) {
        return canvas_tensor(rows, scene, scene.bands.own(), device);
    };
    if (init == "recolored")
        return of_canvas(from_halo(in_style_colors(scene, resolved, prepared), scene));
    if (init == "content")
        return content_canvas(scene, scene.bands.own(), device);
    if (init == "noise")
        return of_canvas([&](Span rows) {
            return noise(static_cast<unsigned>(resolved.seed), scene.size.width, rows);
        });
    const RowSource source =
        init == "style" ? rows_of(prepared.styles.front().picture.color) : prepared.initial;
    if (source.empty())
        throw Error(ErrorCode::invalid_option, "The start picture \"" + init +
                                                   "\" was not read; name a picture file, or "
                                                   "recolored, content, style or noise.");
    return of_canvas(from_halo(halo_of(source, scene), scene));
}

} // namespace

at::Tensor start_canvas(const Scene& scene, const ResolvedOptions& resolved, const Inputs& prepared,
                        at::Device device) {
    at::Tensor start = start_by_init(scene, resolved, prepared, device);
    if (prepared.temporal.painting.empty())
        return start;
    const Image painting = halo_of(rows_of(prepared.temporal.painting), scene);
    const Image shown = halo_of(rows_of(prepared.temporal.shown), scene);
    const auto on_canvas = [&](const Image& halo, int channels) {
        return canvas_tensor(from_halo(halo, scene), scene, scene.bands.own(), device, channels);
    };
    return start + on_canvas(shown, 1) * (on_canvas(painting, 3) - start);
}

at::Tensor painting_on(const at::Tensor& canvas, const Scene& scene) {
    const Span own = scene.own();
    const int margin = scene.margin, top = own.begin + margin - scene.bands.own().begin;
    return narrowed(canvas,
                    {{margin, margin + scene.size.width},
                     {own.length() > 0 ? top : 0, own.length() > 0 ? top + own.length() : 0}});
}

namespace {

// Where the styles' colors lie on a line, gray above all, the network still sees and makes others.
Image on_lines(const Scene& scene, Image painting) {
    if (scene.lines.empty())
        return painting;
    const Image before = copy(painting);
    const auto own = [&](const Image& rows) {
        return rows.empty() ? ImageView() : rows_in(rows, own_rows(scene));
    };
    const ImageView coverage = own(scene.coverage);
    for (const LineRegion& region : scene.lines) {
        const ImageView weights = own(region.weights);
        for (std::size_t i = 0; i < painting.pixels.size(); i += 3) {
            // Of what is painted there: the content comes through later.
            const float painted = coverage.empty() ? 1 : std::max(1e-6f, coverage.pixels[i / 3]);
            const float share =
                weights.empty() ? 1 : std::min(1.0f, weights.pixels[i / 3] / painted);
            const std::array<float, 3> color = on_line(region.line, &before.pixels[i]);
            for (std::size_t c = 0; c < 3; ++c)
                painting.pixels[i + c] =
                    share == 1 ? color[c]
                               : painting.pixels[i + c] + share * (color[c] - before.pixels[i + c]);
        }
    }
    return painting;
}

} // namespace

Image finish(const Scene& scene, const ResolvedOptions& resolved, Image painting) {
    if (painting.empty())
        return painting;
    const ImageView content = rows_in(scene.content, own_rows(scene));
    if (resolved.colors == MANIERA_COLORS_CONTENT)
        painting = keep_colors(painting, content);
    else
        painting = on_lines(scene, std::move(painting));
    if (!scene.coverage.empty()) {
        const ImageView coverage = rows_in(scene.coverage, own_rows(scene));
        for (std::size_t i = 0; i < painting.pixels.size(); ++i) {
            float& value = painting.pixels[i];
            value = content.pixels[i] + coverage.pixels[i / 3] * (value - content.pixels[i]);
        }
    }
    return painting;
}

Image preview(const at::Tensor& canvas, const Scene& scene, const ResolvedOptions& resolved) {
    Image own = finish(scene, resolved, to_image(painting_on(canvas, scene)));
    Communicator& comm = *scene.bands.comm;
    if (comm.size() == 1)
        return own;
    const int side = std::min(rank_preview_side, std::max(scene.size.width, scene.size.height));
    const Size size = fit_long_side(scene.size, side);
    Resampling small(scene.size, 3, size, {0, size.height});
    int row = 0;
    gather_rows(comm, own, [&](ImageView strip) {
        small.add(strip, row);
        row += strip.height;
    });
    return comm.rank() == 0 ? small.result() : Image();
}

} // namespace maniera
