// SPDX-License-Identifier: GPL-3.0-or-later
// Whether a mask is what a person meant by it: masks come from many programs, in many manners. All
// of them are read here, whole or by rows, and mean the same both ways.

#pragma once

#include "core/image/image.h"
#include "core/image/row_source.h"

#include <string>
#include <vector>

namespace maniera {

// A mask's levels as load_mask() reads them. One of the levels 0 and 1 alone, out of 255, is black
// and white. What a person should know of it goes to the remarks. Throws Error{unreadable_image},
// for maps of labels (0, 1, 2 ...) too.
Image read_mask_file(const std::string& path, std::vector<std::string>& remarks);
// By rows, as open_mask_rows() does it, which are all read once to know.
RowSource open_mask_file(const std::string& path, std::vector<std::string>& remarks);

// What a person should know of a mask that is stretched over a picture, or nothing.
std::string remark_on_shape(const std::string& mask, Size mask_size, const std::string& picture,
                            Size picture_size);

} // namespace maniera
