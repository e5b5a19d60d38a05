// SPDX-License-Identifier: GPL-3.0-or-later
// The memory that a client of `serve` shares: pictures of floats at byte offsets.
//
// Read and written as a file. Were it mapped, a client that shrinks it would end the helper with a
// bus error; so it gets an error message. Everything the client says about it is checked.

#pragma once

#include "core/image/image.h"
#include "helper/job/job.h"

#include <cstddef>
#include <string>

namespace maniera {

class SharedMemory {
public:
    SharedMemory() = default; // none was handed over
    // Takes a descriptor that the client handed over; none when it is no regular file.
    explicit SharedMemory(int descriptor);
    ~SharedMemory();
    SharedMemory(const SharedMemory&) = delete;
    SharedMemory& operator=(const SharedMemory&) = delete;

    // Refuses bytes that are not within the memory as large as it is now, with
    // Error{invalid_request}; `what` is what the message calls it.
    void check(std::uint64_t offset, std::uint64_t bytes, const std::string& what) const;
    void check(const MemoryPicture& picture) const;

    // Colors and alpha in [0,1]: values beyond are clipped, and those that are no numbers count
    // as 0; `odd` is raised by how many these were. Gray becomes three equal channels, opaque
    // alpha none.
    Picture read_picture(const MemoryPicture& picture, std::size_t& odd) const;
    // One channel: gray as stored, colors by Rec. 601's luma weights times alpha.
    Image read_mask(const MemoryPicture& picture, std::size_t& odd) const;

    // `picture` must have the image's size and channels, or have been checked to be.
    void write_picture(const MemoryPicture& picture, const Image& image) const;
    void write(std::uint64_t offset, const void* bytes, std::size_t count,
               const std::string& what) const;

private:
    int descriptor_ = -1;
};

// Bytes that a picture takes.
std::uint64_t bytes_of(const MemoryPicture& picture);

} // namespace maniera
