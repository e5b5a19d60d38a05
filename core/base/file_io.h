// SPDX-License-Identifier: GPL-3.0-or-later
// All of some bytes written to a place in a file, or read from it, however the system cuts them.

#pragma once

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>

namespace maniera {

// Both return 0, or the errno of what failed: ENOSPC where a file takes nothing more, EIO where one
// ends before its bytes do.
int write_all(int descriptor, std::int64_t offset, const void* bytes, std::size_t count);
int read_all(int descriptor, std::int64_t offset, void* bytes, std::size_t count);

// All that a stream holds, or its first `most` bytes and one more. Nothing when it was not opened
// or cannot be read: a folder, a disk that fails, a process that ended. std::istreambuf_iterator
// throws for these, with a message that says nothing to a user.
std::optional<std::string> read_text(std::istream& in, std::size_t most = SIZE_MAX - 1);
std::optional<std::string> read_text(const std::string& path, std::size_t most = SIZE_MAX - 1);

// Whether the disk, the user's share of it or the file's limit is full.
bool is_of_space(int error_number);

} // namespace maniera
