// SPDX-License-Identifier: GPL-3.0-or-later
// Relative to the program, so that an installation can be moved.

#include "helper/files/folders.h"

#include "core/error.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <unistd.h>

namespace maniera {
namespace {

namespace fs = std::filesystem;

std::string variable(const char* name, const std::string& otherwise) {
    const char* value = std::getenv(name);
    return value && *value ? value : otherwise;
}

// The folders above the program, nearest first: PREFIX/libexec/maniera/maniera-program when
// installed, build/libexec/maniera/maniera-program or a folder deeper in a source tree.
std::vector<fs::path> folders_above() {
    std::error_code ignored;
    std::vector<fs::path> folders;
    fs::path path = fs::read_symlink("/proc/self/exe", ignored).parent_path();
    for (int level = 0; level < 4 && path.has_relative_path(); ++level)
        folders.push_back(path = path.parent_path());
    return folders;
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
    for (const fs::path& above : folders_above()) {
        const std::string installed = (above / "share" / below).string();
        std::error_code ignored;
        if (fs::exists(installed, ignored) &&
            std::find(folders.begin(), folders.end(), installed) == folders.end())
            folders.push_back(installed);
    }
    return folders;
}

std::string cache_folder() {
    const std::string home = variable("HOME", "");
    const std::string caches = variable("XDG_CACHE_HOME", home.empty() ? "" : home + "/.cache");
    return caches.empty() ? caches : caches + "/maniera";
}

std::string scratch_folder(const std::string& output) {
    const char* temporary = std::getenv("TMPDIR");
    std::vector<std::string> folders;
    if (!output.empty())
        folders.push_back(fs::absolute(output).parent_path().string());
    folders.emplace_back(temporary && *temporary ? temporary : "/var/tmp");
    for (const std::string& folder : folders)
        if (access(folder.c_str(), W_OK | X_OK) == 0)
            return folder;
    return {};
}

std::string import_script() {
    for (const fs::path& above : folders_above())
        for (const char* path : {"share/maniera/import-model", "install/tools/import-model"}) {
            std::error_code ignored;
            if (fs::exists(above / path, ignored))
                return (above / path).string();
        }
    throw Error(ErrorCode::internal,
                "The script import-model was not found beside the program; install Maniera again.");
}

std::string decoder_program() {
    for (const fs::path& above : folders_above()) {
        const fs::path program = above / "libexec/maniera/maniera-decode";
        std::error_code ignored;
        if (fs::exists(program, ignored))
            return program.string();
    }
    throw Error(ErrorCode::internal,
                "maniera-decode was not found beside the program; install Maniera again.");
}

} // namespace maniera
