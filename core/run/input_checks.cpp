// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/run/input_checks.h"

#include "core/base/objective_convention.h"
#include "core/error.h"
#include "core/image/scale_schedule.h"
#include "core/objective/style_pack.h"
#include "core/run/pack_checks.h"
#include "core/run/style_palette.h"
#include "core/stylize.h"

#include <algorithm>
#include <cmath>
#include <string>

namespace maniera {
namespace {

const float* end_of(ImageView image) { return image.empty() ? nullptr : image.at(0, image.height); }

bool all_finite(ImageView image) {
    return std::all_of(image.pixels, end_of(image),
                       [](float value) { return std::isfinite(value); });
}

void check_mask(ImageView mask, const std::string& what) {
    if (mask.empty())
        return;
    if (!all_finite(mask))
        throw Error(ErrorCode::unreadable_image,
                    what + " has pixels that are not numbers; save it again without them.");
    if (*std::max_element(mask.pixels, end_of(mask)) < 1.0f / 512)
        throw Error(ErrorCode::unreadable_image,
                    what + " is black everywhere, so nothing would be painted; paint white where "
                           "the style shall apply.");
}

void check_sides(Size size, const std::string& name) {
    if (std::min(size.width, size.height) < shortest_side)
        throw Error(ErrorCode::unreadable_image,
                    name + " is " + std::to_string(size.width) + "x" + std::to_string(size.height) +
                        " pixels; its short side must be at least " +
                        std::to_string(shortest_side) + ", so use a larger picture.");
}

} // namespace

void check_pixels(const PictureSource& picture, const char* what) {
    const std::string name = picture.name.empty() ? what : picture.name;
    const ImageView alpha = picture.alpha.whole;
    if (picture.color.empty())
        throw Error(ErrorCode::unreadable_image,
                    "There is no picture for the " + std::string(what) + "; name one.");
    check_sides(picture.color.size, name);
    if (!all_finite(picture.color.whole) || !all_finite(alpha))
        throw Error(ErrorCode::unreadable_image,
                    name + " has pixels that are not numbers (NaN or infinite); save it again "
                           "without them.");
    if (!alpha.empty() &&
        std::all_of(alpha.pixels, end_of(alpha), [](float value) { return value <= 0; }))
        throw Error(ErrorCode::unreadable_image,
                    name + " is transparent everywhere; use a picture with something to see.");
}

void check_styles(const Inputs& inputs, const ResolvedOptions& resolved) {
    if (inputs.styles.empty())
        throw Error(ErrorCode::invalid_request, "There is no style; name at least one picture.");
    if (resolved.tile % 16 != 0)
        throw Error(ErrorCode::invalid_option,
                    "The side of tiles must be a multiple of 16: use --tile " +
                        std::to_string(resolved.tile / 16 * 16) + " or --tile " +
                        std::to_string(resolved.tile / 16 * 16 + 16) + ".");
    if (resolved.match_parts != MANIERA_MATCH_PARTS_OFF && !convention_of(resolved).mean_terms)
        throw Error(ErrorCode::invalid_option,
                    "The objective gatys is the published formula and has no matched parts; leave "
                    "--match-parts out, or use the objective painterly.");
    if ((resolved.parts != MANIERA_PARTS_OFF || !inputs.parts.empty()) &&
        !convention_of(resolved).mean_terms)
        throw Error(ErrorCode::invalid_option,
                    "The objective gatys is the published formula and has no parts; leave --parts "
                    "and --parts-file out, or use the objective painterly.");
    if (resolved.tileable != MANIERA_TILEABLE_OFF && !convention_of(resolved).mean_terms)
        throw Error(ErrorCode::invalid_option,
                    "The objective gatys is the published formula and knows no other end of a "
                    "picture; leave --tileable out, or use the objective painterly.");
    if (!inputs.temporal.painting.empty() && !convention_of(resolved).mean_terms)
        throw Error(
            ErrorCode::invalid_option,
            "The objective gatys is the published formula and has no temporal term; use the "
            "objective painterly for frames.");
    double total = 0;
    for (const StyleInput& style : inputs.styles) {
        if (!style.pack)
            check_pixels(rows_of(style.picture), "style");
        const std::string& name = style.pack ? style.pack->file : style.picture.name;
        check_mask(style.mask.whole, "The mask of " + name);
        check_mask(style.style_mask, "The style mask of " + name);
        if (!std::isfinite(style.weight) || style.weight < 0)
            throw Error(ErrorCode::invalid_option,
                        "The weight of " + name + " must be a number of 0 or more.");
        if (!std::isfinite(style.scale) || style.scale < 0)
            throw Error(ErrorCode::invalid_option,
                        "The style scale of " + name + " must be a number above 0.");
        if (!convention_of(resolved).own_style_size &&
            (style.scale > 0 ? style.scale : resolved.style_scale) != 1)
            throw Error(ErrorCode::invalid_option,
                        "The objective gatys compares sums over pictures of one size and has no "
                        "style scale; leave --style-scale out, or use the objective painterly.");
        total += style.weight;
    }
    check_packs(inputs, resolved);
    if (total <= 0)
        throw Error(ErrorCode::invalid_option,
                    "The weights of the styles are all zero; give at least one above 0.");
    if (!all_finite(inputs.initial.whole))
        throw Error(ErrorCode::unreadable_image,
                    "The start picture has pixels that are not numbers (NaN or infinite); save it "
                    "again without them.");
}

void check_content(const PictureSource& content, const ResolvedOptions& resolved) {
    check_pixels(content, "content");
    const std::size_t scales = run_scales(run_size(content.color.size, resolved), resolved).size();
    if (resolved.own_iterations && resolved.iterations.count > static_cast<int>(scales))
        throw Error(ErrorCode::invalid_option,
                    "There are " + std::to_string(resolved.iterations.count) +
                        " numbers of iterations for " + std::to_string(scales) +
                        " scales; give at most one a scale.");
}

void check_inputs(const Inputs& inputs, const ManieraOptions& options) {
    const ResolvedOptions resolved = resolve_for(style_sizes(inputs), options);
    check_content(inputs.content, resolved);
    check_styles(inputs, resolved);
}

} // namespace maniera
