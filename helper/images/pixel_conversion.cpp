// SPDX-License-Identifier: GPL-3.0-or-later

#include "helper/images/pixel_conversion.h"

#include "helper/images/color_signals.h"
#include "helper/images/icc_profile.h"
#include "helper/images/metadata.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace maniera {
namespace {

int color_bands(const Vips& image) {
    const int bands = vips_image_get_bands(image.get());
    return bands - (vips_image_hasalpha(image.get()) && bands > 1 ? 1 : 0);
}

bool has_profile(const Vips& image) {
    return vips_image_get_typeof(image.get(), VIPS_META_ICC_NAME) != 0;
}

// The embedded profile when it is one of RGB pictures, else nothing.
std::string rgb_profile(const Vips& image) {
    const void* bytes = nullptr;
    std::size_t size = 0;
    if (!image || !has_profile(image) ||
        vips_image_get_blob(image.get(), VIPS_META_ICC_NAME, &bytes, &size) != 0)
        return {};
    const std::string profile(static_cast<const char*>(bytes), size);
    return is_rgb_profile(profile) ? profile : "";
}

bool stored_as_rgb_or_gray(const Vips& image) {
    switch (vips_image_get_interpretation(image.get())) {
    case VIPS_INTERPRETATION_sRGB:
    case VIPS_INTERPRETATION_RGB:
    case VIPS_INTERPRETATION_RGB16:
    case VIPS_INTERPRETATION_scRGB:
    case VIPS_INTERPRETATION_B_W:
    case VIPS_INTERPRETATION_GREY16:
    case VIPS_INTERPRETATION_MULTIBAND:
    case VIPS_INTERPRETATION_HISTOGRAM: return true;
    default: return false;
    }
}

// As to_depth, of values up to `full`.
Vips to_levels(const Vips& image, int depth, const std::string& path, double full) {
    return apply(image, path, [=](VipsImage* in, VipsImage** out) {
        const VipsInterpretation space =
            depth == 16 ? VIPS_INTERPRETATION_RGB16 : VIPS_INTERPRETATION_sRGB;
        if (depth == 32)
            return vips_copy(in, out, "interpretation", space, nullptr);
        VipsImage *scaled = nullptr, *whole = nullptr;
        int failed = vips_linear1(in, &scaled, (depth == 8 ? 255 : 65535) / full, 0.5, nullptr);
        failed = failed || vips_cast(scaled, &whole,
                                     depth == 8 ? VIPS_FORMAT_UCHAR : VIPS_FORMAT_USHORT, nullptr);
        failed = failed || vips_copy(whole, out, "interpretation", space, nullptr);
        if (scaled)
            g_object_unref(scaled);
        if (whole)
            g_object_unref(whole);
        return failed ? -1 : 0;
    });
}

// Gray and CMYK pictures with a profile, by libvips.
Vips by_profile(const Vips& image, const std::string& path) {
    const VipsBandFormat format = vips_image_get_format(image.get());
    Vips narrow = image;
    if (format != VIPS_FORMAT_UCHAR && format != VIPS_FORMAT_USHORT) // what its profiles take
        narrow = to_levels(image, 16, path, full_scale(format));
    VipsImage* out = nullptr;
    if (vips_icc_transform(narrow.get(), &out, "srgb", "embedded", TRUE, "depth", 16, nullptr) == 0)
        return own(out);
    vips_error_clear(); // a broken profile is no reason to refuse the picture
    return image;
}

// Three bands: sRGB-encoded, or in the numbers of the RGB profile that the picture has.
Vips to_rgb(const Vips& image, const std::string& path) {
    Vips color = extract(image, path, 0, color_bands(image));
    if (has_profile(image) && rgb_profile(image).empty())
        color = by_profile(color, path);
    if (!stored_as_rgb_or_gray(color))
        color = apply(color, path, [](VipsImage* in, VipsImage** out) {
            return vips_colourspace(in, out, VIPS_INTERPRETATION_RGB16, nullptr);
        });
    const int bands = vips_image_get_bands(color.get());
    if (bands >= 3)
        return bands == 3 ? color : extract(color, path, 0, 3);
    const Vips gray = bands == 1 ? color : extract(color, path, 0, 1);
    return apply(gray, path, [](VipsImage* in, VipsImage** out) {
        VipsImage* three[] = {in, in, in};
        return vips_bandjoin(three, out, 3, nullptr);
    });
}

// Metadata as libvips keeps it, in an image of one pixel.
Vips keep_metadata(const Vips& from) {
    VipsImage* holder = nullptr;
    if (vips_black(&holder, 1, 1, nullptr) != 0)
        return {};
    Vips kept = own(vips_image_copy_memory(holder));
    g_object_unref(holder);
    const auto copy = [](VipsImage* image, const char* name, GValue* value, void* to) -> void* {
        static const std::array<const char*, 7> wanted = {
            "exif-", "xmp-", "iptc-", "icc-", "maniera-", "resolution-unit", "png-comment"};
        const auto starts = [&](const char* prefix) {
            return std::strncmp(name, prefix, std::strlen(prefix)) == 0;
        };
        const bool is_wanted = std::any_of(wanted.begin(), wanted.end(), starts);
        if (is_wanted && G_VALUE_TYPE(value) == VIPS_TYPE_BLOB) {
            // libvips 8.14 frees a HEIF file's blocks with the image that was loaded.
            std::size_t size = 0;
            const void* bytes = vips_value_get_blob(value, &size);
            vips_image_set_blob_copy(static_cast<VipsImage*>(to), name, bytes, size);
        } else if (is_wanted) {
            vips_image_set(static_cast<VipsImage*>(to), name, value);
        }
        (void)image;
        return nullptr;
    };
    vips_image_map(from.get(), copy, kept.get());
    kept.get()->Xres = from.get()->Xres;
    kept.get()->Yres = from.get()->Yres;
    // Only an RGB profile can describe the result.
    if (rgb_profile(kept).empty())
        vips_image_remove(kept.get(), VIPS_META_ICC_NAME);
    vips_error_clear();
    return kept;
}

int depth_of(const Vips& image) {
    switch (vips_image_get_format(image.get())) {
    case VIPS_FORMAT_UCHAR:
    case VIPS_FORMAT_CHAR: return 8;
    case VIPS_FORMAT_FLOAT:
    case VIPS_FORMAT_DOUBLE: return 32;
    default: return 16;
    }
}

RowSource srgb_colors(const Vips& image, const std::string& path,
                      void (ColorConversion::*apply)(Image&) const) {
    const Vips rgb = to_rgb(image, path);
    const ColorConversion to_srgb = profile_to_srgb(rgb_profile(image));
    return {size_of(image), 3, [=](Span rows) {
                Image colors = read_floats(rgb, path, rows);
                (to_srgb.*apply)(colors);
                return colors;
            }};
}

} // namespace

