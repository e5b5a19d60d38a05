// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/base/scratch_file.h"

#include "core/base/file_io.h"
#include "core/error.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

namespace maniera {
namespace {

int open_without_a_name(const std::string& folder) {
    const int descriptor = open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (descriptor >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL))
        return descriptor;
    std::string name = folder + "/maniera-XXXXXX"; // a file system without O_TMPFILE
    const int named = mkostemp(name.data(), O_CLOEXEC);
    if (named >= 0)
        unlink(name.c_str());
    return named;
}

} // namespace

ScratchFile::ScratchFile(const std::string& folder, std::int64_t bytes)
    : folder_(folder), bytes_(bytes), descriptor_(open_without_a_name(folder)) {
    if (descriptor_ < 0)
        fail("made", errno);
    // Now rather than after an hour. Where the file system cannot tell, the writes will.
    int failed = 0;
    while ((failed = fallocate(descriptor_, 0, 0, bytes)) != 0 && errno == EINTR) {
    }
    if (failed != 0 && (errno == EOPNOTSUPP || errno == ENOSYS))
        failed = ftruncate(descriptor_, bytes);
    if (failed != 0) {
        const int number = errno;
        close(descriptor_);
        fail("made", number);
    }
}

ScratchFile::~ScratchFile() { close(descriptor_); }

void ScratchFile::write(std::int64_t offset, const void* bytes, std::int64_t count) {
    const int failed = write_all(descriptor_, offset, bytes, static_cast<std::size_t>(count));
    if (failed != 0)
        fail("written", failed);
}

void ScratchFile::read(std::int64_t offset, void* bytes, std::int64_t count) const {
    const int failed = read_all(descriptor_, offset, bytes, static_cast<std::size_t>(count));
    if (failed != 0)
        fail("read", failed);
}

void ScratchFile::fail(const char* what, int number) const {
    const std::string size = std::to_string((bytes_ + (1 << 20) - 1) >> 20) + " MiB";
    if (is_of_space(number))
        throw Error(ErrorCode::no_space,
                    "There is no room in " + folder_ + " for a scratch file of " + size +
                        ", one of several: free some, or paint with more --memory or a smaller "
                        "--size, which need fewer.");
    throw Error(number == EIO ? ErrorCode::internal : ErrorCode::invalid_request,
                "A scratch file of " + size + " in " + folder_ + " cannot be " + what + " (" +
                    std::strerror(number) + "); check the folder's disk and permissions.");
}

} // namespace maniera
