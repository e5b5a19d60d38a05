// SPDX-License-Identifier: GPL-3.0-or-later
// The formats of picture files, as their names say them, and what a format can hold.
//
//     check_output("painting.webp");                 // before any work
//     check_output_size("painting.webp", {512, 384});

#pragma once

#include "core/image/image.h"
#include "core/image/pyramid.h"
#include "helper/images/file_info.h"

#include <string>

namespace maniera {

enum class Format { png, jpeg, tiff, webp };
Format format_of(const std::string& path); // PNG where the ending says nothing

// Bits a channel of the file that a result like this one is saved in; 32 = float.
int saved_depth(const FileInfo& like, const std::string& path);

// Whether a name ends as those of pictures do that libvips reads, and as those that are saved.
bool has_picture_ending(const std::string& path);
bool has_output_ending(const std::string& path);

// Refuses, before any work, an output that could not be saved: Error{invalid_request} or
// Error{no_space}.
void check_output(const std::string& path);
// Refuses more pixels than the format takes.
void check_output_size(const std::string& path, Size size);

} // namespace maniera
