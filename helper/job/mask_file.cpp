// SPDX-License-Identifier: GPL-3.0-or-later

#include "helper/job/mask_file.h"

#include "core/error.h"
#include "helper/images/image_file.h"
#include "helper/images/pixel_conversion.h"
#include "helper/images/row_reader.h"

#include <algorithm>
#include <cmath>
#include <functional>

namespace maniera {
namespace {

constexpr float black = 1.0f / 512, faint = 15.5f / 255, one = 1.0f / 255;

std::string in_words(Size size) {
    return std::to_string(size.width) + "x" + std::to_string(size.height) + " pixels";
}

struct Levels {
    float brightest = 0;
    double share = 0;   // of white in all
    bool binary = true; // 0 and 1 of 255 are all there are
};

void for_strips(const RowSource& rows, const std::function<void(const Image&)>& use) {
    const int height = strip_height(rows.size.width);
    for (int y = 0; y < rows.size.height; y += height)
        use(rows.read({y, std::min(rows.size.height, y + height)}));
}

Levels levels_of(const RowSource& mask) {
    Levels levels;
    for_strips(mask, [&](const Image& strip) {
        for (const float level : strip.pixels) {
            levels.brightest = std::max(levels.brightest, level);
            levels.share += level;
            levels.binary = levels.binary && (level == 0 || std::abs(level - one) < 1e-6f);
        }
    });
    levels.share /= static_cast<double>(mask.size.width) * mask.size.height;
    levels.binary = levels.binary && levels.brightest >= black;
    return levels;
}

void make_one_white(Image& mask) {
    for (float& level : mask.pixels)
        level = level > 0 ? 1.0f : 0.0f;
}

bool is_in_color(const std::string& path) {
    constexpr float gray = 0.1f; // a JPEG's noise, and more
    bool found = false;
    for_strips(open_unclipped_rows(path), [&](const Image& strip) {
        for (std::size_t i = 0; i < strip.pixels.size() && !found; i += 3) {
            const auto [least, most] = std::minmax_element(&strip.pixels[i], &strip.pixels[i] + 3);
            found = *most - *least > gray;
        }
    });
    return found;
}

// Refuses maps of labels.
void judge(const std::string& path, const Levels& levels, std::vector<std::string>& remarks) {
    if (levels.brightest < black) // refused with the other pictures
        return;
    if (levels.binary)
        remarks.push_back("The mask " + path +
                          " has the levels 0 and 1 of 255 alone; 1 is taken for white.");
    else if (levels.brightest < faint)
        throw Error(ErrorCode::unreadable_image,
                    "The mask " + path + " is nearly black, its brightest level " +
                        std::to_string(std::lround(255 * levels.brightest)) +
                        " of 255, as in a map of labels; save each label as a mask of its own, "
                        "white on black.");
    if (levels.share * (levels.binary ? 255 : 1) < 0.001)
        remarks.push_back("The mask " + path +
                          " selects less than a thousandth of the picture; paint white where the "
                          "style shall apply.");
    if (is_in_color(path))
        remarks.push_back("The mask " + path +
                          " is in color, and only its lightness counts: red is 30 % of white, "
                          "green 59 %, blue 11 %. Save it in gray if its colors mean something "
                          "else.");
}

} // namespace

Image read_mask_file(const std::string& path, std::vector<std::string>& remarks) {
    Image mask = load_mask(path);
    const Levels levels = levels_of(rows_of(mask));
    judge(path, levels, remarks);
    if (levels.binary)
        make_one_white(mask);
    return mask;
}

RowSource open_mask_file(const std::string& path, std::vector<std::string>& remarks) {
    const RowSource mask = open_mask_rows(path);
    const Levels levels = levels_of(mask);
    judge(path, levels, remarks);
    if (!levels.binary)
        return mask;
    return {mask.size, mask.channels, [mask](Span rows) {
                Image strip = mask.read(rows);
                make_one_white(strip);
                return strip;
            }};
}

std::string remark_on_shape(const std::string& mask, Size mask_size, const std::string& picture,
                            Size picture_size) {
    const double across = static_cast<double>(mask_size.width) * picture_size.height;
    const double down = static_cast<double>(mask_size.height) * picture_size.width;
    if (std::max(across, down) <= 1.1 * std::min(across, down))
        return {};
    return "The mask " + mask + " has " + in_words(mask_size) + " and " + picture + " has " +
           in_words(picture_size) +
           ": it is of another shape, and is stretched to fit. Turn it if it is turned; make one "
           "for this picture if it is for another.";
}

} // namespace maniera
