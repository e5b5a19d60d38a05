// SPDX-License-Identifier: GPL-3.0-or-later

#include "helper/images/encoder.h"

#include "core/base/file_io.h"
#include "helper/images/metadata.h"
#include "helper/images/output_format.h"
#include "helper/images/pixel_conversion.h"
#include "helper/images/saver.h"

#include <cerrno>
#include <cstdint>

namespace maniera {
namespace {

// Beyond it, JPEG's code tables are the usual ones: for its own libjpeg holds the whole picture.
constexpr std::int64_t large = 100'000'000; // pixels

// A TIFF's offsets have 32 bits, or 64 in a BigTIFF, which not all programs read.
// Deflate may add a little to noise.
constexpr std::int64_t big = 4'000'000'000; // bytes

// What is chosen where nobody chooses: for JPEG and its like, close to what was painted.
SaverOptions own_options(Format format, std::int64_t pixels, std::int64_t bytes) {
    switch (format) {
    case Format::jpeg:
        return {{"Q", "95"},
                {"subsample-mode", "off"},
                {"optimize-coding", pixels <= large ? "true" : "false"}};
    case Format::webp: return {{"Q", "95"}};
    case Format::tiff:
        return {{"compression", "deflate"}, {"bigtiff", bytes > big ? "true" : "false"}};
    case Format::avif:
    case Format::heic: return {{"Q", "90"}, {"subsample-mode", "off"}};
    case Format::jxl: return {{"Q", "95"}};
    case Format::png: break;
    }
    return {{"compression", "6"}};
}

} // namespace

void save_image(const Vips& image, const FileInfo& like, const std::string& path,
                const Saving& saving, OutputFile& file) {
    const Format format = format_of(path);
    set_metadata(image, like, saved_depth(like, path));
    keep_words_on_the_work(image, format);
    if (!saving.recipe.empty())
        add_recipe(image, format, saving.recipe);
    const Size size = size_of(image);
    const std::int64_t pixels = std::int64_t{size.width} * size.height;
    const std::int64_t bytes =
        pixels * vips_image_get_bands(image.get()) * saved_depth(like, path) / 8;
    SaverOptions options = own_options(format, pixels, bytes);
    options.insert(options.end(), saving.options.begin(), saving.options.end());
    errno = 0;
    // Others may be of things that libvips tried and did without.
    const auto lack = [] { return is_of_space(errno) || errno == ENOMEM ? errno : 0; };
    if (const int failed = save_with(format, image, file.path(), options); failed != 0)
        file.fail(failed > 0 ? failed : lack(), vips_says());
    if (!write_words(image, file.path()))
        file.fail(lack(), "what it says besides its pixels could not be added");
    file.commit();
}

} // namespace maniera
