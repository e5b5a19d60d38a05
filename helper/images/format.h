// SPDX-License-Identifier: GPL-3.0-or-later
// The formats of picture files, as their names say them.

#pragma once

#include <string>

namespace maniera {

enum class Format { png, jpeg, tiff, webp, avif, heic, jxl };
const char* format_name(Format format);
Format format_of(const std::string& path); // PNG where the ending says nothing

// Whether a name ends as those of pictures do that libvips reads, and as those that are saved.
bool has_picture_ending(const std::string& path);
bool has_output_ending(const std::string& path);

// Whether pictures of this name become results of the same format where nobody asks for another.
bool keeps_its_format(const std::string& path);

} // namespace maniera
