// SPDX-License-Identifier: GPL-3.0-or-later
// Painting is done in sRGB. Where nothing is painted, a photograph of a wider profile keeps its
// colors beyond sRGB all the same.

#pragma once

#include "core/image/image.h"
#include "core/image/row_source.h"
#include "helper/images/file_info.h"

#include <string>

namespace maniera {

class WideColors {
public:
    // For a result of this size, like the file of its content; does nothing where the file has no
    // profile or another size, or cannot be read any more.
    WideColors(const std::string& content, const FileInfo& like, Size result);

    // Gives these rows of the result, from row `top` on, the content's own colors where they are as
    // the content was read.
    void put_back(Image& rows, int top) const;

private:
    RowSource content_; // not clipped; empty = nothing to do
};

} // namespace maniera
