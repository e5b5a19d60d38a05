// SPDX-License-Identifier: GPL-3.0-or-later

#include "helper/cli/parts_command.h"

#include "core/image/pyramid.h"
#include "helper/cli/errors.h"
#include "helper/images/image_file.h"
#include "helper/job/parts_file.h"
#include "helper/job/report.h"
#include "helper/run/job_parts.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <utility>

namespace maniera {
namespace {

namespace fs = std::filesystem;
using Color = std::array<float, 3>;

// Apart for most people's eyes.
constexpr Color colors[] = {{0.90f, 0.10f, 0.29f}, {0.00f, 0.51f, 0.78f}, {1.00f, 0.88f, 0.10f},
                            {0.24f, 0.71f, 0.29f}, {0.57f, 0.12f, 0.71f}, {0.27f, 0.94f, 0.94f},
                            {0.96f, 0.51f, 0.19f}, {0.94f, 0.20f, 0.90f}};

// Gray, under each part's color.
Image overlaid(const Image& picture, const std::vector<const Image*>& masks) {
    constexpr float strength = 0.6f;
    Image result = picture;
    std::vector<Image> at;
    for (const Image* mask : masks)
        at.push_back(mask->empty() ? Image() : resize(*mask, size_of(picture)));
    for (std::size_t i = 0; i < result.pixels.size(); i += 3) {
        const float gray = (picture.pixels[i] + picture.pixels[i + 1] + picture.pixels[i + 2]) / 3;
        for (std::size_t c = 0; c < 3; ++c)
            result.pixels[i + c] = gray;
        for (std::size_t k = 0; k < at.size(); ++k) {
            const float share = at[k].empty() ? 0 : strength * at[k].pixels[i / 3];
            for (std::size_t c = 0; c < 3; ++c)
                result.pixels[i + c] += share * (colors[k % std::size(colors)][c] - gray);
        }
        for (std::size_t c = 0; c < 3; ++c)
            result.pixels[i + c] = std::clamp(result.pixels[i + c], 0.0f, 1.0f);
    }
    return result;
}

void put(Image& sheet, const Image& picture, int left, int top) {
    for (int y = 0; y < picture.height; ++y)
        std::copy_n(picture.at(0, y), 3 * static_cast<std::size_t>(picture.width),
                    sheet.at(left, top + y));
}

// The pictures in a row, and below them their parts.
Image sheet_of(const std::vector<Image>& pictures, const std::vector<PartPair>& parts) {
    constexpr int gap = 8;
    int width = 0, height = 0;
    for (const Image& picture : pictures) {
        width += picture.width + (width > 0 ? gap : 0);
        height = std::max(height, picture.height);
    }
    Image sheet(width, 2 * height + gap, 3);
    std::fill(sheet.pixels.begin(), sheet.pixels.end(), 1.0f);
    int left = 0;
    for (std::size_t i = 0; i < pictures.size(); ++i) {
        std::vector<const Image*> masks;
        for (const PartPair& part : parts)
            masks.push_back(&mask_in(part, i));
        put(sheet, pictures[i], left, 0);
        put(sheet, overlaid(pictures[i], masks), left, height + gap);
        left += pictures[i].width + gap;
    }
    return sheet;
}

} // namespace

int parts_command(const Command& command) {
    constexpr int side = 480; // px, of each picture in the sheet
    Listener listener;
    listener.notice = [](Notice, const std::string& text) { print_sentence(text); };
    ModelCache models;
    const auto [parts, pictures, labels] =
        find_job_parts(command.job, side, SharedMemory(), models, listener);
    std::vector<std::string> styles;
    for (const JobStyle& style : command.job.styles)
        styles.push_back(style.picture.file);
    write_parts(parts, command.job.content.file, styles, command.output);
    Picture sheet;
    sheet.color = sheet_of(pictures, parts);
    save_picture(sheet, {}, (fs::path(command.output) / "sheet.png").string());
    const std::string file = (fs::path(command.output) / "parts.json").string();
    if (command.json)
        print_line({{"event", "result"}, {"output", file}, {"parts", parts.size()}});
    else if (parts.empty())
        std::fprintf(stderr, "maniera: the photograph and its paintings have no parts in common; "
                             "--parts 2 to 6 asks for some all the same.\n");
    else
        std::printf("%s: %zu parts; maniera stylize --parts-file takes it back.\n", file.c_str(),
                    parts.size());
    return 0;
}

} // namespace maniera
