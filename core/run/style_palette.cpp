// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/run/style_palette.h"

#include "core/distributed/collectives.h"
#include "core/image/color_transfer.h"
#include "core/image/scale_schedule.h"
#include "core/objective/style_pack.h"
#include "core/run/scene_rows.h"

#include <ATen/ops/empty.h>

#include <algorithm>

namespace maniera {
namespace {

Image resized_or_empty(const Image& image, Size size) {
    return image.empty() ? Image() : resize(image, size);
}

// The sums of all ranks.
ColorSums of_all(Communicator& comm, const ColorSums& own) {
    if (comm.size() == 1)
        return own;
    at::Tensor numbers = at::empty({13}, at::TensorOptions(at::kDouble));
    double* const values = numbers.data_ptr<double>();
    values[0] = own.weight;
    std::copy(own.first.begin(), own.first.end(), values + 1);
    std::copy(own.second.begin(), own.second.end(), values + 4);
    const at::Tensor all = all_reduce_sum(comm, numbers);
    const double* const total = all.data_ptr<double>();
    ColorSums sums;
    sums.weight = total[0];
    std::copy_n(total + 1, 3, sums.first.begin());
    std::copy_n(total + 4, 9, sums.second.begin());
    return sums;
}

// Of the content as it was read, as far as a style applies there. Collective.
ColorSums content_colors(const Inputs& prepared, const StyleInput& style, Communicator& comm) {
    const PictureSource& content = prepared.content;
    const Size size = content.color.size;
    // Several ranks never hold all of their part either.
    const Span own = share(size.height, comm.rank(), comm.size());
    const int height = comm.size() > 1 ? std::max(1, (1 << 20) / size.width) : size.height;
    ColorSums sums;
    for (int top = own.begin; top < own.end; top += height) {
        const Span rows{top, std::min(own.end, top + height)};
        const Image alpha = content.alpha.empty() ? Image() : content.alpha.read(rows);
        const Image weights = multiply(resized_rows_or_empty(style.mask, size, rows), alpha);
        const ColorSums more = content.color.whole.empty()
                                   ? sum_colors(content.color.read(rows), weights)
                                   : sum_colors(rows_in(content.color.whole, rows), weights);
        add_colors(sums, more, more.weight);
    }
    return of_all(comm, sums);
}

// Of a style at this size, or of its part.
ColorSums style_colors(const Inputs& prepared, std::size_t style, int part, Size size) {
    const StyleInput& its = prepared.styles[style];
    return its.pack ? colors_at(*its.pack, std::max(size.width, size.height))
                    : sum_colors(resize(its.picture, size).color,
                                 part_style_weights(prepared, style, part, size));
}

} // namespace

Size own_size(const StyleInput& style) {
    return style.pack ? style.pack->size : size_of(style.picture.color);
}

std::vector<StyleSize> style_sizes(const Inputs& inputs) {
    std::vector<StyleSize> sizes;
    for (const StyleInput& style : inputs.styles)
        sizes.push_back({own_size(style), style.scale, style.mask.size, size_of(style.style_mask),
                         style.pack != nullptr, style.weight});
    return sizes;
}

Size style_size(const StyleInput& style, const ResolvedOptions& resolved, Size run) {
    return style_size(StyleSize{own_size(style), style.scale}, resolved, run);
}

Image style_weights(const StyleInput& style, Size size, const RowSource& otherwise) {
    const Image alpha = resized_or_empty(style.picture.alpha, size);
    Image mask = resized_or_empty(style.style_mask, size);
    if (mask.empty())
        mask = resized_rows_or_empty(otherwise, size, {0, size.height});
    return multiply(mask, alpha);
}

Image part_style_weights(const Inputs& inputs, std::size_t style, int part, Size size) {
    const StyleInput& its = inputs.styles[style];
    Image mask;
    if (part >= 0) {
        mask =
            resized_or_empty(inputs.parts[static_cast<std::size_t>(part)].style_masks[style], size);
        if (mask.empty())
            return mask;
    } else if (part == Region::rest) {
        mask = Image(size.width, size.height, 1);
        std::fill(mask.pixels.begin(), mask.pixels.end(), 1.0f);
        for (const PartPair& pair : inputs.parts)
            if (const Image one = resized_or_empty(pair.style_masks[style], size); !one.empty())
                for (std::size_t i = 0; i < mask.pixels.size(); ++i)
                    mask.pixels[i] -= one.pixels[i];
        constexpr double least_left = 0.04; // of the style: less has no manner of its own
        double left = 0;
        for (float& value : mask.pixels) {
            value = value < 1.0f / 512 ? 0 : value;
            left += value;
        }
        if (left < least_left * static_cast<double>(mask.pixels.size()))
            std::fill(mask.pixels.begin(), mask.pixels.end(), 1.0f);
    }
    return multiply(mask, style_weights(its, size, {}));
}

Inputs prepare_styles(Inputs prepared, const ResolvedOptions& resolved, Communicator& comm) {
    for (StyleInput& style : prepared.styles) {
        fill_transparent(style.picture);
        if (resolved.colors != MANIERA_COLORS_MATCH)
            continue;
        const Image& color = style.picture.color;
        const Image weights = style_weights(style, size_of(color), {});
        style.picture.color =
            match_colors(color, sum_colors(color, weights), content_colors(prepared, style, comm));
    }
    return prepared;
}

std::vector<LineRegion> line_regions(const Scene& scene, const Inputs& prepared) {
    std::vector<ColorSums> colors;
    bool any = false;
    for (const StyleInput& style : prepared.styles) {
        const Image& color = style.picture.color;
        colors.push_back(style.pack ? style.pack->sizes.back().colors
                                    : sum_colors(color, style_weights(style, size_of(color), {})));
        any = any || color_line(colors.back());
    }
    std::vector<LineRegion> found;
    if (!any) // as on all ranks
        return found;
    // In either objective, as in_style_colors() has it.
    RegionPlan plan = plan_rows(convention_of(MANIERA_OBJECTIVE_PAINTERLY), prepared, scene, 0,
                                scene.own_halo(), Image());
    for (Region& region : plan.regions) {
        ColorSums all;
        for (std::size_t i = 0; i < region.styles.size(); ++i)
            add_colors(all, colors[region.styles[i]], region.factors[i]);
        if (const auto line = color_line(all))
            found.push_back({*line, std::move(region.weights)});
    }
    return found;
}

Image in_style_colors(const Scene& scene, const ResolvedOptions& resolved, const Inputs& prepared) {
    const ImageView content = scene.content;
    const Image alpha = resized_rows_or_empty(prepared.content.alpha, scene.size, scene.own_halo());
    // In either objective: there masks are divided, so that shares of colors add up to 1.
    const RegionPlan plan = plan_rows(convention_of(MANIERA_OBJECTIVE_PAINTERLY), prepared, scene,
                                      0, scene.own_halo(), alpha);
    const auto own = [&](ImageView image) {
        return image.empty() ? ImageView() : rows_in(image, own_rows(scene));
    };
    Image result = copy(content);
    for (const Region& region : plan.regions) {
        ColorSums wanted;
        for (std::size_t i = 0; i < region.styles.size(); ++i) {
            const std::size_t style = region.styles[i];
            const Size size = style_size(prepared.styles[style], resolved, scene.size);
            add_colors(wanted, style_colors(prepared, style, region.part, size), region.factors[i]);
        }
        const ColorSums present = of_all(
            *scene.bands.comm,
            scene.own().length() > 0 ? sum_colors(own(content), own(region.weights)) : ColorSums());
        if (wanted.weight <= 0 || result.empty())
            continue; // its styles contribute nothing
        const Image recolored = match_colors(content, present, wanted);
        for (std::size_t i = 0; i < result.pixels.size(); ++i) {
            const float share = region.weights.empty() ? 1 : region.weights.pixels[i / 3];
            result.pixels[i] += share * (recolored.pixels[i] - content.pixels[i]);
        }
    }
    return result;
}

} // namespace maniera
