// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/base/file_io.h"

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <unistd.h>

namespace maniera {
namespace {

// `move` is pread or pwrite.
template <typename Byte, typename Move>
int move_all(const Move& move, int descriptor, std::int64_t offset, Byte* at, std::size_t count,
             int at_the_end) {
    while (count > 0) {
        const ssize_t done = move(descriptor, at, count, offset);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return done < 0 ? errno : at_the_end;
        at += done;
        offset += done;
        count -= static_cast<std::size_t>(done);
    }
    return 0;
}

} // namespace

int write_all(int descriptor, std::int64_t offset, const void* bytes, std::size_t count) {
    return move_all(pwrite, descriptor, offset, static_cast<const char*>(bytes), count, ENOSPC);
}

int read_all(int descriptor, std::int64_t offset, void* bytes, std::size_t count) {
    return move_all(pread, descriptor, offset, static_cast<char*>(bytes), count, EIO);
}

std::optional<std::string> read_text(std::istream& in, std::size_t most) {
    std::string text;
    char piece[1 << 14];
    while (in && text.size() <= most) {
        in.read(piece,
                static_cast<std::streamsize>(std::min(sizeof piece, most + 1 - text.size())));
        text.append(piece, static_cast<std::size_t>(in.gcount()));
    }
    if (in.bad() || !(in || in.eof()))
        return {};
    return text;
}

std::optional<std::string> read_text(const std::string& path, std::size_t most) {
    std::ifstream file(path, std::ios::binary);
    return read_text(file, most);
}

bool is_of_space(int error_number) {
    return error_number == ENOSPC || error_number == EDQUOT || error_number == EFBIG;
}

} // namespace maniera
