// SPDX-License-Identifier: GPL-3.0-or-later
// A libvips image as a file, of the format that its name says.

#pragma once

#include "helper/files/output_file.h"
#include "helper/images/file_info.h"
#include "helper/images/saving.h"
#include "helper/images/vips_image.h"

#include <string>

namespace maniera {

// The image has the depth of saved_depth() and is its holder's own: it gets metadata. Its pixels
// are made and written strip by strip, but for WebP,
// AVIF, HEIC and JPEG XL, whose encoders hold all.
void save_image(const Vips& image, const FileInfo& like, const std::string& path,
                const Saving& saving, OutputFile& file);

} // namespace maniera
