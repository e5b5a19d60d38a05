// SPDX-License-Identifier: GPL-3.0-or-later
// Everything that happens to pictures before the first and after the last tensor.

#include "core/run/scene.h"

#include "core/error.h"
#include "core/image/color_transfer.h"
#include "core/run/scene_rows.h"
#include "core/run/style_palette.h"

#include <algorithm>
#include <cstdint>
#include <random>
#include <sstream>
#include <string>

namespace maniera {
namespace {

bool any_mask(const Inputs& prepared) {
    return std::any_of(prepared.styles.begin(), prepared.styles.end(),
                       [](const StyleInput& style) { return !mask_of(style).empty(); });
}

// What decides the targets of styles, besides their pictures and the options.
std::string targets_key(const Inputs& prepared, const ResolvedOptions& resolved,
                        const RegionPlan& plan, Size run, int tile) {
    std::ostringstream key;
    key << std::hexfloat << tile;
    for (const StyleInput& style : prepared.styles) {
        const Size size = style_size(style, resolved, run);
        key << ' ' << size.width << 'x' << size.height;
    }
    for (const Region& region : plan.regions) {
        key << " |";
        for (std::size_t i = 0; i < region.styles.size(); ++i)
            key << ' ' << region.styles[i] << ' ' << region.factors[i];
    }
    return key.str();
}

// These rows of it. What lies above them is drawn and dropped.
Image noise(unsigned seed, int width, Span rows) {
    std::mt19937 random(static_cast<std::mt19937::result_type>(seed));
    std::normal_distribution<float> normal(0.5f, 0.15f);
    Image image(width, rows.length(), 3);
    const std::int64_t above = std::int64_t{3} * width * rows.begin;
    for (std::int64_t i = 0; i < above; ++i)
        normal(random);
    for (float& value : image.pixels)
        value = std::min(1.0f, std::max(0.0f, normal(random)));
    return image;
}

} // namespace

void prepare_content(Picture& content) {
    fill_transparent(content);
    for (float& value : content.color.pixels) // a scale of its size takes it as it is
        value = std::min(1.0f, std::max(0.0f, value));
}

Scene make_frame(const TermOptions& terms, const Inputs& prepared, Size size,
                 const RowPartition& bands) {
    Image alpha;
    Scene scene = with_content(prepared, size, 0, bands, alpha);
    scene.coverage =
        plan_rows(terms.convention, prepared, scene, 0, scene.own_held(), Image()).coverage;
    return scene;
}

Scene make_scene(const Network& network, const TermOptions& terms, const ResolvedOptions& resolved,
                 const Inputs& prepared, Size size, int margin, StyleTargetCache& targets,
                 const MemoryPlan& memory, Communicator& comm) {
    const Size canvas{size.width + 2 * margin, size.height + 2 * margin};
    Image alpha;
    Scene scene = with_content(prepared, size, margin,
                               partition_rows(comm, canvas, memory.tile, network), alpha);
    const Span seen = scene.bands.own_with_halo();
    const Span held = scene.own_held();
    const Image weights = canvas_weights(alpha, held.begin, size, margin, seen);
    const RegionPlan plan = plan_rows(terms.convention, prepared, scene, margin, seen, weights);
    if (!plan.coverage.empty()) {
        // The canvas shows the rows held without gaps, once at least.
        const int top = held.begin + margin - seen.begin;
        scene.coverage = crop(plan.coverage, margin, top, size.width, held.length());
    }

    // The region's own mask, at the same places, stands in for a style mask where asked.
    const auto instead = [&](std::size_t style) -> RowSource {
        const RowSource mask = mask_of(prepared.styles[style]);
        if (!terms.convention.mask_styles || (mask.empty() && weights.empty()))
            return {};
        const auto read = [&, mask](Span rows) {
            return multiply(resized_rows_or_empty(mask, size, rows),
                            weights.empty() ? Image() : copy(rows_in(weights, rows)));
        };
        return {size, 1, read, {}};
    };
    const at::Device device = network.placement().device;
    const auto make_targets = [&] {
        std::vector<StyleSource> sources;
        for (std::size_t i = 0; i < prepared.styles.size(); ++i) {
            const StyleInput& style = prepared.styles[i];
            const Size at = style_size(style, resolved, size);
            sources.push_back({to_tensor(resize(style.picture, at).color, device),
                               style_weights(style, at, instead(i))});
        }
        return make_style_targets(network, terms, plan.regions, sources, memory.tile);
    };
    const bool by_content =
        terms.convention.mask_styles && (!weights.empty() || any_mask(prepared));
    const auto asked = targets.get(
        by_content ? "" : targets_key(prepared, resolved, plan, size, memory.tile), make_targets);
    scene.objective = std::make_unique<Objective>(
        network, terms, plan, content_canvas(scene, seen, device), *asked, memory, scene.bands);
    return scene;
}

at::Tensor content_canvas(const Scene& scene, Span rows, at::Device device) {
    return canvas_tensor(from_held(scene.content, scene), scene, rows, device);
}

at::Tensor start_canvas(const Scene& scene, const ResolvedOptions& resolved, const Inputs& prepared,
                        at::Device device) {
    const std::string init = resolved.init;
    const auto of_canvas = [&](const std::function<Image(Span)>& rows) {
        return canvas_tensor(rows, scene, scene.bands.own(), device);
    };
    if (init == "recolored")
        return of_canvas(from_held(in_style_colors(scene, resolved, prepared), scene));
    if (init == "content")
        return content_canvas(scene, scene.bands.own(), device);
    if (init == "noise")
        return of_canvas([&](Span rows) {
            return noise(static_cast<unsigned>(resolved.seed), scene.size.width, rows);
        });
    const RowSource source =
        init == "style" ? rows_of(prepared.styles.front().picture.color) : initial_of(prepared);
    if (source.empty())
        throw Error(ErrorCode::invalid_option, "The start picture \"" + init +
                                                   "\" was not read; name a picture file, or "
                                                   "recolored, content, style or noise.");
    return of_canvas(from_held(held_rows_of(source, scene), scene));
}

at::Tensor painting_on(const at::Tensor& canvas, const Scene& scene) {
    const Span own = scene.own();
    const int margin = scene.margin, top = own.begin + margin - scene.bands.own().begin;
    return narrowed(canvas,
                    {{margin, margin + scene.size.width},
                     {own.length() > 0 ? top : 0, own.length() > 0 ? top + own.length() : 0}});
}

Image finish(const Scene& scene, const ResolvedOptions& resolved, Image painting) {
    if (painting.empty())
        return painting;
    const ImageView content = rows_in(scene.content, own_rows(scene));
    if (resolved.colors == MANIERA_COLORS_CONTENT)
        painting = keep_colors(painting, content);
    if (!scene.coverage.empty()) {
        const ImageView coverage = rows_in(scene.coverage, own_rows(scene));
        for (std::size_t i = 0; i < painting.pixels.size(); ++i) {
            float& value = painting.pixels[i];
            value = content.pixels[i] + coverage.pixels[i / 3] * (value - content.pixels[i]);
        }
    }
    return painting;
}

} // namespace maniera
