// SPDX-License-Identifier: GPL-3.0-or-later

#include "helper/distributed/rank_run.h"

#include "core/base/sha256.h"
#include "core/distributed/gloo.h"
#include "core/distributed/local.h"
#include "core/error.h"
#include "helper/distributed/rank_config.h"
#include "helper/job/overwriting.h"
#include "helper/job/report.h"
#include "helper/job/texture.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <optional>
#include <vector>

namespace maniera {
namespace {

using nlohmann::json;

// A hash that differs for different files, most likely: of the length, and of all of a small file
// or 64 blocks of a large one. Empty for a file that cannot be read.
std::string sample_of(const std::string& path) {
    constexpr std::uintmax_t block = 1 << 16, blocks = 64;
    std::error_code failed;
    const std::uintmax_t size = std::filesystem::file_size(path, failed);
    std::ifstream file(path, std::ios::binary);
    if (failed || !file)
        return {};
    Sha256 hash;
    hash.add(&size, sizeof size);
    std::vector<char> bytes(block);
    const std::uintmax_t step = std::max(block, size / blocks);
    for (std::uintmax_t at = 0; at < size; at += step) {
        const auto count = static_cast<std::streamsize>(std::min(block, size - at));
        if (!file.seekg(static_cast<std::streamoff>(at)).read(bytes.data(), count))
            return {};
        hash.add(bytes.data(), static_cast<std::size_t>(count));
    }
    return lower_hex(hash.finish());
}

// All that must be the same at all ranks.
json about(const Job& job, const Manifest& model, const std::string& checkpoint) {
    Job what = job;
    what.output = {}; // rank 0's alone
    if (is_texture(job))
        what.content = {}; // a scratch file of each rank's own
    json files = json::object();
    for (const std::string& file : input_files(what))
        files[file] = sample_of(file);
    json as_started = to_json(what);
    if (is_texture(job))
        as_started["options"]["size"] = std::to_string(job.content.noise.width) + "x" +
                                        std::to_string(job.content.noise.height);
    return {{"version", MANIERA_VERSION},
            {"job", as_started},
            {"model", model.sha256},
            {"files", files},
            {"checkpoint", checkpoint.empty() ? "" : sample_of(checkpoint)}};
}

// "size" of "/job/options/size"; of a file all of its name.
std::string last_name(const json& path) {
    const json::json_pointer pointer(path.get<std::string>());
    return pointer.empty() ? "job" : pointer.back();
}

std::string difference(const json& first, const json& other) {
    if (first["version"] != other["version"])
        return "is another version of Maniera";
    if (first["job"] != other["job"])
        return "was started with another \"" +
               last_name(json::diff(first["job"], other["job"])[0]["path"]) + "\"";
    if (first["model"] != other["model"])
        return "has another model";
    if (first["files"] != other["files"])
        return "reads another " + last_name(json::diff(first["files"], other["files"])[0]["path"]) +
               ", or cannot read it";
    return "reads another checkpoint";
}

// The store's threads catch nothing, such as the end of a rank 0 that has not read all.
[[noreturn]] void end_in_a_sentence() {
    std::string why = "unknown";
    if (std::current_exception())
        why = current_error().what();
    std::fprintf(stderr,
                 "maniera: A connection to another process of this run was lost (%s). Look at its "
                 "messages.\n",
                 why.c_str());
    std::_Exit(1);
}

} // namespace

std::shared_ptr<Communicator> join_by_environment() {
    const std::optional<RankConfig> config =
        read_rank_config([](const char* name) -> const char* { return std::getenv(name); });
    if (!config)
        return {std::shared_ptr<void>(), &local_communicator()}; // owned by nobody
    std::signal(SIGPIPE, SIG_IGN); // the loss of a rank is an error with a sentence
    std::set_terminate(end_in_a_sentence);
    return init_process_group(*config);
}

void together(Communicator& comm, const std::function<void()>& body) {
    try {
        body();
        comm.all_gather(
            "done"); // rank 0 has written its file before any rank says that all is well
    } catch (...) {
        const Error error = current_error();
        comm.announce_failure(error.what());
        throw error;
    }
}

void agree(Communicator& comm, const Job& job, const Manifest& model,
           const std::string& checkpoint) {
    const auto replace = json::error_handler_t::replace; // names that are no UTF-8
    const std::vector<std::string> all =
        comm.all_gather(about(job, model, checkpoint).dump(-1, ' ', false, replace));
    for (std::size_t rank = 1; rank < all.size(); ++rank)
        if (all[rank] != all[0])
            throw Error(ErrorCode::invalid_request,
                        "Process " + std::to_string(rank + 1) + " of " +
                            std::to_string(all.size()) + " (rank " + std::to_string(rank) + ") " +
                            difference(json::parse(all[0]), json::parse(all[rank])) +
                            ", unlike rank 0; start all of them with the same command and files.");
}

} // namespace maniera
