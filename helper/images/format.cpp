// SPDX-License-Identifier: GPL-3.0-or-later

#include "helper/images/format.h"

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

const char* format_name(Format format) {
    switch (format) {
    case Format::png: return "PNG";
    case Format::jpeg: return "JPEG";
    case Format::tiff: return "TIFF";
    case Format::webp: return "WebP";
    case Format::avif: return "AVIF";
    case Format::heic: return "HEIC";
    case Format::jxl: return "JPEG XL";
    }
    return "";
}

Format format_of(const std::string& path) {
    const std::string ending = lower_ending(path);
    return is_one_of(ending, {".jpg", ".jpeg"})    ? Format::jpeg
           : is_one_of(ending, {".tif", ".tiff"})  ? Format::tiff
           : ending == ".webp"                     ? Format::webp
           : ending == ".avif"                     ? Format::avif
           : is_one_of(ending, {".heic", ".heif"}) ? Format::heic
           : ending == ".jxl"                      ? Format::jxl
                                                   : Format::png;
}

bool keeps_its_format(const std::string& path) {
    return is_one_of(lower_ending(path), {".png", ".jpg", ".jpeg", ".tif", ".tiff", ".webp"});
}

bool has_output_ending(const std::string& path) {
    return keeps_its_format(path) ||
           is_one_of(lower_ending(path), {".avif", ".heic", ".heif", ".jxl"});
}

bool has_picture_ending(const std::string& path) {
    return has_output_ending(path) ||
           is_one_of(lower_ending(path), {".jpe", ".gif", ".bmp", ".ppm", ".pgm", ".pbm", ".pnm",
                                          ".pfm", ".jp2", ".exr", ".hdr"});
}

} // namespace maniera
