// SPDX-License-Identifier: GPL-3.0-or-later

#include "helper/batch/ledger.h"

#include "core/base/file_io.h"
#include "core/base/sha256.h"
#include "core/error.h"
#include "core/stylize.h"

#include <nlohmann/json.hpp>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sys/stat.h>
#include <unistd.h>

namespace maniera {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

const char* const ledger_name = ".maniera-batch";

std::string hash_of_input(const std::string& file) {
    if (file.empty())
        return {};
    const std::string hash = sha256_of_file(file);
    if (hash.empty())
        throw Error(ErrorCode::unreadable_image,
                    file + " cannot be read; check the name and its permissions.");
    return hash;
}

// A name in which nothing means anything to a shell, wherever the line may end up: other characters
// than letters, digits and ._/- as %XX, as in addresses.
std::string harmless(const std::string& name) {
    std::string shown;
    for (const char c : name) {
        const auto byte = static_cast<unsigned char>(c);
        char code[8];
        std::snprintf(code, sizeof code, "%%%02X", static_cast<unsigned>(byte));
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           (c >= '0' && c <= '9') || std::strchr("._/-", c) || byte >= 0x80;
        shown += plain && c != '\0' ? std::string(1, c) : code;
    }
    return shown;
}

// Not how to work, where to show it, and files, which count by their bytes.
bool decides_the_painting(const ManieraOption& row) {
    const std::string group = row.group, name = row.name;
    if (group == "machine")
        return name == "precision" || name == "time-limit";
    return name == "shrink" || name == "tileable" || (group != "command-line" && name != "init");
}

} // namespace

std::string recipe_hash(const Job& recipe, const Manifest& model) {
    const ResolvedOptions resolved = resolve(recipe.options);
    json all = {{"model", model.sha256}, {"styles", json::array()}, {"options", json::object()}};
    for (const JobStyle& style : recipe.styles)
        all["styles"].push_back({{"picture", hash_of_input(style.picture.file)},
                                 {"mask", hash_of_input(style.mask.file)},
                                 {"style-mask", hash_of_input(style.style_mask.file)},
                                 {"weight", style.weight.value_or(1)},
                                 {"scale", style.scale}});
    std::size_t rows = 0;
    const ManieraOption* table = maniera_option_table(&rows);
    for (std::size_t i = 0; i < rows; ++i)
        if (decides_the_painting(table[i]))
            all["options"][table[i].name] = option_value(resolved, table[i].name);
    if (!recipe.saving.options.empty() || recipe.saving.metadata() != MetadataChoice::keep)
        all["saving"] = {recipe.saving.options, metadata_word(recipe.saving.metadata())};
    const std::string init = resolved.init;
    all["init"] = names_a_file(init) ? hash_of_input(init) : init;
    const std::string text = all.dump();
    return sha256_text(text.data(), text.size());
}

BatchLedger::BatchLedger(const std::string& folder, Shard shard, std::string recipe)
    : recipe_(std::move(recipe)) {
    std::string own = ledger_name;
    if (shard.count > 1)
        own += "-" + std::to_string(shard.index) + "-of-" + std::to_string(shard.count);
    path_ = (fs::path(folder) / own).string();
    std::error_code failed;
    for (const auto& entry : fs::directory_iterator(folder, failed)) {
        std::error_code ignored;
        if (entry.path().filename().string().rfind(ledger_name, 0) != 0 ||
            !fs::is_regular_file(entry.symlink_status(ignored)))
            continue;
        std::ifstream file(entry.path(), std::ios::binary);
        for (std::string text; std::getline(file, text);)
            lines_.insert(text);
    }
    // Appended to, for the case that two run at once. Not through a link: its name is known before,
    // and who can write to the folder could lead it to a file of this user's.
    descriptor_ = open(path_.c_str(),
                       O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0666);
    struct stat now {};
    const bool there = descriptor_ >= 0 && fstat(descriptor_, &now) == 0;
    if (there ? !S_ISREG(now.st_mode) || now.st_nlink > 1 : errno == ELOOP) {
        if (there)
            close(descriptor_);
        throw Error(
            ErrorCode::invalid_request,
            "The batch's list of what is done, " + path_ +
                ", is a link or no plain file; remove it, or choose another output folder.");
    }
    if (!there)
        throw Error(is_of_space(errno) ? ErrorCode::no_space : ErrorCode::invalid_request,
                    "The batch's list of what is done, " + path_ + ", cannot be written (" +
                        std::strerror(errno) + "); choose another output folder.");
    char last = '\n';
    if (now.st_size > 0 && pread(descriptor_, &last, 1, now.st_size - 1) == 1 && last != '\n')
        append("\n"); // what was torn shall not spoil the next line
}

BatchLedger::~BatchLedger() {
    if (descriptor_ >= 0)
        close(descriptor_);
}

// Empty for a result that cannot be read.
std::string BatchLedger::line(const BatchPicture& picture, const std::string& picture_hash) const {
    const std::string result_hash = sha256_of_file(picture.output);
    if (picture_hash.empty() || result_hash.empty())
        return {};
    const std::string all =
        recipe_ + "\n" + picture_hash + "\n" + result_hash + "\n" + picture.name;
    return sha256_text(all.data(), all.size()) + "  " + harmless(picture.name);
}

bool BatchLedger::done(const BatchPicture& picture) const {
    std::error_code ignored;
    if (lines_.empty() || !fs::is_regular_file(picture.output, ignored))
        return false;
    return done(picture, sha256_of_file(picture.file));
}

bool BatchLedger::done(const BatchPicture& picture, const std::string& picture_hash) const {
    const std::string wanted = line(picture, picture_hash);
    return !wanted.empty() && lines_.count(wanted) > 0;
}

void BatchLedger::add(const BatchPicture& picture, const std::string& picture_hash) {
    const std::string made = line(picture, picture_hash);
    if (!made.empty())
        append(made + "\n");
}

void BatchLedger::append(const std::string& text) {
    const ssize_t written = write(descriptor_, text.data(), text.size());
    if (written == static_cast<ssize_t>(text.size()))
        return;
    const int code = written < 0 ? errno : ENOSPC; // a part alone is written where space ends
    if (is_of_space(code))
        throw Error(ErrorCode::no_space, "The disk that holds " + path_ +
                                             " is full; free some space or choose another output.");
    throw Error(ErrorCode::invalid_request, "The batch's list of what is done, " + path_ +
                                                ", cannot be written (" + std::strerror(code) +
                                                "); choose another output folder.");
}

} // namespace maniera
