// SPDX-License-Identifier: GPL-3.0-or-later
// Relative to the program, so that an installation can be moved.

#include "helper/places.h"

#include "core/error.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <sstream>

namespace maniera {
namespace {

namespace fs = std::filesystem;

std::string variable(const char* name, const std::string& otherwise) {
    const char* value = std::getenv(name);
    return value && *value ? value : otherwise;
}

fs::path program_folder() {
    std::error_code ignored;
    return fs::read_symlink("/proc/self/exe", ignored).parent_path();
}

void add_list(std::vector<std::string>& folders, const std::string& list, const char* below) {
    std::istringstream parts(list);
    for (std::string part; std::getline(parts, part, ':');)
        if (!part.empty())
            folders.push_back((fs::path(part) / below).string());
}

} // namespace

std::vector<std::string> model_folders() {
    const char* const below = "maniera/models";
    std::vector<std::string> folders;
    add_list(folders, variable("MANIERA_MODELS", ""), "");
    const std::string home = variable("HOME", "");
    add_list(folders, variable("XDG_DATA_HOME", home.empty() ? "" : home + "/.local/share"), below);
    add_list(folders, variable("XDG_DATA_DIRS", "/usr/local/share:/usr/share"), below);
    const std::string installed =
        (program_folder().parent_path() / "share" / below).lexically_normal().string();
    if (std::find(folders.begin(), folders.end(), installed) == folders.end())
        folders.push_back(installed);
    return folders;
}

std::string import_script() {
    const fs::path program = program_folder();
    for (const fs::path& path : {program / "../share/maniera/import-model", // installed
                                 program / "../../install/import-model"}) { // build/bin
        std::error_code ignored;
        if (fs::exists(path, ignored))
            return path.lexically_normal().string();
    }
    throw Error(ErrorCode::internal,
                "The script import-model was not found beside the program; install Maniera again.");
}

} // namespace maniera
