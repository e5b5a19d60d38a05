// SPDX-License-Identifier: GPL-3.0-or-later

#include "helper/images/open_file.h"

#include "helper/images/decoder_process.h"
#include "helper/images/loaders.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

namespace maniera {

namespace fs = std::filesystem;

Vips open_file(const std::string& path, VipsAccess access) {
    start_vips();
    std::error_code ignored;
    if (!fs::exists(path, ignored))
        refuse(path, "does not exist; check the name.");
    if (fs::is_directory(path, ignored))
        refuse(path, "is a folder; name a picture in it.");
    if (fs::file_size(path, ignored) == 0 && !ignored)
        refuse(path, "is empty; it was not written to the end, so get it again.");
    if (FILE* file = std::fopen(path.c_str(), "rb"))
        std::fclose(file);
    else
        refuse(path, std::string("cannot be opened (") + std::strerror(errno) +
                         "); check its permissions.");
    const std::string loader = find_loader(path);
    if (loader.empty())
        return decode_elsewhere(path);
    VipsImage* image = load_with(loader, path, access);
    if (!image)
        refuse_as_vips_says(path, "cannot be read", "save it again from the program that made it.");
    return own(image);
}

bool can_read_anywhere(const Vips& image, const std::string& path) {
    const char* loader = nullptr;
    if (was_decoded_elsewhere(image))
        return true;
    return vips_image_get_typeof(image.get(), VIPS_META_LOADER) != 0 &&
           vips_image_get_string(image.get(), VIPS_META_LOADER, &loader) == 0 &&
           (vips_foreign_flags(loader, path.c_str()) & VIPS_FOREIGN_PARTIAL) != 0;
}

} // namespace maniera
