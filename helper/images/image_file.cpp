// SPDX-License-Identifier: GPL-3.0-or-later
// Whole pictures.

#include "helper/images/image_file.h"

#include "helper/images/color_signals.h"
#include "helper/images/encoder.h"
#include "helper/images/icc_profile.h"
#include "helper/images/metadata.h"
#include "helper/images/open_file.h"
#include "helper/images/output_format.h"
#include "helper/images/pixel_conversion.h"

#include <algorithm>

namespace maniera {
namespace {

Vips open_upright(const std::string& path) {
    return with_profile(upright(open_file(path, VIPS_ACCESS_RANDOM), path), path);
}

// Reads the image's memory, which must stay.
Vips as_vips(const Image& image) {
    return own(vips_image_new_from_memory(image.pixels.data(), image.pixels.size() * sizeof(float),
                                          image.width, image.height, image.channels,
                                          VIPS_FORMAT_FLOAT));
}

} // namespace

LoadedPicture load_picture(const std::string& path) {
    const Vips image = open_upright(path);
    LoadedPicture loaded;
    loaded.picture.name = path;
    loaded.picture.color = read_whole(stored_colors(image, path));
    const RowSource alpha = stored_alpha(image, path);
    if (!alpha.empty()) {
        loaded.picture.alpha = read_whole(alpha);
        const auto& opacity = loaded.picture.alpha.pixels;
        if (std::all_of(opacity.begin(), opacity.end(), [](float a) { return a >= 1; }))
            loaded.picture.alpha = Image();
    }
    loaded.info = stored_info(image, path);
    loaded.remark = remark_on_colors(image);
    return loaded;
}

Size picture_size(const std::string& path) { return size_of(open_upright(path)); }

std::string recipe_of_picture(const std::string& path) {
    return recipe_of(open_file(path, VIPS_ACCESS_SEQUENTIAL));
}

Image load_mask(const std::string& path) {
    const Vips image = open_upright(path);
    return read_whole(is_mask_by_alpha(image, path) ? stored_alpha(image, path)
                                                    : stored_mask(image, path));
}

void save_picture(const Picture& picture, const FileInfo& like, const std::string& path,
                  const Saving& saving) {
    start_vips();
    check_output_size(path, size_of(picture.color));
    OutputFile file(path);
    const std::string profile = profile_of(like, saved_depth(like, path));
    Image converted;
    if (!profile.empty()) {
        converted = picture.color;
        srgb_to_profile(profile).apply(converted);
    }
    Vips image = as_vips(profile.empty() ? picture.color : converted);
    if (!picture.alpha.empty()) {
        const Vips alpha = as_vips(picture.alpha);
        image = apply(image, path, [&](VipsImage* in, VipsImage** out) {
            return vips_bandjoin2(in, alpha.get(), out, nullptr);
        });
        if (format_of(path) == Format::jpeg)
            image = apply(image, path, [](VipsImage* in, VipsImage** out) {
                const double white[] = {1, 1, 1};
                VipsArrayDouble* background = vips_array_double_new(white, 3);
                const int failed =
                    vips_flatten(in, out, "background", background, "max_alpha", 1.0, nullptr);
                vips_area_unref(VIPS_AREA(background));
                return failed;
            });
    }
    save_image(to_depth(image, saved_depth(like, path), path), like, path, saving, file);
}

} // namespace maniera
