// SPDX-License-Identifier: GPL-3.0-or-later
// A libvips image as a file, of the format that its name says.

#pragma once

#include "helper/files/output_file.h"
#include "helper/images/image_file.h"
#include "helper/images/vips_image.h"

#include <string>

namespace maniera {

enum class Format { png, jpeg, tiff, webp };
Format format_of(const std::string& path); // PNG where the ending says nothing

// Of the file that a result like this one is saved in.
int saved_depth(const FileInfo& like, const std::string& path);

// The image has the depth above and is its holder's own: it gets metadata. Its pixels are made and
// written strip by strip, but for WebP, whose encoder holds all.
void save_image(const Vips& image, const FileInfo& like, const std::string& path, OutputFile& file);

} // namespace maniera
