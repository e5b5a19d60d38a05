// SPDX-License-Identifier: GPL-3.0-or-later
// A picture file as one of libvips' images, by whichever decoder may read it.

#pragma once

#include "helper/images/vips_image.h"

#include <string>

namespace maniera {

// Orientation is not applied. With sequential access its rows can be read from the top alone.
// Brackets in a name are part of it.
Vips open_file(const std::string& path, VipsAccess access);

// Whether an image from open_file() has tiles, so that no rows need be decoded for those below.
bool can_read_anywhere(const Vips& image, const std::string& path);

} // namespace maniera
