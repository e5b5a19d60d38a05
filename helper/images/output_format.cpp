// SPDX-License-Identifier: GPL-3.0-or-later

#include "helper/images/output_format.h"

#include "core/error.h"
#include "helper/files/output_file.h"
#include "helper/images/saver.h"

#include <vips/vips.h>

#include <algorithm>

namespace maniera {

int saved_depth(const FileInfo& like, const std::string& path) {
    switch (format_of(path)) {
    case Format::jpeg:
    case Format::webp:
    case Format::avif:
    case Format::heic: return 8;
    case Format::tiff: return like.depth;
    case Format::png:
    case Format::jxl: break;
    }
    return std::min(like.depth, 16);
}

void check_output(const std::string& path, const Saving& saving) {
    if (!has_output_ending(path))
        throw Error(ErrorCode::invalid_request, "The output " + path + " must end in " +
                                                    writable_endings() +
                                                    ", which says how to save it.");
    check_saver(path, saving.options);
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
                        : format == Format::avif ? Limit{"AVIF", 16384}  // libvips' own
                        : format == Format::heic ? Limit{"HEIC", 16384}
                                                 : Limit{"TIFF", VIPS_MAX_COORD};
    if (std::max(size.width, size.height) > limit.side)
        throw Error(ErrorCode::invalid_request,
                    "The output " + path + " would have " + std::to_string(size.width) + "x" +
                        std::to_string(size.height) + " pixels, and " + limit.name +
                        " takes at most " + std::to_string(limit.side) +
                        " on a side; name it .tif, or choose a smaller --size.");
}

} // namespace maniera
