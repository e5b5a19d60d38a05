// SPDX-License-Identifier: GPL-3.0-or-later

#include "helper/files/same_file.h"

#include <filesystem>
#include <sys/stat.h>

namespace maniera {

std::string file_identity(const std::string& name) {
    namespace fs = std::filesystem;
    struct stat file;
    if (stat(name.c_str(), &file) == 0) // unlike a whole name, it begins with no slash
        return std::to_string(file.st_dev) + ":" + std::to_string(file.st_ino);
    std::error_code failed;
    const fs::path absolute = fs::absolute(name, failed);
    const fs::path whole = fs::weakly_canonical(absolute, failed);
    return failed ? absolute.string() : whole.string();
}

} // namespace maniera
