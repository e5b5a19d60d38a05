// SPDX-License-Identifier: GPL-3.0-or-later
// What picture files store and what Maniera computes with, one turned into the other. Color
// spaces, profiles and depths are known here alone: whole pictures and rows go through it.

#pragma once

#include "core/image/row_source.h"
#include "helper/images/file_info.h"
#include "helper/images/vips_image.h"

#include <string>

namespace maniera {

// Rows of an upright image, as load_picture() and load_mask() describe them. They ask the image for
// what they are asked for, and decode it each time.
RowSource stored_colors(const Vips& image, const std::string& path);
RowSource stored_unclipped_colors(const Vips& image, const std::string& path);
RowSource stored_alpha(const Vips& image, const std::string& path); // empty without a band for it
RowSource stored_mask(const Vips& image, const std::string& path);

// Whether a mask is said by its alpha: its colors are black everywhere.
bool is_mask_by_alpha(const Vips& image, const std::string& path);

// About 1 MiB of floats and whole lines of any decoder's blocks.
int strip_height(int width);

Image read_whole(const RowSource& source); // by strips

// Depth and metadata.
FileInfo stored_info(const Vips& image, const std::string& path);

// The RGB profile that a result like this one is stored with in so many bits, or nothing for sRGB.
std::string profile_of(const FileInfo& info, int depth);

// Floats in [0,1] as whole levels of 8 or 16 bits; a depth of 32 leaves floats. The image is its
// holder's own, for metadata to be set.
Vips to_depth(const Vips& image, int depth, const std::string& path);

// Gives it the metadata of what it is like. Floats without a profile would be taken as linear, so
// they get sRGB's.
void set_metadata(const Vips& image, const FileInfo& like, int depth);

} // namespace maniera
