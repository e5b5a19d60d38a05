// SPDX-License-Identifier: GPL-3.0-or-later

#include "helper/batch/batch_jobs.h"

#include "core/base/file_io.h"
#include "core/error.h"
#include "helper/files/same_file.h"
#include "helper/images/output_format.h"
#include "helper/job/overwriting.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <map>
#include <sstream>

namespace maniera {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void refuse(const std::string& why) { throw Error(ErrorCode::invalid_request, why); }

bool same_place(const fs::path& a, const fs::path& b) {
    std::error_code ignored;
    return fs::equivalent(a, b, ignored);
}

// A picture, and the folder below its source that it lies in.
struct Found {
    std::string file;
    fs::path below;
};

// By absolute name, so that a picture that is named twice is one.
using Pictures = std::map<std::string, Found>;

void add_picture(const fs::path& file, const fs::path& below, Pictures& pictures) {
    pictures.emplace(fs::absolute(file).lexically_normal().string(), Found{file.string(), below});
}

// What of a folder has a picture's ending and is not hidden.
void add_folder(const fs::path& folder, const fs::path& below, const Batch& batch,
                Pictures& pictures) {
    std::error_code failed;
    fs::directory_iterator entry(folder, failed);
    for (; !failed && entry != fs::directory_iterator(); entry.increment(failed)) {
        const fs::path name = entry->path().filename();
        std::error_code ignored;
        if (name.string().front() == '.')
            continue;
        if (!entry->is_directory(ignored)) {
            if (has_picture_ending(name.string()))
                add_picture(entry->path(), below, pictures);
        } else if (batch.recursive && !entry->is_symlink(ignored) && // which may lead in circles
                   !same_place(entry->path(), batch.output_folder)) {
            add_folder(entry->path(), below / name, batch, pictures);
        }
    }
    if (failed)
        refuse("The folder " + folder.string() + " cannot be read (" + failed.message() +
               "); check its permissions.");
}

void add_source(const std::string& source, const Batch& batch, Pictures& pictures) {
    std::error_code ignored;
    if (!fs::is_directory(source, ignored)) {
        add_picture(source, {}, pictures); // one that is missing is a bad picture among good ones
        return;
    }
    if (same_place(source, batch.output_folder))
        refuse("The folder " + source +
               " cannot hold both the pictures and the results, which would be the next run's "
               "pictures; name another --output-dir.");
    add_folder(source, {}, batch, pictures);
}

std::vector<std::string> read_list(const std::string& path) {
    const std::optional<std::string> text = path == "-" ? read_text(std::cin) : read_text(path);
    if (!text)
        refuse("The list " + path + " cannot be opened; check the name.");
    // As find -print0 writes it, if a name ends so; then lines are parts of names.
    const char end = text->find('\0') != std::string::npos ? '\0' : '\n';
    std::istringstream list(*text);
    std::vector<std::string> names;
    for (std::string name; std::getline(list, name, end);) {
        if (end == '\n' && !name.empty() && name.back() == '\r')
            name.pop_back();
        if (name.empty())
            continue;
        refuse_control_characters(name, "A name in the list " + path);
        names.push_back(name);
    }
    return names;
}

void check_names(const Batch& batch) {
    if (!batch.format.empty() && !has_output_ending("x." + batch.format))
        refuse("There is no format " + batch.format.substr(0, 80) +
               "; choose png, jpg, tif, webp, avif, heic or jxl.");
    if (batch.suffix.find('/') != std::string::npos)
        refuse("A suffix is a part of a file's name and has no slash; folders are for "
               "--output-dir.");
}

fs::path result_name(const Found& found, const Batch& batch) {
    const fs::path file(found.file);
    std::string ending = "." + batch.format;
    if (batch.format.empty())
        ending = keeps_its_format(found.file) ? file.extension().string() : ".png";
    return found.below / (file.stem().string() + batch.suffix + ending);
}

// By their identities, what no result may replace.
std::map<std::string, std::string> precious_files(const Pictures& pictures, const Batch& batch) {
    std::map<std::string, std::string> precious;
    for (const auto& [name, found] : pictures)
        precious.emplace(file_identity(found.file), found.file);
    for (const std::string& file : input_files(batch.recipe))
        precious.emplace(file_identity(file), file);
    if (!batch.list.empty() && batch.list != "-")
        precious.emplace(file_identity(batch.list), batch.list);
    return precious;
}

} // namespace

Shard parse_shard(const std::string& text) {
    const std::size_t slash = text.find('/');
    const auto whole = [](const std::string& part) {
        const bool digits = !part.empty() && part.size() <= 6 &&
                            part.find_first_not_of("0123456789") == std::string::npos;
        return digits ? std::atoi(part.c_str()) : 0;
    };
    Shard shard;
    if (slash != std::string::npos)
        shard = {whole(text.substr(0, slash)), whole(text.substr(slash + 1))};
    if (slash == std::string::npos || shard.index < 1 || shard.index > shard.count)
        refuse(
            "--shard must be I/N, with N the number of shares and I from 1 to N, such as 2/8; \"" +
            text.substr(0, 80) + "\" is not.");
    return shard;
}

std::vector<BatchPicture> batch_pictures(const Batch& batch) {
    check_names(batch);
    Pictures pictures;
    for (const std::string& source : batch.sources)
        add_source(source, batch, pictures);
    if (!batch.list.empty())
        for (const std::string& source : read_list(batch.list))
            add_source(source, batch, pictures);
    if (pictures.empty())
        refuse(std::string("There is no picture to paint; name pictures, or a folder that has "
                           "some") +
               (batch.recursive ? "." : ", and --recursive for the folders in it."));

    const std::map<std::string, std::string> precious = precious_files(pictures, batch);
    std::map<std::string, std::string> taken; // results' identities, and the pictures they are of
    std::vector<BatchPicture> ours;
    std::size_t position = 0;
    for (const auto& [whole, found] : pictures) {
        const fs::path name = result_name(found, batch);
        const std::string output = (fs::path(batch.output_folder) / name).string();
        const std::string identity = file_identity(output);
        const auto [other, free] = taken.emplace(identity, found.file);
        if (!free)
            refuse(other->second + " and " + found.file + " would both become " + output +
                   "; give one of them another name, or paint them in two batches.");
        const auto replaced = precious.find(identity);
        if (replaced != precious.end())
            refuse("The result of " + found.file + " would replace " + replaced->second +
                   "; name another --output-dir, or a --suffix.");
        if (static_cast<int>(position++ % batch.shard.count) == batch.shard.index - 1)
            ours.push_back({found.file, name.string(), output});
    }
    return ours;
}

} // namespace maniera
