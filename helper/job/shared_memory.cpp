// SPDX-License-Identifier: GPL-3.0-or-later
// A row at a time, so that no second copy of a picture is made.

#include "helper/job/shared_memory.h"

#include "core/base/file_io.h"
#include "core/error.h"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <fcntl.h>
#include <functional>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

namespace maniera {
namespace {

[[noreturn]] void refuse(const std::string& why) { throw Error(ErrorCode::invalid_request, why); }

[[noreturn]] void refuse_shrunk(const std::string& what) {
    refuse(what + " is gone: the shared memory shrank while it was in use.");
}

// A value in [0,1]. NaN, such as a filter's 0/0, becomes black, and infinity white.
float cleaned(float value, std::size_t& odd) {
    if (!std::isfinite(value)) {
        ++odd;
        return value > 0 ? 1.0f : 0.0f;
    }
    return std::clamp(value, 0.0f, 1.0f);
}

} // namespace

std::uint64_t bytes_of(const MemoryPicture& picture) {
    // Sides are at most 2^24: no product here overflows.
    return static_cast<std::uint64_t>(picture.width) * static_cast<std::uint64_t>(picture.height) *
           static_cast<std::uint64_t>(picture.channels) * sizeof(float);
}

SharedMemory::SharedMemory(int descriptor) {
    struct stat status;
    if (fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode))
        return;
    fcntl(descriptor, F_SETFD, FD_CLOEXEC);
    descriptor_ = descriptor;
}

SharedMemory::~SharedMemory() {
    if (descriptor_ >= 0)
        close(descriptor_);
}

void SharedMemory::check(std::uint64_t offset, std::uint64_t bytes, const std::string& what) const {
    if (descriptor_ < 0)
        refuse(what + " is in shared memory, but none was passed as file descriptor 3.");
    struct stat status;
    const std::uint64_t size =
        fstat(descriptor_, &status) == 0 ? static_cast<std::uint64_t>(status.st_size) : 0;
    if (bytes > size || offset > size - bytes)
        refuse(what + " would end at byte " + std::to_string(offset + bytes) +
               " of a shared memory of " + std::to_string(size) + " bytes.");
}

void SharedMemory::check(const MemoryPicture& picture) const {
    check(picture.offset, bytes_of(picture), picture.name);
}

namespace {

// Calls `take(row, values)` for every row.
void read_rows(int descriptor, const MemoryPicture& picture,
               const std::function<void(int, const float*)>& take) {
    std::vector<float> row(static_cast<std::size_t>(picture.width) * picture.channels);
    const std::size_t row_bytes = row.size() * sizeof(float);
    for (int y = 0; y < picture.height; ++y) {
        const std::uint64_t start = picture.offset + static_cast<std::uint64_t>(y) * row_bytes;
        if (read_all(descriptor, static_cast<std::int64_t>(start), row.data(), row_bytes) != 0)
            refuse_shrunk(picture.name);
        take(y, row.data());
    }
}

} // namespace

Picture SharedMemory::read_picture(const MemoryPicture& picture, std::size_t& odd) const {
    check(picture);
    const int channels = picture.channels;
    Picture result;
    result.name = picture.name;
    result.color = Image(picture.width, picture.height, 3);
    if (channels == 4)
        result.alpha = Image(picture.width, picture.height, 1);
    bool opaque = true;
    read_rows(descriptor_, picture, [&](int y, const float* values) {
        float* color = result.color.at(0, y);
        for (int x = 0; x < picture.width; ++x, values += channels, color += 3) {
            for (int c = 0; c < 3; ++c)
                color[c] = channels == 1 && c > 0 ? color[0] : cleaned(values[c], odd);
            if (channels == 4) {
                const float alpha = cleaned(values[3], odd);
                *result.alpha.at(x, y) = alpha;
                opaque = opaque && alpha >= 1;
            }
        }
    });
    if (opaque)
        result.alpha = Image();
    return result;
}

Image SharedMemory::read_mask(const MemoryPicture& picture, std::size_t& odd) const {
    check(picture);
    const int channels = picture.channels;
    Image mask(picture.width, picture.height, 1);
    read_rows(descriptor_, picture, [&](int y, const float* values) {
        for (int x = 0; x < picture.width; ++x, values += channels) {
            float value = cleaned(values[0], odd);
            if (channels >= 3)
                value = 0.299f * value + 0.587f * cleaned(values[1], odd) +
                        0.114f * cleaned(values[2], odd);
            if (channels == 4)
                value *= cleaned(values[3], odd);
            *mask.at(x, y) = value;
        }
    });
    return mask;
}

void SharedMemory::write_picture(const MemoryPicture& picture, const Image& image) const {
    write(picture.offset, image.pixels.data(), image.pixels.size() * sizeof(float), picture.name);
}

void SharedMemory::write(std::uint64_t offset, const void* bytes, std::size_t count,
                         const std::string& what) const {
    check(offset, count, what); // writing past the end would enlarge the client's memory
    const int failed = write_all(descriptor_, static_cast<std::int64_t>(offset), bytes, count);
    if (is_of_space(failed) || failed == ENOMEM)
        throw Error(ErrorCode::no_space, "The shared memory has no room for " + what +
                                             "; free some memory, or make the memory folder "
                                             "(/dev/shm) larger.");
    if (failed != 0)
        refuse(what + " cannot be written to the shared memory (" + std::strerror(failed) + ").");
}

} // namespace maniera
