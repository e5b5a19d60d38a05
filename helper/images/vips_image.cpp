// SPDX-License-Identifier: GPL-3.0-or-later

#include "helper/images/vips_image.h"

#include "core/error.h"

#include <algorithm>
#include <cmath>

namespace maniera {

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
        vips_block_untrusted_set(TRUE);                        // decode_elsewhere() reads those
        vips_operation_block_set("VipsForeignSaveJxl", FALSE); // it is given our own pixels
        vips_cache_set_max(0); // a file may be written anew and read again
        return good;
    }();
    if (!started)
        throw Error(ErrorCode::internal, "libvips could not be started; install it again.");
}

std::string vips_says() {
    std::string text = vips_error_buffer();
    vips_error_clear();
    while (!text.empty() && text.back() == '\n')
        text.pop_back();
    std::replace(text.begin(), text.end(), '\n', ';');
    return text;
}

void refuse(const std::string& path, const std::string& why) {
    throw Error(ErrorCode::unreadable_image, path + " " + why);
}

void refuse_as_vips_says(const std::string& path, const std::string& what,
                         const std::string& advice) {
    const std::string said = vips_says();
    for (const char* words : {"out of memory", "Cannot allocate memory", "creating thread"})
        if (said.find(words) != std::string::npos)
            throw Error(ErrorCode::out_of_memory,
                        "There is not enough memory to read " + path +
                            "; close other programs, or raise the limit (ulimit -v).");
    refuse(path, what + " (" + said + "); " + advice);
}

Vips apply(const Vips& in, const std::string& path, const Operation& operation) {
    VipsImage* out = nullptr;
    if (operation(in.get(), &out) != 0) {
        if (out)
            g_object_unref(out);
        refuse_as_vips_says(path, "cannot be decoded",
                            "save it again from the program that made it.");
    }
    return own(out);
}

Vips extract(const Vips& image, const std::string& path, int first_band, int count) {
    return apply(image, path, [=](VipsImage* in, VipsImage** out) {
        return vips_extract_band(in, out, first_band, "n", count, nullptr);
    });
}

Vips upright(const Vips& image, const std::string& path) {
    return apply(image, path,
                 [](VipsImage* in, VipsImage** out) { return vips_autorot(in, out, nullptr); });
}

double full_scale(VipsBandFormat format) {
    switch (format) {
    case VIPS_FORMAT_UCHAR: return 255;
    case VIPS_FORMAT_USHORT: return 65535;
    case VIPS_FORMAT_UINT: return 4294967295.0;
    default: return 1;
    }
}

Image read_floats(const Vips& image, const std::string& path, Span rows) {
    const double scale = full_scale(vips_image_get_format(image.get()));
    const Vips floats = apply(image, path, [](VipsImage* in, VipsImage** out) {
        return vips_cast(in, out, VIPS_FORMAT_FLOAT, nullptr);
    });
    Image result(size_of(image).width, rows.length(), vips_image_get_bands(image.get()));
    // A region belongs to the thread that made it, which may be another at the next strip.
    const std::unique_ptr<VipsRegion, void (*)(void*)> region(vips_region_new(floats.get()),
                                                              g_object_unref);
    const VipsRect wanted = {0, rows.begin, result.width, rows.length()};
    if (vips_region_prepare(region.get(), &wanted) != 0)
        refuse_as_vips_says(path, "cannot be decoded", "it may be cut off, so get it again.");
    for (int y = 0; y < result.height; ++y) {
        const auto* values =
            reinterpret_cast<const float*>(VIPS_REGION_ADDR(region.get(), 0, rows.begin + y));
        float* to = result.at(0, y);
        for (int i = 0; i < result.width * result.channels; ++i) {
            if (!std::isfinite(values[i]))
                refuse(path, "has pixels that are not numbers (NaN or infinite); save it again "
                             "without them.");
            to[i] = static_cast<float>(std::min(1.0, std::max(0.0, values[i] / scale)));
        }
    }
    return result;
}

} // namespace maniera
