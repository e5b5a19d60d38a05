// SPDX-License-Identifier: GPL-3.0-or-later

#include "helper/images/output_format.h"

#include "core/error.h"
#include "helper/files/output_file.h"

#include <vips/vips.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <initializer_list>

namespace maniera {
namespace {

std::string lower_ending(const std::string& path) {
    std::string ending = std::filesystem::path(path).extension().string();
    std::transform(ending.begin(), ending.end(), ending.begin(),
                   [](unsigned char c) { return std::tolower(c); });
    return ending;
}

bool is_one_of(const std::string& word, std::initializer_list<const char*> words) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

} // namespace

Format format_of(const std::string& path) {
    const std::string ending = lower_ending(path);
    return is_one_of(ending, {".jpg", ".jpeg"})   ? Format::jpeg
           : is_one_of(ending, {".tif", ".tiff"}) ? Format::tiff
           : ending == ".webp"                    ? Format::webp
                                                  : Format::png;
}

int saved_depth(const FileInfo& like, const std::string& path) {
    switch (format_of(path)) {
    case Format::jpeg:
    case Format::webp: return 8;
    case Format::tiff: return like.depth;
    case Format::png: break;
    }
    return std::min(like.depth, 16);
}

bool has_output_ending(const std::string& path) {
    return is_one_of(lower_ending(path), {".png", ".jpg", ".jpeg", ".tif", ".tiff", ".webp"});
}

bool has_picture_ending(const std::string& path) {
    return has_output_ending(path) ||
           is_one_of(lower_ending(path),
                     {".jpe", ".gif", ".bmp", ".ppm", ".pgm", ".pbm", ".pnm", ".pfm", ".heic",
                      ".heif", ".avif", ".jxl", ".jp2", ".exr", ".hdr"});
}

void check_output(const std::string& path) {
    if (!has_output_ending(path))
        throw Error(ErrorCode::invalid_request,
                    "The output " + path +
                        " must end in .png, .jpg, .tif or .webp, which says how to save it.");
    check_writable(path);
}

void check_output_size(const std::string& path, Size size) {
    struct Limit {
        const char* name;
        int side;
    };
    const Format format = format_of(path);
    const Limit limit = format == Format::jpeg   ? Limit{"JPEG", 65500}  // JPEG_MAX_DIMENSION
                        : format == Format::webp ? Limit{"WebP", 16383}  // WEBP_MAX_DIMENSION
                        : format == Format::png  ? Limit{"PNG", 1000000} // libpng's own
                                                 : Limit{"TIFF", VIPS_MAX_COORD};
    if (std::max(size.width, size.height) > limit.side)
        throw Error(ErrorCode::invalid_request,
                    "The output " + path + " would have " + std::to_string(size.width) + "x" +
                        std::to_string(size.height) + " pixels, and " + limit.name +
                        " takes at most " + std::to_string(limit.side) +
                        " on a side; name it .tif, or choose a smaller --size.");
}

} // namespace maniera
