// SPDX-License-Identifier: GPL-3.0-or-later
// Which of libvips' loaders reads a file, by the file's first bytes. Its own search takes brackets
// at the end of a name for options: it opens a.png for "a.png[1]".

#pragma once

#include <vips/vips.h>

#include <string>

namespace maniera {

// The nickname of the first loader that is not blocked and takes the file, or nothing.
inline std::string find_loader(const std::string& path) {
    const auto takes = [](void* item, void* name, void*) -> void* {
        const auto* loader = VIPS_FOREIGN_LOAD_CLASS(item);
        // Those for bytes in memory and for streams have one of the same name for files.
        const std::string nickname = VIPS_OBJECT_CLASS(item)->nickname;
        const bool for_files = nickname.find("_buffer") == std::string::npos &&
                               nickname.find("_source") == std::string::npos;
        const bool blocked = (VIPS_OPERATION_CLASS(item)->flags & VIPS_OPERATION_BLOCKED) != 0;
        return for_files && !blocked && loader->is_a && loader->is_a(static_cast<const char*>(name))
                   ? item
                   : nullptr;
    };
    void* found =
        vips_foreign_map("VipsForeignLoad", takes, const_cast<char*>(path.c_str()), nullptr);
    vips_error_clear();
    return found ? VIPS_OBJECT_CLASS(found)->nickname : "";
}

// Null where it fails; libvips' error buffer says why.
inline VipsImage* load_with(const std::string& loader, const std::string& path, VipsAccess access) {
    VipsOperation* load = vips_operation_new(loader.c_str());
    if (!load)
        return nullptr;
    g_object_set(load, "filename", path.c_str(), "access", access, "fail_on",
                 VIPS_FAIL_ON_TRUNCATED, nullptr);
    VipsImage* image = nullptr;
    if (vips_cache_operation_buildp(&load) == 0)
        g_object_get(load, "out", &image, nullptr);
    vips_object_unref_outputs(VIPS_OBJECT(load));
    g_object_unref(load);
    return image;
}

} // namespace maniera
