// SPDX-License-Identifier: GPL-3.0-or-later

#include "helper/job/texture.h"

#include "core/error.h"
#include "core/image/noise.h"
#include "core/image/pyramid.h"
#include "core/resolved_options.h"
#include "helper/files/folders.h"
#include "helper/images/image_file.h"

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <utility>

namespace maniera {
namespace {

constexpr std::int64_t most_pixels = 100000000; // the noise is made before memory is looked at

// 0 for what is no such number.
int side_of(const std::string& text) {
    const bool digits =
        std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
    return digits && !text.empty() && text.size() < 8 ? std::stoi(text) : 0;
}

} // namespace

Size parse_size(const std::string& text) {
    const std::size_t cross = text.find('x');
    const int width = side_of(text.substr(0, cross));
    const int height = cross == std::string::npos ? width : side_of(text.substr(cross + 1));
    const bool sides = std::min(width, height) >= shortest_side;
    if (!sides || std::int64_t{width} * height > most_pixels)
        throw Error(ErrorCode::invalid_option,
                    "--size must be a number of pixels or two, such as 512 or 512x256, each at "
                    "least " +
                        std::to_string(shortest_side) +
                        " and at most 100 million pixels in all, and \"" + text.substr(0, 80) +
                        "\" is not.");
    return {width, height};
}

void set_texture_options(ManieraOptions& options) {
    for (const auto& [name, value] :
         {std::pair("content-weight", "0"), {"match-parts", "off"}, {"tileable", "xy"}})
        if (!maniera_option_is_set(&options, name))
            set_option(options, name, value);
}

NoiseContent::NoiseContent(Job& job) {
    if (!is_texture(job))
        return;
    const std::string folder = scratch_folder("");
    if (folder.empty())
        throw Error(ErrorCode::invalid_request,
                    "There is no folder for scratch files; set TMPDIR to one that can be written "
                    "to.");
    file_.emplace(folder + "/noise.png");
    const Size size = job.content.noise;
    const auto seed = static_cast<unsigned>(resolve(job.options).seed);
    save_picture({"noise", noise(seed, size.width, {0, size.height}), {}}, {}, file_->path());
    job.content.file = file_->path();
    job.content.shown = "noise";
}

} // namespace maniera
