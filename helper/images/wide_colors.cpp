// SPDX-License-Identifier: GPL-3.0-or-later

#include "helper/images/wide_colors.h"

#include "core/error.h"
#include "helper/images/pixel_conversion.h"
#include "helper/images/row_reader.h"

#include <algorithm>
#include <array>

namespace maniera {

WideColors::WideColors(const std::string& content, const FileInfo& like, Size result) {
    if (content.empty() || profile_of(like, 32).empty())
        return;
    try {
        RowSource rows = open_unclipped_rows(content);
        if (rows.size == result)
            content_ = std::move(rows);
    } catch (const Error&) { // it is gone; the painting is not
    }
}

void WideColors::put_back(Image& rows, int top) const {
    if (content_.empty())
        return;
    const int height = strip_height(rows.width);
    for (int y = 0; y < rows.height; y += height) {
        const int end = std::min(rows.height, y + height);
        Image own;
        try {
            own = content_.read({top + y, top + end});
        } catch (const Error&) { // as above
            return;
        }
        float* to = rows.at(0, y);
        for (std::size_t i = 0; i < own.pixels.size(); i += 3) {
            std::array<float, 3> read;
            for (std::size_t c = 0; c < 3; ++c)
                read[c] = std::min(1.0f, std::max(0.0f, own.pixels[i + c]));
            if (std::equal(read.begin(), read.end(), to + i))
                std::copy_n(&own.pixels[i], 3, to + i);
        }
    }
}

} // namespace maniera
