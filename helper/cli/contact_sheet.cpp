// SPDX-License-Identifier: GPL-3.0-or-later

#include "helper/cli/contact_sheet.h"

#include "helper/images/caption.h"

#include <algorithm>
#include <cmath>

namespace maniera {
namespace {

constexpr int margin = 20; // px; around the sheet
constexpr int gap = 20;    // between cells
constexpr int line = 20;   // of text
constexpr int least_width = 160;
constexpr float paper = 1, nothing = 0.9f, ink = 0.1f, pale_ink = 0.42f;

struct Layout {
    int width = least_width, height = 0; // of the largest picture
    int columns = 1;
    int cell_height() const { return height + 2 * line + 6; }
};

Layout layout_of(const std::vector<SheetCell>& cells, int columns) {
    Layout layout;
    for (const SheetCell& cell : cells) {
        layout.width = std::max(layout.width, cell.picture.width);
        layout.height = std::max(layout.height, cell.picture.height);
    }
    layout.height = std::max(layout.height, least_width / 2);
    constexpr double screen = 1.6; // width over height
    const double cell = static_cast<double>(layout.width + gap) / (layout.cell_height() + gap);
    const auto count = static_cast<double>(cells.size());
    layout.columns =
        columns > 0 ? columns
                    : std::clamp(static_cast<int>(std::lround(std::sqrt(count * screen / cell))), 1,
                                 static_cast<int>(cells.size()));
    return layout;
}

void put(Image& sheet, const Image& picture, int left, int top) {
    for (int y = 0; y < picture.height; ++y)
        std::copy_n(picture.at(0, y), 3 * static_cast<std::size_t>(picture.width),
                    sheet.at(left, top + y));
}

void write(Image& sheet, const std::string& text, int left, int top, int width, float tone) {
    const Image coverage = caption(text, width);
    for (int y = 0; y < std::min(coverage.height, sheet.height - top); ++y)
        for (int x = 0; x < coverage.width; ++x) {
            float* pixel = sheet.at(left + x, top + y);
            for (int c = 0; c < 3; ++c)
                pixel[c] += *coverage.at(x, y) * (tone - pixel[c]);
        }
}

void fill(Image& sheet, int left, int top, int width, int height, float tone) {
    for (int y = top; y < top + height; ++y)
        std::fill_n(sheet.at(left, y), 3 * static_cast<std::size_t>(width), tone);
}

} // namespace

Image contact_sheet(const std::vector<SheetCell>& cells, int columns) {
    const Layout layout = layout_of(cells, columns);
    const int rows = (static_cast<int>(cells.size()) + layout.columns - 1) / layout.columns;
    Image sheet(2 * margin + layout.columns * (layout.width + gap) - gap,
                2 * margin + rows * (layout.cell_height() + gap) - gap, 3);
    std::fill(sheet.pixels.begin(), sheet.pixels.end(), paper);
    for (std::size_t i = 0; i < cells.size(); ++i) {
        const int column = static_cast<int>(i) % layout.columns,
                  row = static_cast<int>(i) / layout.columns;
        const int left = margin + column * (layout.width + gap),
                  top = margin + row * (layout.cell_height() + gap);
        const Image& picture = cells[i].picture;
        // Pictures stand on their names.
        if (picture.empty())
            fill(sheet, left, top, layout.width, layout.height, nothing);
        else
            put(sheet, picture, left, top + layout.height - picture.height);
        write(sheet, cells[i].name, left, top + layout.height + 6, layout.width, ink);
        write(sheet, cells[i].detail, left, top + layout.height + 6 + line, layout.width, pale_ink);
    }
    return sheet;
}

} // namespace maniera
