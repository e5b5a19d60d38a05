// SPDX-License-Identifier: GPL-3.0-or-later

#include "helper/images/encoder.h"

#include "helper/images/metadata.h"
#include "helper/images/output_format.h"
#include "helper/images/pixel_conversion.h"

#include <cerrno>
#include <cstdint>

namespace maniera {
namespace {

// Beyond it, JPEG's code tables are the usual ones: for its own libjpeg holds the whole picture.
constexpr std::int64_t large = 100'000'000; // pixels

// A TIFF's offsets have 32 bits, or 64 in a BigTIFF, which not all programs read.
// Deflate may add a little to noise.
constexpr std::int64_t big = 4'000'000'000; // bytes

} // namespace

void save_image(const Vips& image, const FileInfo& like, const std::string& path,
                OutputFile& file) {
    const Format format = format_of(path);
    set_metadata(image, like, saved_depth(like, path));
    keep_words_on_the_work(image, format);
    const Size size = size_of(image);
    const std::int64_t pixels = std::int64_t{size.width} * size.height;
    const std::int64_t bytes =
        pixels * vips_image_get_bands(image.get()) * saved_depth(like, path) / 8;
    const auto save = [&](const char* name) {
        switch (format) {
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
    const auto space = [] { return errno == ENOSPC || errno == EFBIG ? errno : 0; };
    if (save(file.path().c_str()) != 0)
        file.fail(space(), vips_says());
    if (format == Format::tiff && !write_tiff_words(image, file.path()))
        file.fail(space(), "its EXIF and IPTC could not be added");
    file.commit();
}

} // namespace maniera
