// SPDX-License-Identifier: GPL-3.0-or-later

#include "helper/images/color_signals.h"

#include "helper/images/icc_profile.h"
#include "helper/images/png_colors.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <optional>

namespace maniera {
namespace {

constexpr const char* remark_name = "maniera-remark";
constexpr const char* linear_name = "maniera-linear";

// Profiles that are made here, of x and y of white, red, green and blue.
constexpr Chromaticities srgb_primaries = {0.3127, 0.329, 0.64, 0.33, 0.3, 0.6, 0.15, 0.06};
constexpr Chromaticities p3_primaries = {0.3127, 0.329, 0.68, 0.32, 0.265, 0.69, 0.15, 0.06};
constexpr Chromaticities rec2020 = {0.3127, 0.329, 0.708, 0.292, 0.17, 0.797, 0.131, 0.046};
constexpr Chromaticities adobe_rgb = {0.3127, 0.329, 0.64, 0.33, 0.21, 0.71, 0.15, 0.06};

bool has(const Vips& image, const char* name) {
    return vips_image_get_typeof(image.get(), name) != 0;
}

std::string profile_bytes(const Vips& image) {
    const void* bytes = nullptr;
    std::size_t size = 0;
    if (!has(image, VIPS_META_ICC_NAME) ||
        vips_image_get_blob(image.get(), VIPS_META_ICC_NAME, &bytes, &size) != 0)
        return {};
    return {static_cast<const char*>(bytes), size};
}

int colors_of(const Vips& image) {
    const int bands = vips_image_get_bands(image.get());
    return bands - (vips_image_hasalpha(image.get()) && bands > 1 ? 1 : 0);
}

void give(const Vips& image, const std::string& profile) {
    if (!profile.empty())
        vips_image_set_blob_copy(image.get(), VIPS_META_ICC_NAME, profile.data(), profile.size());
}

void remark(const Vips& image, const std::string& text) {
    vips_image_set_string(image.get(), remark_name, text.c_str());
}

bool near(const Chromaticities& a, const Chromaticities& b) {
    return std::equal(a.begin(), a.end(), b.begin(),
                      [](double x, double y) { return std::abs(x - y) < 0.002; });
}

// H.273's numbers. Nothing: a kind that is not understood.
std::optional<std::string> cicp_profile(const std::array<int, 4>& cicp) {
    const Chromaticities* primaries = cicp[0] == 1    ? &srgb_primaries
                                      : cicp[0] == 9  ? &rec2020
                                      : cicp[0] == 12 ? &p3_primaries
                                                      : nullptr;
    std::optional<ToneCurve> curve;
    switch (cicp[1]) {
    case 1:
    case 6:
    case 14:
    case 15: curve = ToneCurve::rec709(); break;
    case 4: curve = ToneCurve::power(2.2); break;
    case 5: curve = ToneCurve::power(2.8); break;
    case 8: curve = ToneCurve::power(1); break;
    case 13: curve = ToneCurve::srgb(); break;
    default: break; // 16 and 18 are PQ and HLG
    }
    if (!primaries || !curve || cicp[2] != 0 || cicp[3] != 1)
        return std::nullopt;
    if (cicp[0] == 1 && cicp[1] == 13)
        return "";
    return rgb_profile_of(*primaries, *curve);
}

std::string gamma_profile(const PngColors& png) {
    const bool usual = !png.primaries || near(*png.primaries, srgb_primaries);
    // 1/2.2 is how sRGB is said in gAMA; other powers are meant as they are.
    const bool srgb_curve = !png.gamma || std::abs(*png.gamma - 0.45455) < 0.005;
    if (png.srgb || (usual && srgb_curve))
        return "";
    return rgb_profile_of(png.primaries.value_or(srgb_primaries),
                          srgb_curve ? ToneCurve::srgb() : ToneCurve::power(1 / *png.gamma));
}

// Cameras write no profile but this for Adobe RGB.
bool is_adobe_rgb_by_exif(const Vips& image) {
    const auto value = [&](const char* name) -> std::string {
        const char* text = "";
        if (has(image, name) && vips_image_get_string(image.get(), name, &text) != 0)
            vips_error_clear();
        return text;
    };
    const std::string space = value("exif-ifd2-ColorSpace");
    const std::string index = value("exif-ifd4-InteroperabilityIndex");
    return space.rfind("2 ", 0) == 0 || (space.rfind("1 ", 0) != 0 && index.rfind("R03", 0) == 0);
}

bool has_floats(const Vips& image) {
    const VipsBandFormat format = vips_image_get_format(image.get());
    return format == VIPS_FORMAT_FLOAT || format == VIPS_FORMAT_DOUBLE;
}

// libpng refuses by itself what does not fit a PNG.
void drop_what_does_not_fit(const Vips& image, const PngColors& png, const std::string& path) {
    const std::string profile = profile_bytes(image);
    if (profile.empty() && !png.profile)
        return;
    const int channels = profile_channels(profile), colors = colors_of(image);
    const bool cmyk = vips_image_get_interpretation(image.get()) == VIPS_INTERPRETATION_CMYK;
    if (channels == (cmyk ? 4 : std::min(colors, 3)))
        return;
    remark(image, path + " has a color profile " +
                      (channels == 0 ? std::string("that is damaged or does not fit it")
                                     : "for " + std::to_string(channels) + " channels, and has " +
                                           std::to_string(colors)) +
                      "; it is left aside. Save it again with the right one if the colors are "
                      "wrong.");
    vips_image_remove(image.get(), VIPS_META_ICC_NAME);
}

// Of a file without a profile of its own.
std::string signaled_profile(const Vips& image, const PngColors& png) {
    const std::string by_chunks = gamma_profile(png);
    if (!by_chunks.empty())
        return by_chunks;
    if (!png.srgb && is_adobe_rgb_by_exif(image))
        return rgb_profile_of(adobe_rgb, ToneCurve::power(563 / 256.0));
    return "";
}

} // namespace

Vips with_profile(const Vips& image, const std::string& path) {
    const Vips told = apply(
        image, path, [](VipsImage* in, VipsImage** out) { return vips_copy(in, out, nullptr); });
    const PngColors png = png_colors(path);
    drop_what_does_not_fit(told, png, path);
    if (colors_of(told) != 1 && colors_of(told) != 3)
        return told;
    if (png.cicp) {
        if (const auto profile = cicp_profile(*png.cicp)) {
            vips_image_remove(told.get(), VIPS_META_ICC_NAME);
            give(told, *profile);
            return told;
        }
        remark(told, path + " says by cICP that its colors are of a kind that is not understood "
                            "(such as HDR), so they are taken as they would be without it; save "
                            "it as sRGB if they are wrong.");
    }
    if (has(told, VIPS_META_ICC_NAME))
        return told;
    if (has_floats(told)) {
        give(told, rgb_profile_of(srgb_primaries, ToneCurve::power(1)));
        vips_image_set_int(told.get(), linear_name, 1);
    } else {
        give(told, signaled_profile(told, png));
    }
    return told;
}

std::string remark_on_colors(const Vips& image) {
    const char* text = "";
    if (has(image, remark_name))
        vips_image_get_string(image.get(), remark_name, &text);
    return text;
}

bool is_linear_by_format(const Vips& image) { return has(image, linear_name); }

} // namespace maniera
