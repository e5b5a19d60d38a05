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

namespace {

// libvips takes XMP in AVIF and HEIC for something else where it begins as most programs, and we,
// write it. Empty where there is none such.
std::string field_with_packet(const Vips& image) {
    const auto find = [](VipsImage*, const char* field, GValue* value, void* name) -> void* {
        const std::string start = "<?xpacket";
        if (std::strncmp(field, "heif-mime-", 10) != 0 || !G_VALUE_HOLDS(value, VIPS_TYPE_BLOB))
            return nullptr;
        std::size_t size = 0;
        const void* bytes = vips_value_get_blob(value, &size);
        if (size < start.size() || std::memcmp(bytes, start.data(), start.size()) != 0)
            return nullptr;
        *static_cast<std::string*>(name) = field;
        return name;
    };
    std::string name;
    if (vips_image_get_typeof(image.get(), VIPS_META_XMP_NAME) == 0)
        vips_image_map(image.get(), find, &name);
    return name;
}

Vips with_xmp(const Vips& image, const std::string& path) {
    const std::string field = field_with_packet(image);
    if (field.empty())
        return image;
    const Vips named = apply(
        image, path, [](VipsImage* in, VipsImage** out) { return vips_copy(in, out, nullptr); });
    const void* packet = nullptr;
    std::size_t size = 0;
    if (vips_image_get_blob(named.get(), field.c_str(), &packet, &size) == 0)
        vips_image_set_blob_copy(named.get(), VIPS_META_XMP_NAME, packet, size);
    vips_image_remove(named.get(), field.c_str());
    return named;
}

} // namespace

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
    return with_xmp(own(image), path);
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
