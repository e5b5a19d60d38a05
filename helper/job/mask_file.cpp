// SPDX-License-Identifier: GPL-3.0-or-later

#include "helper/job/mask_file.h"

#include "core/error.h"
#include "helper/images/image_file.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace maniera {
namespace {

std::string in_words(Size size) {
    return std::to_string(size.width) + "x" + std::to_string(size.height) + " pixels";
}

} // namespace

Image read_mask_file(const std::string& path, std::vector<std::string>& remarks) {
    Image mask = load_mask(path);
    std::vector<float>& levels = mask.pixels;
    const float brightest = *std::max_element(levels.begin(), levels.end());
    constexpr float black = 1.0f / 512, faint = 15.5f / 255, one = 1.0f / 255;
    if (brightest < black) // refused with the other pictures
        return mask;
    const bool binary = std::all_of(levels.begin(), levels.end(), [](float level) {
        return level == 0 || std::abs(level - one) < 1e-6f;
    });
    if (binary) {
        for (float& level : levels)
            level = level > 0 ? 1.0f : 0.0f;
        remarks.push_back("The mask " + path +
                          " has the levels 0 and 1 of 255 alone; 1 is taken for white.");
    } else if (brightest < faint) {
        throw Error(ErrorCode::unreadable_image,
                    "The mask " + path + " is nearly black, its brightest level " +
                        std::to_string(std::lround(255 * brightest)) +
                        " of 255, as in a map of labels; save each label as a mask of its own, "
                        "white on black.");
    }
    const double share =
        std::accumulate(levels.begin(), levels.end(), 0.0) / static_cast<double>(levels.size());
    if (share < 0.001)
        remarks.push_back("The mask " + path +
                          " selects less than a thousandth of the picture; paint white where the "
                          "style shall apply.");
    if (is_in_color(path))
        remarks.push_back("The mask " + path +
                          " is in color, and only its lightness counts: red is 30 % of white, "
                          "green 59 %, blue 11 %. Save it in gray if its colors mean something "
                          "else.");
    return mask;
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
