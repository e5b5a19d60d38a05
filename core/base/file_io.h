// SPDX-License-Identifier: GPL-3.0-or-later
// All of some bytes written to a place in a file, or read from it, however the system cuts them.

#pragma once

#include <cstddef>
#include <cstdint>

namespace maniera {

// Both return 0, or the errno of what failed: ENOSPC where a file takes nothing more, EIO where one
// ends before its bytes do.
int write_all(int descriptor, std::int64_t offset, const void* bytes, std::size_t count);
int read_all(int descriptor, std::int64_t offset, void* bytes, std::size_t count);

// Whether the disk, the user's share of it or the file's limit is full.
bool is_of_space(int error_number);

} // namespace maniera
