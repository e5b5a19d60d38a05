// SPDX-License-Identifier: GPL-3.0-or-later
// Pictures with their names, laid out on white.

#pragma once

#include "core/image/image.h"

#include <string>
#include <vector>

namespace maniera {

struct SheetCell {
    Image picture; // empty = there is none; a gray frame stands for it
    std::string name, detail;
};

// In rows of `columns`; 0 = as many as make the sheet about as wide as a screen. A cell is as large
// as the largest picture, and never narrower than a short name.
Image contact_sheet(const std::vector<SheetCell>& cells, int columns);

} // namespace maniera
