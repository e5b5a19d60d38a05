// SPDX-License-Identifier: GPL-3.0-or-later

#include "helper/frames/frame_files.h"

#include "core/error.h"
#include "helper/files/same_file.h"
#include "helper/images/output_format.h"
#include "helper/job/overwriting.h"

#include <algorithm>
#include <filesystem>
#include <map>

namespace maniera {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void refuse(const std::string& why) { throw Error(ErrorCode::invalid_request, why); }

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// The digits from `at` on, without zeros before them; `at` moves behind them.
std::string number_at(const std::string& text, std::size_t& at) {
    const std::size_t begin = at;
    while (at < text.size() && is_digit(text[at]))
        ++at;
    const std::size_t first = std::min(text.find_first_not_of('0', begin), at);
    return text.substr(first, at - first);
}

std::vector<std::string> pictures_in(const std::string& folder) {
    std::vector<std::string> names;
    std::error_code failed;
    fs::directory_iterator entry(folder, failed);
    for (; !failed && entry != fs::directory_iterator(); entry.increment(failed)) {
        std::error_code ignored;
        const std::string name = entry->path().filename().string();
        if (name.front() != '.' && has_picture_ending(name) && !entry->is_directory(ignored))
            names.push_back(name);
    }
    if (failed)
        refuse("The folder " + folder + " cannot be read (" + failed.message() +
               "); check its name and permissions.");
    std::sort(names.begin(), names.end(), natural_order);
    return names;
}

} // namespace

bool natural_order(const std::string& a, const std::string& b) {
    std::size_t i = 0, j = 0;
    while (i < a.size() && j < b.size()) {
        if (is_digit(a[i]) && is_digit(b[j])) {
            const std::string m = number_at(a, i), n = number_at(b, j);
            if (m != n)
                return m.size() != n.size() ? m.size() < n.size() : m < n;
        } else if (a[i] != b[j]) {
            return a[i] < b[j];
        } else {
            ++i;
            ++j;
        }
    }
    if (i < a.size() || j < b.size())
        return i == a.size();
    return a < b; // of 1 and 01
}

std::vector<BatchPicture> frame_files(const std::string& source, const std::string& output,
                                      const Job& recipe) {
    if (same_file(source, output))
        refuse("The folder " + source +
               " cannot hold both the frames and their paintings; name another folder with -o.");
    const std::vector<std::string> names = pictures_in(source);
    std::map<std::string, std::string> taken; // identities, and what has them
    for (const std::string& file : input_files(recipe))
        taken.emplace(file_identity(file), file);
    for (const std::string& name : names) {
        const std::string file = (fs::path(source) / name).string();
        taken.emplace(file_identity(file), file);
    }
    const auto take = [&](const std::string& what, const std::string& file,
                          const std::string& owner) {
        const auto [other, free] = taken.emplace(file_identity(file), owner);
        if (!free)
            refuse("The " + what + " would replace " + file + ", which belongs to " +
                   other->second + "; give one of them another name.");
    };
    std::vector<BatchPicture> frames;
    for (const std::string& name : names) {
        const std::string file = (fs::path(source) / name).string();
        const std::string result = fs::path(name).stem().string() + ".png";
        frames.push_back({file, result, (fs::path(output) / result).string()});
        take("painting of " + file, frames.back().output, file);
    }
    if (const std::string preview = option_value(recipe.options, "preview"); !preview.empty())
        take("preview", preview, preview);
    if (frames.empty())
        refuse("There is no picture in " + source + "; name a folder of frames, or a video.");
    return frames;
}

} // namespace maniera
