// SPDX-License-Identifier: GPL-3.0-or-later
// Everything that happens to pictures before the first and after the last tensor.

#include "core/scene.h"

#include "core/colors.h"
#include "core/run_sizes.h"

#include <algorithm>
#include <sstream>
#include <string>

namespace maniera {
namespace {

Size style_size(const StyleInput& style, const ManieraOptions& resolved, Size run) {
    const Image& color = style.picture.color;
    return style_size(StyleSize{{color.width, color.height}, style.scale}, resolved, run);
}

Image multiply(const Image& a, const Image& b) {
    if (a.empty() || b.empty())
        return a.empty() ? b : a;
    Image product = a;
    for (std::size_t i = 0; i < product.pixels.size(); ++i)
        product.pixels[i] *= b.pixels[i];
    return product;
}

Image resized_or_empty(const Image& image, Size size) {
    return image.empty() ? Image() : resize(image, size);
}

Size own_size(const Picture& picture) { return {picture.color.width, picture.color.height}; }

Image with_margin(ImageView image, int margin) {
    return image.empty() ? Image() : extend_by_reflection(image, margin, margin, margin, margin);
}

// How much the styles act at each pixel of a canvas; empty = all alike. Not in the margin: moments
// that counted it would be mended there, where it shows least and is then cropped away.
Image canvas_weights(const Image& alpha, Size size, int margin) {
    if (margin == 0)
        return alpha;
    Image weights(size.width + 2 * margin, size.height + 2 * margin, 1);
    for (int y = 0; y < size.height; ++y)
        for (int x = 0; x < size.width; ++x)
            *weights.at(x + margin, y + margin) = alpha.empty() ? 1 : *alpha.at(x, y);
    return weights;
}

// How much a style counts at each of its pixels, by its style mask or by what stands in for one;
// empty = all alike.
Image style_weights(const StyleInput& style, Size size, const Image& otherwise) {
    const Image alpha = resized_or_empty(style.picture.alpha, size);
    Image mask = resized_or_empty(style.style_mask, size);
    if (mask.empty())
        mask = resized_or_empty(otherwise, size);
    return multiply(mask, alpha);
}

std::vector<Image> masks_at(const Inputs& prepared, Size size, int margin) {
    std::vector<Image> masks;
    for (const StyleInput& style : prepared.styles)
        masks.push_back(with_margin(resized_or_empty(style.mask, size), margin));
    return masks;
}

std::vector<StyleShare> shares_of(const Inputs& prepared, const std::vector<Image>& masks) {
    std::vector<StyleShare> shares;
    for (std::size_t i = 0; i < masks.size(); ++i)
        shares.push_back({masks[i], prepared.styles[i].weight});
    return shares;
}

bool any_mask(const Inputs& prepared) {
    return std::any_of(prepared.styles.begin(), prepared.styles.end(),
                       [](const StyleInput& style) { return !style.mask.empty(); });
}

// What decides the targets of styles, besides their pictures and the options.
std::string targets_key(const Inputs& prepared, const ManieraOptions& resolved,
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

} // namespace

Image make_coverage(const TermOptions& terms, const Inputs& prepared, Size size) {
    const std::vector<Image> masks = masks_at(prepared, size, 0);
    return plan_regions(terms.objective, size.width, size.height, shares_of(prepared, masks), {})
        .coverage;
}

void prepare_content(Picture& content) {
    fill_transparent(content);
    for (float& value : content.color.pixels) // a scale of its size takes it as it is
        value = std::min(1.0f, std::max(0.0f, value));
}

Inputs prepare_inputs(Inputs prepared, const ManieraOptions& resolved) {
    prepare_content(prepared.content);
    const Picture& content = prepared.content;
    for (StyleInput& style : prepared.styles) {
        fill_transparent(style.picture);
        if (resolved.colors != MANIERA_COLORS_MATCH)
            continue;
        const Image& color = style.picture.color;
        const Size own{color.width, color.height};
        const Image weights = style_weights(style, own, Image());
        const Image content_weights =
            multiply(resized_or_empty(style.mask, {content.color.width, content.color.height}),
                     content.alpha);
        style.picture.color = match_colors(color, sum_colors(color, weights),
                                           sum_colors(content.color, content_weights));
    }
    return prepared;
}

Scene make_scene(const Network& network, const TermOptions& terms, const ManieraOptions& resolved,
                 const Inputs& prepared, Size size, int margin, StyleTargetCache& targets,
                 const MemoryPlan& memory) {
    const bool gatys = terms.objective == MANIERA_OBJECTIVE_GATYS;
    Scene scene;
    scene.size = size;
    scene.margin = margin;
    Image alpha;
    if (prepared.content.alpha.empty() && size == own_size(prepared.content)) {
        scene.content = prepared.content.color;
    } else {
        Picture resized = resize(prepared.content, size);
        scene.own_content = std::move(resized.color);
        scene.content = scene.own_content;
        alpha = std::move(resized.alpha);
    }
    const Image weights = canvas_weights(alpha, size, margin);
    const Size canvas_size{size.width + 2 * margin, size.height + 2 * margin};

    const std::vector<Image> masks = masks_at(prepared, size, margin);
    RegionPlan plan = plan_regions(terms.objective, canvas_size.width, canvas_size.height,
                                   shares_of(prepared, masks), weights);
    if (!plan.coverage.empty())
        scene.coverage = crop(plan.coverage, margin, margin, size.width, size.height);

    // In gatys the region's own mask, at the same places, stands in for a style mask.
    const auto instead = [&](std::size_t style) {
        return gatys ? multiply(masks[style], weights) : Image();
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
    const bool by_content = gatys && (!weights.empty() || any_mask(prepared));
    const auto asked = targets.get(
        by_content ? "" : targets_key(prepared, resolved, plan, size, memory.tile), make_targets);
    scene.objective = std::make_unique<Objective>(
        network, terms, plan, to_tensor(with_margin(scene.content, margin), device), *asked,
        memory);
    return scene;
}

Image in_style_colors(const Scene& scene, const ManieraOptions& resolved, const Inputs& prepared) {
    const ImageView content = scene.content;
    const std::vector<Image> masks = masks_at(prepared, scene.size, 0);
    const Image alpha = resized_or_empty(prepared.content.alpha, scene.size);
    // In either objective: there masks are divided, so that shares of colours add up to 1.
    const RegionPlan plan = plan_regions(MANIERA_OBJECTIVE_PAINTERLY, scene.size.width,
                                         scene.size.height, shares_of(prepared, masks), alpha);
    Image result = copy(content);
    for (const Region& region : plan.regions) {
        ColorSums wanted;
        for (std::size_t i = 0; i < region.styles.size(); ++i) {
            const StyleInput& style = prepared.styles[region.styles[i]];
            const Size size = style_size(style, resolved, scene.size);
            add_colors(
                wanted,
                sum_colors(resize(style.picture, size).color, style_weights(style, size, Image())),
                region.factors[i]);
        }
        if (wanted.weight <= 0)
            continue; // its styles have no say
        const Image recolored = match_colors(content, sum_colors(content, region.weights), wanted);
        for (std::size_t i = 0; i < result.pixels.size(); ++i) {
            const float share = region.weights.empty() ? 1 : region.weights.pixels[i / 3];
            result.pixels[i] += share * (recolored.pixels[i] - content.pixels[i]);
        }
    }
    return result;
}

Image painting_on(const at::Tensor& canvas, const Scene& scene) {
    const int begin = scene.margin;
    return to_image(
        narrowed(canvas, {{begin, begin + scene.size.width}, {begin, begin + scene.size.height}}));
}

Image finish(const Scene& scene, const ManieraOptions& resolved, Image painting) {
    if (resolved.colors == MANIERA_COLORS_CONTENT)
        painting = keep_colors(painting, scene.content);
    if (!scene.coverage.empty())
        for (std::size_t i = 0; i < scene.coverage.pixels.size(); ++i)
            for (int c = 0; c < 3; ++c) {
                float& value = painting.pixels[3 * i + c];
                const float content = scene.content.pixels[3 * i + c];
                value = content + scene.coverage.pixels[i] * (value - content);
            }
    return painting;
}

} // namespace maniera
