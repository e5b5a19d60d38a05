// SPDX-License-Identifier: GPL-3.0-or-later
// libvips' images, owned. They are lazy and counted: an operation is noted, and pixels are made
// where they are read.

#pragma once

#include "core/image/image.h"
#include "core/image/tiles.h"

#include <vips/vips.h>

#include <functional>
#include <memory>
#include <string>

namespace maniera {

using Vips = std::shared_ptr<VipsImage>;

Vips own(VipsImage* image);
void start_vips();

// libvips' last error on one line.
std::string vips_says();

// Throws Error{unreadable_image}.
[[noreturn]] void refuse(const std::string& path, const std::string& why);
// Likewise, with what libvips says; throws Error{out_of_memory} where that is a lack of memory.
[[noreturn]] void refuse_as_vips_says(const std::string& path, const std::string& what,
                                      const std::string& advice);

// A libvips operation as image -> image; failing operations throw with what libvips says.
using Operation = std::function<int(VipsImage*, VipsImage**)>;
Vips apply(const Vips& in, const std::string& path, const Operation& operation);

Vips extract(const Vips& image, const std::string& path, int first_band, int count);

// As a viewer shows it.
Vips upright(const Vips& image, const std::string& path);

inline Size size_of(const Vips& image) {
    return {vips_image_get_width(image.get()), vips_image_get_height(image.get())};
}

// What a stored value of 1.0 is.
double full_scale(VipsBandFormat format);

// All bands of these rows as floats, divided by the format's full scale and clipped to [0,1]; NaN
// is refused.
Image read_floats(const Vips& image, const std::string& path, Span rows);

} // namespace maniera
