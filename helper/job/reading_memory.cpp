// SPDX-License-Identifier: GPL-3.0-or-later

#include "helper/job/reading_memory.h"

#include "core/device/memory_limits.h"
#include "core/error.h"
#include "core/memory/memory_model.h"
#include "core/objective/style_pack.h"
#include "helper/images/image_file.h"

namespace maniera {

Size size_of(const PictureLocation& location) {
    if (location.empty())
        return {};
    return location.memory ? Size{location.memory->width, location.memory->height}
                           : picture_size(location.file);
}

bool is_pack(const PictureLocation& style) { return !style.memory && is_style_pack(style.file); }

Size style_picture_size(const PictureLocation& style) {
    return is_pack(style) ? read_style_pack(style.file).size : size_of(style);
}

std::vector<WholePicture> whole_pictures(const Job& job) {
    std::vector<WholePicture> pictures = {{job.content}, {job.painting}};
    for (const JobStyle& style : job.styles) {
        if (!is_pack(style.picture))
            pictures.push_back({style.picture});
        pictures.push_back({style.mask, true});
        pictures.push_back({style.style_mask, true});
    }
    if (const std::string init = resolve(job.options).init; names_a_file(init))
        pictures.push_back({{init, {}}});
    return pictures;
}

void refuse_more_than_memory(const std::vector<WholePicture>& pictures,
                             const ManieraOptions& options) {
    constexpr double color_bytes = 3 * sizeof(float), mask_bytes = sizeof(float); // a pixel
    double all = 0, most = 0;
    Size largest_size;
    std::string largest;
    for (const WholePicture& picture : pictures) {
        if (picture.location.empty())
            continue;
        const Size size = size_of(picture.location);
        const double bytes = (picture.mask ? mask_bytes : color_bytes) *
                             static_cast<double>(size.width) * size.height;
        all += bytes;
        if (bytes <= most)
            continue;
        most = bytes;
        largest_size = size;
        largest = picture.location.memory ? picture.location.memory->name : picture.location.file;
    }
    const ResolvedOptions resolved = resolve(options);
    const std::int64_t budget = memory_budget(resolved);
    if (all <= static_cast<double>(budget))
        return;
    const bool asked = maniera_option_is_set(&resolved, "memory");
    throw Error(ErrorCode::out_of_memory,
                "To be read the pictures take " + in_gib(static_cast<std::int64_t>(all)) +
                    " of memory, and " + (asked ? "they may take " : "there are ") +
                    in_gib(budget) + (asked ? "" : " free") + "; the largest is " + largest +
                    " with " + std::to_string(largest_size.width) + "x" +
                    std::to_string(largest_size.height) + " pixels: make it smaller" +
                    (asked ? ", or allow more with --memory." : "."));
}

} // namespace maniera
