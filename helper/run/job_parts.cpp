// SPDX-License-Identifier: GPL-3.0-or-later

#include "helper/run/job_parts.h"

#include "core/image/pyramid.h"
#include "core/image/row_source.h"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <utility>

namespace maniera {
namespace {

Image small_copy(ImageView picture, int side) {
    return resize(picture, fit_long_side(size_of(picture), side));
}

// Where a style acts in the content, and what of its painting counts; empty = everywhere.
struct Limits {
    Image in_content, in_style;
};

std::vector<Limits> limits_of(const Inputs& inputs, const std::vector<Image>& pictures) {
    std::vector<Limits> limits;
    for (std::size_t s = 0; s < inputs.styles.size(); ++s) {
        const StyleInput& style = inputs.styles[s];
        const Size size = size_of(pictures[0]);
        limits.push_back(
            {style.mask.empty() ? Image() : resized_rows(style.mask, size, {0, size.height}),
             style.style_mask.empty() ? Image()
                                      : resize(style.style_mask, size_of(pictures[s + 1]))});
    }
    return limits;
}

float at(const Image& mask, std::size_t pixel) { return mask.empty() ? 1 : mask.pixels[pixel]; }

// How far a part reaches at a pixel of a picture: as far as one of its styles does.
float reach_at(const PartPair& part, const std::vector<Limits>& limits, std::size_t picture,
               std::size_t pixel) {
    if (picture > 0)
        return at(limits[picture - 1].in_style, pixel);
    float most = 0;
    for (std::size_t s = 0; s < limits.size(); ++s)
        if (!part.style_masks[s].empty())
            most = std::max(most, at(limits[s].in_content, pixel));
    return most;
}

std::vector<std::uint8_t> labels_of(const std::vector<PartPair>& parts,
                                    const std::vector<Limits>& limits, std::size_t picture,
                                    Size size) {
    const std::size_t count = static_cast<std::size_t>(size.width) * size.height;
    std::vector<std::uint8_t> labels(count, 0);
    std::vector<float> largest(count, 0), rest(count, 1);
    for (std::size_t k = 0; k < parts.size() && k < std::numeric_limits<std::uint8_t>::max(); ++k) {
        if (mask_in(parts[k], picture).empty())
            continue;
        const Image mask = resize(mask_in(parts[k], picture), size);
        for (std::size_t i = 0; i < count; ++i) {
            const float share = mask.pixels[i] * reach_at(parts[k], limits, picture, i);
            rest[i] -= share;
            if (share > largest[i]) {
                largest[i] = share;
                labels[i] = static_cast<std::uint8_t>(k + 1);
            }
        }
    }
    for (std::size_t i = 0; i < count; ++i)
        if (rest[i] > largest[i])
            labels[i] = 0;
    return labels;
}

} // namespace

const Image& mask_in(const PartPair& part, std::size_t picture) {
    return picture == 0 ? part.mask : part.style_masks[picture - 1];
}

JobParts find_job_parts(const Job& asked, int side, const SharedMemory& memory, ModelCache& models,
                        const Listener& listener) {
    Job job = asked;
    if (resolve(job.options).parts == MANIERA_PARTS_OFF)
        set_option(job.options, "parts", "auto"); // what has none is refused when it is read
    JobInputs loaded = load_inputs(
        job, memory, [&](const std::string& text) { listener.notice(Notice::odd_values, text); });
    for (const std::string& remark : loaded.remarks)
        listener.notice(Notice::other, remark);
    JobParts found;
    found.pictures.push_back(small_copy(loaded.inputs.content.color.whole, side));
    for (const StyleInput& style : loaded.inputs.styles)
        found.pictures.push_back(small_copy(style.picture.color, side));
    const std::vector<Limits> limits = limits_of(loaded.inputs, found.pictures);
    found.parts =
        find_parts(models.get(job.options), std::move(loaded.inputs), job.options, listener.stop);
    for (std::size_t i = 0; i < found.pictures.size(); ++i)
        found.labels.push_back(labels_of(found.parts, limits, i, size_of(found.pictures[i])));
    return found;
}

} // namespace maniera
