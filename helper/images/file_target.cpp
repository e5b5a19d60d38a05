// SPDX-License-Identifier: GPL-3.0-or-later

#include "helper/images/file_target.h"

#include <cerrno>
#include <fcntl.h>
#include <unistd.h>

namespace maniera {

FileTarget::FileTarget(const std::string& file) {
    descriptor_ = static_cast<int>(told(open(file.c_str(), O_RDWR | O_TRUNC | O_CLOEXEC)));
    target_.reset(vips_target_custom_new());
    g_signal_connect(target_.get(), "write", G_CALLBACK(write), this);
    g_signal_connect(target_.get(), "read", G_CALLBACK(read), this);
    g_signal_connect(target_.get(), "seek", G_CALLBACK(seek), this);
}

FileTarget::~FileTarget() {
    if (descriptor_ >= 0)
        close(descriptor_);
}

gint64 FileTarget::told(gint64 done) {
    if (done < 0 && error_ == 0)
        error_ = errno;
    return done;
}

gint64 FileTarget::write(VipsTargetCustom*, const void* bytes, gint64 count, FileTarget* self) {
    if (self->error_ != 0)
        return -1;
    ssize_t done = 0;
    do
        done = ::write(self->descriptor_, bytes, static_cast<std::size_t>(count));
    while (done < 0 && errno == EINTR);
    return self->told(done);
}

// TIFF's directories are written at the end and read again.
gint64 FileTarget::read(VipsTargetCustom*, void* bytes, gint64 count, FileTarget* self) {
    ssize_t done = 0;
    do
        done = ::read(self->descriptor_, bytes, static_cast<std::size_t>(count));
    while (done < 0 && errno == EINTR);
    return self->told(done);
}

gint64 FileTarget::seek(VipsTargetCustom*, gint64 offset, int whence, FileTarget* self) {
    return self->told(lseek(self->descriptor_, offset, whence));
}

} // namespace maniera
