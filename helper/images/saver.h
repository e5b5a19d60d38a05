// SPDX-License-Identifier: GPL-3.0-or-later
// libvips' savers, with options by name.

#pragma once

#include "helper/images/format.h"
#include "helper/images/vips_image.h"

#include <string>
#include <utility>
#include <vector>

namespace maniera {

using SaverOptions = std::vector<std::pair<std::string, std::string>>;

// Into a file that is there. 0; or errno of what failed with the file; or -1, and libvips has an
// error to tell. The options have been checked.
int save_with(Format format, const Vips& image, const std::string& file,
              const SaverOptions& options);

// Refuses options that the format's saver does not know or take, with Error{invalid_option}, and a
// format that this libvips cannot write, with Error{invalid_request}: a small picture is saved
// where the names alone do not tell.
void check_saver(const std::string& path, const SaverOptions& options);

// Endings of the formats that can be written here: ".png, .jpg or .tif".
std::string writable_endings();

} // namespace maniera
