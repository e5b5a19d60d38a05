// SPDX-License-Identifier: GPL-3.0-or-later

#include "helper/images/caption.h"

#include "helper/images/vips_image.h"

#include <algorithm>
#include <memory>
#include <string>

namespace maniera {
namespace {

using Text = std::unique_ptr<char, decltype(&g_free)>;

// As one line: libvips reads markup, in which & and < mean something.
Vips drawn(const std::string& text) {
    const Text markup(g_markup_escape_text(text.c_str(), -1), g_free);
    VipsImage* image = nullptr;
    if (vips_text(&image, markup.get(), "font", "sans 10", "dpi", 96, nullptr) != 0) {
        vips_error_clear();
        return nullptr;
    }
    return own(image);
}

// Whole characters from the front and from the back, about `count` of them.
std::string shortened(const std::string& text, glong count) {
    const glong all = g_utf8_strlen(text.c_str(), -1), front = (count + 1) / 2;
    const char* const end = g_utf8_offset_to_pointer(text.c_str(), all - (count - front));
    const char* const start = g_utf8_offset_to_pointer(text.c_str(), front);
    return std::string(text.c_str(), start) + "\xe2\x80\xa6" + end;
}

} // namespace

Image caption(const std::string& text, int width) {
    start_vips();
    const Text valid(g_utf8_make_valid(text.c_str(), -1), g_free);
    std::string line = valid.get();
    std::replace_if(
        line.begin(), line.end(), [](char c) { return (c >= 0 && c < ' ') || c == 127; }, ' ');
    if (line.empty())
        return {};
    constexpr glong longest = 400; // characters; what is drawn to be measured
    glong count = std::min(longest, static_cast<glong>(g_utf8_strlen(line.c_str(), -1)));
    Vips image = drawn(count < longest ? line : shortened(line, count));
    while (image && vips_image_get_width(image.get()) > width && count > 1) {
        const double share = static_cast<double>(width) / vips_image_get_width(image.get());
        count = std::max<glong>(1, std::min(count - 1, static_cast<glong>(count * share)));
        image = drawn(shortened(line, count));
    }
    if (!image || vips_image_get_width(image.get()) > width)
        return {};
    return read_floats(image, "The text", {0, vips_image_get_height(image.get())});
}

} // namespace maniera
