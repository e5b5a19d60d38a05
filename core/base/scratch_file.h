// SPDX-License-Identifier: GPL-3.0-or-later
// A file without a name for what memory shall not hold: it is gone with the process, however that
// ends.

#pragma once

#include <cstdint>
#include <string>

namespace maniera {

// Reads and writes copy: pages of a mapped file would count as the process's memory.
class ScratchFile {
public:
    // Of so many bytes, all zero. Throws Error{no_space} when the folder's disk has not the room,
    // Error{invalid_request} when the folder cannot be written to.
    ScratchFile(const std::string& folder, std::int64_t bytes);
    ~ScratchFile();
    ScratchFile(const ScratchFile&) = delete;
    ScratchFile& operator=(const ScratchFile&) = delete;

    // All of it or Error{no_space}, Error{internal}.
    void write(std::int64_t offset, const void* bytes, std::int64_t count);
    void read(std::int64_t offset, void* bytes, std::int64_t count) const;

private:
    [[noreturn]] void fail(const char* what, int number) const;

    std::string folder_;
    std::int64_t bytes_;
    int descriptor_ = -1;
};

} // namespace maniera
