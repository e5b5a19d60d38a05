// SPDX-License-Identifier: GPL-3.0-or-later

#include "helper/images/encoder.h"

#include "core/error.h"
#include "helper/images/pixel_conversion.h"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <filesystem>

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

// Beyond it, JPEG's code tables are the usual ones: for its own libjpeg holds the whole picture.
constexpr std::int64_t large = 100'000'000; // pixels

// A TIFF's places in the file have 32 bits, or 64 in a BigTIFF, which not all programs read.
// Deflate may add a little to noise.
constexpr std::int64_t big = 4'000'000'000; // bytes

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

void save_image(const Vips& image, const FileInfo& like, const std::string& path,
                OutputFile& file) {
    set_metadata(image, like);
    const Size size = size_of(image);
    const std::int64_t pixels = std::int64_t{size.width} * size.height;
    const std::int64_t bytes =
        pixels * vips_image_get_bands(image.get()) * saved_depth(like, path) / 8;
    const auto save = [&](const char* name) {
        switch (format_of(path)) {
        case Format::jpeg:
            return vips_jpegsave(image.get(), name, "Q", 95, "subsample_mode",
                                 VIPS_FOREIGN_SUBSAMPLE_OFF, "optimize_coding",
                                 static_cast<gboolean>(pixels <= large), nullptr);
        case Format::webp: return vips_webpsave(image.get(), name, "Q", 95, nullptr);
        case Format::tiff:
            return vips_tiffsave(image.get(), name, "compression",
                                 VIPS_FOREIGN_TIFF_COMPRESSION_DEFLATE, "bigtiff",
                                 static_cast<gboolean>(bytes > big), nullptr);
        case Format::png: break;
        }
        return vips_pngsave(image.get(), name, "compression", 6, nullptr);
    };
    errno = 0;
    if (save(file.path().c_str()) != 0)
        file.fail(errno == ENOSPC || errno == EFBIG ? errno : 0, vips_says());
    file.commit();
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