RowSource stored_colors(const Vips& image, const std::string& path) {
    return srgb_colors(image, path, &ColorConversion::apply);
}

RowSource stored_unclipped_colors(const Vips& image, const std::string& path) {
    return srgb_colors(image, path, &ColorConversion::apply_unclipped);
}

RowSource stored_alpha(const Vips& image, const std::string& path) {
    const int colors = color_bands(image);
    if (colors == vips_image_get_bands(image.get()))
        return {};
    const Vips alpha = extract(image, path, colors, 1);
    return {size_of(image), 1, [=](Span rows) { return read_floats(alpha, path, rows); }};
}

RowSource stored_mask(const Vips& image, const std::string& path) {
    const int colors = color_bands(image);
    // CMYK has no gray of its own.
    const Vips stored =
        colors > 3 ? to_rgb(image, path) : extract(image, path, 0, std::min(colors, 3));
    const RowSource alpha = stored_alpha(image, path);
    return {size_of(image), 1, [=](Span rows) {
                const Image values = read_floats(stored, path, rows);
                Image mask(values.width, values.height, 1);
                for (std::size_t i = 0; i < mask.pixels.size(); ++i) {
                    const float* p = &values.pixels[i * values.channels];
                    mask.pixels[i] =
                        values.channels < 3 ? p[0] : 0.299f * p[0] + 0.587f * p[1] + 0.114f * p[2];
                }
                if (!alpha.empty()) { // the same rows, which the decoder still has
                    const Image opacity = alpha.read(rows);
                    for (std::size_t i = 0; i < mask.pixels.size(); ++i)
                        mask.pixels[i] *= opacity.pixels[i];
                }
                return mask;
            }};
}

bool is_mask_by_alpha(const Vips& image, const std::string& path) {
    const RowSource alpha = stored_alpha(image, path);
    if (alpha.empty())
        return false;
    const Vips stored = extract(image, path, 0, color_bands(image));
    bool clear = false;
    const int height = strip_height(alpha.size.width);
    for (int y = 0; y < alpha.size.height; y += height) {
        const Span rows{y, std::min(alpha.size.height, y + height)};
        for (const float value : read_floats(stored, path, rows).pixels)
            if (value > 0)
                return false;
        for (const float value : alpha.read(rows).pixels)
            clear = clear || value < 1;
    }
    return clear; // an opaque one is a black mask
}

int strip_height(int width) {
    const int blocks = (1 << 18) / std::max(1, 3 * width) / 16;
    return 16 * std::max(1, blocks);
}

Image read_whole(const RowSource& source) {
    Image result(source.size.width, source.size.height, source.channels);
    const int height = strip_height(result.width);
    for (int y = 0; y < result.height; y += height) {
        const Image strip = source.read({y, std::min(result.height, y + height)});
        std::copy(strip.pixels.begin(), strip.pixels.end(), result.at(0, y));
    }
    return result;
}

FileInfo stored_info(const Vips& image, const std::string& path) {
    const Vips kept = keep_metadata(image);
    if (kept)
        read_tiff_words(kept, path);
    return {depth_of(image), kept};
}

std::string profile_of(const FileInfo& info, int depth) {
    const Vips kept = std::static_pointer_cast<VipsImage>(info.extra);
    // 16 bits of linear light are too few for the shadows.
    return kept && is_linear_by_format(kept) && depth < 32 ? "" : rgb_profile(kept);
}

Vips to_depth(const Vips& image, int depth, const std::string& path) {
    return to_levels(image, depth, path, 1);
}

void set_metadata(const Vips& image, const FileInfo& like, int depth) {
    if (const Vips kept = std::static_pointer_cast<VipsImage>(like.extra)) {
        const auto copy = [](VipsImage*, const char* name, GValue* value, void* to) -> void* {
            vips_image_set(static_cast<VipsImage*>(to), name, value);
            return nullptr;
        };
        vips_image_map(kept.get(), copy, image.get());
        image.get()->Xres = kept.get()->Xres;
        image.get()->Yres = kept.get()->Yres;
    }
    std::string profile = profile_of(like, depth);
    if (profile.empty())
        vips_image_remove(image.get(), VIPS_META_ICC_NAME);
    if (profile.empty() && depth == 32)
        profile = srgb_profile();
    if (!profile.empty())
        vips_image_set_blob_copy(image.get(), VIPS_META_ICC_NAME, profile.data(), profile.size());
}

} // namespace maniera
