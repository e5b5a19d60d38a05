// SPDX-License-Identifier: GPL-3.0-or-later
// What a photograph's file says besides its pixels. Words on the work stay with the painting:
// camera, date, place, author, title. What describes the source's pixels does not: thumbnails,
// orientation, sizes, crops, develop settings.

#pragma once

#include "helper/images/file_info.h"
#include "helper/images/output_format.h"
#include "helper/images/saving.h"
#include "helper/images/vips_image.h"

#include <string>
#include <vector>

namespace maniera {

// Gives an image the words of its TIFF file that libvips leaves out.
void read_tiff_words(const Vips& image, const std::string& path);

// What of it a result takes over.
FileInfo kept_info(const FileInfo& info, MetadataChoice kept);

// Removes what described the pixels of the file that an image's metadata is from, before it is
// saved in a format. IPTC becomes what that format has.
void keep_words_on_the_work(const Vips& image, Format format);

// Adds how the picture was painted to the XMP, where that has room for it.
void add_recipe(const Vips& image, Format format, const std::string& recipe);

// Adds what libvips leaves out to the file that the image was saved in, where that is a TIFF or a
// JPEG XL. False where that fails.
bool write_words(const Vips& image, const std::string& path);

// XMP's properties that describe pixels, taken out.
std::string cleaned_xmp(std::string packet);

// The recipe in a picture's metadata; empty where there is none.
std::string recipe_of(const Vips& image);

// What a file of that name cannot keep, as sentences.
std::vector<std::string> lost_metadata(const FileInfo& info, const std::string& path);

} // namespace maniera
