// SPDX-License-Identifier: GPL-3.0-or-later
// Whether two names are of one file, however they are written and through whatever links.

#pragma once

#include <string>

namespace maniera {

// The same for all names of one file: its device and number, which symbolic and hard links share;
// for a name that no file has yet, the whole name with the links in its folders followed.
std::string file_identity(const std::string& name);

inline bool same_file(const std::string& a, const std::string& b) {
    return file_identity(a) == file_identity(b);
}

} // namespace maniera
