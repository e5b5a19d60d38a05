// SPDX-License-Identifier: GPL-3.0-or-later
// libvips' images are lazy and counted; Vips owns one.

#include "helper/image_file.h"

#include "core/error.h"
#include "helper/color_profile.h"
#include "helper/output_file.h"

#include <vips/vips.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <functional>
#include <vector>

namespace maniera {
namespace {

namespace fs = std::filesystem;

using Vips = std::shared_ptr<VipsImage>;

Vips own(VipsImage* image) {
    return Vips(image, [](VipsImage* i) {
        if (i)
            g_object_unref(i);
    });
}

void start_vips() {
    static const bool started = [] {
        // Its warnings repeat on stderr what its errors say.
        g_log_set_handler(
            "VIPS", static_cast<GLogLevelFlags>(G_LOG_LEVEL_WARNING | G_LOG_LEVEL_MESSAGE),
            [](const gchar*, GLogLevelFlags, const gchar*, gpointer) {}, nullptr);
        const bool good = VIPS_INIT("maniera") == 0;
        vips_cache_set_max(0); // a file may be written anew and read again
        return good;
    }();
    if (!started)
        throw Error(ErrorCode::internal, "libvips could not be started; install it again.");
}

// libvips' last error on one line.
std::string vips_says() {
    std::string text = vips_error_buffer();
    vips_error_clear();
    while (!text.empty() && text.back() == '\n')
        text.pop_back();
    std::replace(text.begin(), text.end(), '\n', ';');
    return text;
}

[[noreturn]] void refuse(const std::string& path, const std::string& why) {
    throw Error(ErrorCode::unreadable_image, path + " " + why);
}

// A libvips operation as image -> image; failing operations throw with what libvips says.
using Operation = std::function<int(VipsImage*, VipsImage**)>;

Vips apply(const Vips& in, const std::string& path, const Operation& operation) {
    VipsImage* out = nullptr;
    if (operation(in.get(), &out) != 0) {
        if (out)
            g_object_unref(out);
        refuse(path, "cannot be decoded (" + vips_says() +
                         "); save it again from the program "
                         "that made it.");
    }
    return own(out);
}

Vips open_file(const std::string& path) {
    start_vips();
    std::error_code ignored;
    if (!fs::exists(path, ignored))
        refuse(path, "does not exist; check the name.");
    if (fs::is_directory(path, ignored))
        refuse(path, "is a folder; name a picture in it.");
    if (fs::file_size(path, ignored) == 0 && !ignored)
        refuse(path, "is empty; it was not written to the end, so get it again.");
    if (FILE* file = std::fopen(path.c_str(), "rb"))
        std::fclose(file);
    else
        refuse(path, std::string("cannot be opened (") + std::strerror(errno) +
                         "); check its permissions.");
    if (!vips_foreign_find_load(path.c_str())) {
        vips_error_clear();
        refuse(path, "is not a picture; use PNG, JPEG, TIFF or WebP.");
    }
    VipsImage* image =
        vips_image_new_from_file(path.c_str(), "fail_on", VIPS_FAIL_ON_TRUNCATED, nullptr);
    if (!image)
        refuse(path, "cannot be read (" + vips_says() +
                         "); save it again from the program that "
                         "made it.");
    return apply(own(image), path,
                 [](VipsImage* in, VipsImage** out) { return vips_autorot(in, out, nullptr); });
}

// What a stored value of 1.0 is.
double full_scale(VipsBandFormat format) {
    switch (format) {
    case VIPS_FORMAT_UCHAR: return 255;
    case VIPS_FORMAT_USHORT: return 65535;
    case VIPS_FORMAT_UINT: return 4294967295.0;
    default: return 1;
    }
}

int color_bands(const Vips& image) {
    const int bands = vips_image_get_bands(image.get());
    return bands - (vips_image_hasalpha(image.get()) && bands > 1 ? 1 : 0);
}

Vips extract(const Vips& image, const std::string& path, int first, int count) {
    return apply(image, path, [=](VipsImage* in, VipsImage** out) {
        return vips_extract_band(in, out, first, "n", count, nullptr);
    });
}

// All bands as floats, divided by the format's full scale and clipped; NaN is refused.
Image read_floats(const Vips& image, const std::string& path) {
    const double scale = full_scale(vips_image_get_format(image.get()));
    const Vips floats = apply(image, path, [](VipsImage* in, VipsImage** out) {
        return vips_cast(in, out, VIPS_FORMAT_FLOAT, nullptr);
    });
    std::size_t size = 0;
    void* memory = vips_image_write_to_memory(floats.get(), &size);
    if (!memory)
        refuse(path, "cannot be decoded (" + vips_says() +
                         "); it may be cut off, so get it "
                         "again.");
    const std::unique_ptr<void, void (*)(void*)> release(memory, g_free);
    Image result(vips_image_get_width(image.get()), vips_image_get_height(image.get()),
                 vips_image_get_bands(image.get()));
    const float* values = static_cast<const float*>(memory);
    for (std::size_t i = 0; i < result.pixels.size(); ++i) {
        if (!std::isfinite(values[i]))
            refuse(path, "has pixels that are not numbers (NaN or infinite); save it again "
                         "without them.");
        result.pixels[i] = static_cast<float>(std::min(1.0, std::max(0.0, values[i] / scale)));
    }
    return result;
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

// Values up to `full` to whole levels of 8 or 16 bits; a depth of 32 leaves floats in [0,1].
Vips to_depth(const Vips& image, int depth, const std::string& path, double full = 1) {
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
        narrow = to_depth(image, 16, path, full_scale(format));
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
        static const std::array<const char*, 6> wanted = {
            "exif-", "xmp-", "iptc-", "icc-", "resolution-unit", "png-comment"};
        const auto starts = [&](const char* prefix) {
            return std::strncmp(name, prefix, std::strlen(prefix)) == 0;
        };
        if (std::any_of(wanted.begin(), wanted.end(), starts))
            vips_image_set(static_cast<VipsImage*>(to), name, value);
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

std::string lower_ending(const std::string& path) {
    std::string ending = fs::path(path).extension().string();
    std::transform(ending.begin(), ending.end(), ending.begin(),
                   [](unsigned char c) { return std::tolower(c); });
    return ending;
}

bool is_one_of(const std::string& word, std::initializer_list<const char*> words) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

// The result's pixels as a libvips image of 3 or 4 float bands in [0,1].
Vips as_vips(const Picture& picture, bool with_alpha) {
    const Image& color = picture.color;
    const int bands = with_alpha ? 4 : 3;
    std::vector<float> pixels(static_cast<std::size_t>(color.width) * color.height * bands);
    for (std::size_t i = 0; i < pixels.size() / bands; ++i) {
        std::copy_n(&color.pixels[3 * i], 3, &pixels[bands * i]);
        if (with_alpha)
            pixels[bands * i + 3] = picture.alpha.pixels[i];
    }
    return own(vips_image_new_from_memory_copy(pixels.data(), pixels.size() * sizeof(float),
                                               color.width, color.height, bands,
                                               VIPS_FORMAT_FLOAT));
}

} // namespace

LoadedPicture load_picture(const std::string& path) {
    const Vips image = open_file(path);
    LoadedPicture loaded;
    loaded.picture.name = path;
    const int colors = color_bands(image);
    loaded.picture.color = read_floats(to_rgb(image, path), path);
    const std::string profile = rgb_profile(image);
    if (!profile.empty())
        profile_to_srgb(loaded.picture.color, profile);
    if (colors < vips_image_get_bands(image.get())) {
        loaded.picture.alpha = read_floats(extract(image, path, colors, 1), path);
        const auto& alpha = loaded.picture.alpha.pixels;
        if (std::all_of(alpha.begin(), alpha.end(), [](float a) { return a >= 1; }))
            loaded.picture.alpha = Image();
    }
    loaded.info.depth = depth_of(image);
    loaded.info.extra = keep_metadata(image);
    return loaded;
}

PictureSize picture_size(const std::string& path) {
    const Vips image = open_file(path);
    return {vips_image_get_width(image.get()), vips_image_get_height(image.get())};
}

Image load_mask(const std::string& path) {
    const Vips image = open_file(path);
    const int colors = color_bands(image);
    Vips stored = extract(image, path, 0, std::min(colors, 3));
    if (colors > 3) // CMYK has no gray of its own
        stored = to_rgb(image, path);
    const Image values = read_floats(stored, path);
    Image mask(values.width, values.height, 1);
    for (std::size_t i = 0; i < mask.pixels.size(); ++i) {
        const float* p = &values.pixels[i * values.channels];
        mask.pixels[i] = values.channels < 3 ? p[0] : 0.299f * p[0] + 0.587f * p[1] + 0.114f * p[2];
    }
    if (colors < vips_image_get_bands(image.get())) {
        const Image alpha = read_floats(extract(image, path, colors, 1), path);
        for (std::size_t i = 0; i < mask.pixels.size(); ++i)
            mask.pixels[i] *= alpha.pixels[i];
    }
    return mask;
}

void save_picture(const Picture& picture, const FileInfo& like, const std::string& path) {
    start_vips();
    const std::string ending = lower_ending(path);
    const bool jpeg = is_one_of(ending, {".jpg", ".jpeg"});
    const bool webp = ending == ".webp";
    const bool tiff = is_one_of(ending, {".tif", ".tiff"});
    const int depth = jpeg || webp ? 8 : tiff ? like.depth : std::min(like.depth, 16);
    const bool with_alpha = !picture.alpha.empty();
    const Vips kept = std::static_pointer_cast<VipsImage>(like.extra);
    const std::string profile = rgb_profile(kept);

    OutputFile file(path);
    Picture converted;
    if (!profile.empty()) {
        converted = picture;
        srgb_to_profile(converted.color, profile);
    }
    Vips image = as_vips(profile.empty() ? picture : converted, with_alpha);
    if (jpeg && with_alpha)
        image = apply(image, path, [](VipsImage* in, VipsImage** out) {
            const double white[] = {1, 1, 1};
            VipsArrayDouble* background = vips_array_double_new(white, 3);
            const int failed =
                vips_flatten(in, out, "background", background, "max_alpha", 1.0, nullptr);
            vips_area_unref(VIPS_AREA(background));
            return failed;
        });
    // A copy in memory can be given metadata; a lazy image is shared.
    image = own(vips_image_copy_memory(to_depth(image, depth, path).get()));
    if (kept) {
        const auto copy = [](VipsImage*, const char* name, GValue* value, void* to) -> void* {
            vips_image_set(static_cast<VipsImage*>(to), name, value);
            return nullptr;
        };
        vips_image_map(kept.get(), copy, image.get());
        image.get()->Xres = kept.get()->Xres;
        image.get()->Yres = kept.get()->Yres;
        vips_image_remove(image.get(), VIPS_META_ORIENTATION);
        vips_image_remove(image.get(), "exif-ifd0-Orientation");
    }
    errno = 0;
    const char* name = file.path().c_str();
    const int failed =
        jpeg   ? vips_jpegsave(image.get(), name, "Q", 95, "subsample_mode",
                               VIPS_FOREIGN_SUBSAMPLE_OFF, "optimize_coding", TRUE, nullptr)
        : webp ? vips_webpsave(image.get(), name, "Q", 95, nullptr)
        : tiff ? vips_tiffsave(image.get(), name, "compression",
                               VIPS_FOREIGN_TIFF_COMPRESSION_DEFLATE, nullptr)
               : vips_pngsave(image.get(), name, "compression", 6, nullptr);
    if (failed)
        file.fail(errno == ENOSPC || errno == EFBIG ? errno : 0, vips_says());
    file.commit();
}

bool has_output_ending(const std::string& path) {
    return is_one_of(lower_ending(path), {".png", ".jpg", ".jpeg", ".tif", ".tiff", ".webp"});
}

bool has_picture_ending(const std::string& path) {
    return has_output_ending(path) ||
           is_one_of(lower_ending(path),
                     {".jpe", ".gif", ".bmp", ".ppm", ".pgm", ".pbm", ".pnm", ".pfm", ".heic",
                      ".heif", ".avif", ".jxl", ".jp2", ".exr", ".hdr"});
}

void check_output(const std::string& path) {
    if (!has_output_ending(path))
        throw Error(ErrorCode::invalid_request,
                    "The output " + path +
                        " must end in .png, .jpg, .tif or .webp, which says how to save it.");
    check_writable(path);
}

} // namespace maniera
