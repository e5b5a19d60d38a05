// SPDX-License-Identifier: GPL-3.0-or-later
// A file that libvips writes to, and what went wrong with it. libvips' own target forgets a write
// that failed where the next one succeeds: the PNG then lacks a piece, and nobody is told.
//
//     FileTarget target("a.png");
//     vips_pngsave_target(image, target.get(), nullptr);
//     if (target.error() != 0) ...

#pragma once

#include <vips/vips.h>

#include <memory>
#include <string>

namespace maniera {

class FileTarget {
public:
    // Opens a file that is there. What fails is in error().
    explicit FileTarget(const std::string& file);
    ~FileTarget();
    FileTarget(const FileTarget&) = delete;
    FileTarget& operator=(const FileTarget&) = delete;

    VipsTarget* get() const { return VIPS_TARGET(target_.get()); }

    // errno of the first call that failed; after it nothing more is written. 0 = none.
    int error() const { return error_; }

private:
    static gint64 write(VipsTargetCustom* target, const void* bytes, gint64 count,
                        FileTarget* self);
    static gint64 read(VipsTargetCustom* target, void* bytes, gint64 count, FileTarget* self);
    static gint64 seek(VipsTargetCustom* target, gint64 offset, int whence, FileTarget* self);
    gint64 told(gint64 done); // notes errno where it is negative

    int descriptor_ = -1, error_ = 0;
    std::unique_ptr<VipsTargetCustom, decltype(&g_object_unref)> target_{nullptr, g_object_unref};
};

} // namespace maniera
