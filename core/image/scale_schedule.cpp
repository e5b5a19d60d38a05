// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/image/scale_schedule.h"

#include "core/base/objective_convention.h"
#include "core/error.h"

#include <algorithm>
#include <string>

namespace maniera {
namespace {

bool has(const ResolvedOptions& options, const char* name) {
    return maniera_option_is_set(&options, name);
}

// Whether one painting is the style of the whole content.
bool is_one_painting(const std::vector<StyleSize>& styles) {
    const auto acts = [](const StyleSize& style) { return style.weight > 0; };
    const auto is_whole = [&](const StyleSize& style) {
        return style.mask.width == 0 && style.style_mask.width == 0 && !style.pack;
    };
    return std::count_if(styles.begin(), styles.end(), acts) == 1 &&
           std::all_of(styles.begin(), styles.end(), is_whole);
}

} // namespace

Size run_size(Size content, const ResolvedOptions& resolved) {
    const bool larger =
        has(resolved, "shrink") && std::max(content.width, content.height) > resolved.shrink;
    const Size size = has(resolved, "size") ? fit_long_side(content, resolved.size)
                      : larger              ? fit_long_side(content, resolved.shrink)
                                            : content;
    const int short_side = std::min(size.width, size.height);
    if (short_side < shortest_side)
        throw Error(ErrorCode::invalid_option,
                    "At size " + std::to_string(std::max(size.width, size.height)) +
                        " the short side would be " + std::to_string(short_side) +
                        " pixels and must be at least " + std::to_string(shortest_side) +
                        "; ask for a larger --size.");
    return size;
}

std::vector<Size> run_scales(Size full, const ResolvedOptions& resolved) {
    return scale_sizes(full, has(resolved, "scales") ? resolved.scales : 0);
}

int steps_at(const ResolvedOptions& resolved, std::size_t scale) {
    const ManieraIntList& list = resolved.iterations;
    return list.values[std::min<int>(static_cast<int>(scale), list.count - 1)];
}

void keep_last_scales(ManieraOptions& options, const ResolvedOptions& resolved, Size full,
                      std::size_t most) {
    const std::size_t all = run_scales(full, resolved).size(), kept = std::min(all, most);
    std::string steps;
    for (std::size_t scale = all - kept; scale < all; ++scale)
        steps += (steps.empty() ? "" : ",") + std::to_string((steps_at(resolved, scale) + 1) / 2);
    char message[MANIERA_MESSAGE_MAX];
    maniera_option_set(&options, "scales", std::to_string(kept).c_str(), message);
    maniera_option_set(&options, "iterations", steps.c_str(), message);
}

// At a quarter of the pixels a draft takes 0.82 of the time and looks the same; normal takes 0.91,
// and mouths and glasses get worse. docs/performance.md.
int match_reduction(Size picture, const ResolvedOptions& resolved) {
    const int most_side = resolved.quality == MANIERA_QUALITY_DRAFT ? 256 : 512; // px
    int reduction = 1;
    while (std::max(picture.width, picture.height) / reduction > most_side)
        reduction *= 2;
    return reduction;
}

int pools_at(Size picture, const ResolvedOptions& resolved) {
    const bool as_asked = convention_of(resolved).deep_at_all_sizes ||
                          resolved.quality == MANIERA_QUALITY_HIGH || has(resolved, "scales") ||
                          resolved.own_layers;
    const int large = resolved.quality == MANIERA_QUALITY_DRAFT ? 384 : 1024; // px
    const bool is_large = std::max(picture.width, picture.height) >= large;
    return is_large && !as_asked ? 2 : all_pools; // relu3_1
}

int canvas_margin(const ResolvedOptions& resolved) { return convention_of(resolved).canvas_margin; }

Size canvas_size(Size picture, const ResolvedOptions& resolved) {
    const ObjectiveConvention convention = convention_of(resolved);
    const int both = 2 * (convention.canvas_margin + convention.surroundings);
    return {picture.width + both, picture.height + both};
}

ResolvedOptions resolve_for(const std::vector<StyleSize>& styles, const ManieraOptions& options) {
    return ResolvedOptions(options, is_one_painting(styles));
}

Size style_size(const StyleSize& style, const ResolvedOptions& resolved, Size run) {
    if (!convention_of(resolved).own_style_size)
        return run;
    const int own_long = std::max(style.size.width, style.size.height);
    const int own_short = std::min(style.size.width, style.size.height);
    const double scale = style.scale > 0 ? style.scale : resolved.style_scale;
    const double wanted = std::max(run.width, run.height) * scale;
    const double least = static_cast<double>(shortest_side) * own_long / own_short;
    const double long_side = std::min<double>(own_long, std::max(wanted, least));
    return fit_long_side(style.size, static_cast<int>(long_side + 0.5));
}

} // namespace maniera
