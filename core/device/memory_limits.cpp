// SPDX-License-Identifier: GPL-3.0-or-later
// Linux: /proc and /sys/fs/cgroup, of version 2 and 1.

#include "core/device/memory_limits.h"

#include "core/device/cgroups.h"

#include <algorithm>
#include <fstream>
#include <limits>
#include <string>
#include <sys/mman.h>
#include <sys/resource.h>

namespace maniera {
namespace {

constexpr std::int64_t mebibyte = 1048576;
constexpr std::int64_t unlimited = std::numeric_limits<std::int64_t>::max();

// The number after a word at a line's beginning; `missing` when there is none.
std::int64_t field(const std::string& file, const std::string& word, std::int64_t missing) {
    std::ifstream in(file);
    for (std::string line; std::getline(in, line);)
        if (line.rfind(word, 0) == 0)
            return std::strtoll(line.c_str() + word.size(), nullptr, 10);
    return missing;
}

std::int64_t number(const std::string& file, std::int64_t missing) {
    std::ifstream in(file);
    std::int64_t value = 0;
    return in >> value ? value : missing; // "max" is no number
}

std::int64_t free_in_group(const std::string& folder, const char* limit, const char* use,
                           const char* reclaimable) {
    const std::int64_t most = number(folder + "/" + limit, unlimited);
    if (most >= unlimited / 2)
        return unlimited;
    // Pages of files that nobody uses go when they are wanted.
    return std::max<std::int64_t>(0, most - number(folder + "/" + use, 0) +
                                         field(folder + "/memory.stat", reclaimable, 0));
}

// Of the groups that this process is in, and those above them.
std::int64_t free_in_groups() {
    std::int64_t least = unlimited;
    for_own_groups("memory", [&](const std::string& folder, bool unified) {
        least = std::min(
            least, unified ? free_in_group(folder, "memory.max", "memory.current", "inactive_file ")
                           : free_in_group(folder, "memory.limit_in_bytes", "memory.usage_in_bytes",
                                           "total_inactive_file "));
    });
    return least;
}

std::int64_t machine_free() { return field("/proc/meminfo", "MemAvailable:", 0) * 1024; }

// What a limit like that of `ulimit -v` leaves. Stacks and heaps of threads take address space well
// before memory, and oneDNN must not be the one to find none: part of it is left alone.
std::int64_t free_in_address_space() {
    rlimit limit{};
    if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY)
        return unlimited;
    const std::int64_t used = field("/proc/self/status", "VmSize:", 0) * 1024;
    return std::max<std::int64_t>(0, static_cast<std::int64_t>(limit.rlim_cur) - used -
                                         room_for_libraries);
}

std::int64_t own_swap() { return field("/proc/self/status", "VmSwap:", 0) * 1024; }
std::int64_t pages_out() { return field("/proc/vmstat", "pswpout ", 0); }

} // namespace

std::int64_t memory_budget(const ResolvedOptions& resolved, int ranks) {
    if (maniera_option_is_set(&resolved, "memory"))
        return resolved.memory * mebibyte;
    const std::int64_t all = field("/proc/meminfo", "MemTotal:", 0) * 1024;
    if (all == 0)
        return unlimited; // no /proc: nothing is known
    const std::int64_t own = field("/proc/self/status", "VmRSS:", 0) * 1024;
    const std::int64_t reserve = std::max<std::int64_t>(256 * mebibyte, all / 20);
    const std::int64_t shared = std::min(machine_free(), free_in_groups()) - reserve;
    const std::int64_t address_space = free_in_address_space();
    const std::int64_t in_space = address_space == unlimited ? unlimited : own + address_space;
    return std::max<std::int64_t>(0, std::min((own + shared) / ranks, in_space));
}

bool has_room(double bytes) {
    void* const room = mmap(nullptr, static_cast<std::size_t>(bytes) + 1, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (room == MAP_FAILED)
        return false;
    munmap(room, static_cast<std::size_t>(bytes) + 1);
    return true;
}

Error lacks_memory() {
    return {ErrorCode::out_of_memory, "There is not enough memory for this size: choose a smaller "
                                      "--size, or close other programs."};
}

SwapWatch::SwapWatch() : pages_out_(pages_out()), own_(own_swap()) {}

bool SwapWatch::begins() {
    if (told_)
        return false;
    const std::int64_t out = pages_out(), own = own_swap();
    const std::int64_t all = field("/proc/meminfo", "MemTotal:", 0) * 1024;
    // A few pages are always put away; twice in a row, while little is free, is another thing.
    const bool swapping = own > own_ + (std::int64_t{16} << 20) ||
                          (out > pages_out_ + 256 && machine_free() < all / 10);
    seen_ = swapping ? seen_ + 1 : 0;
    pages_out_ = out;
    own_ = own;
    told_ = seen_ >= 2;
    return told_;
}

} // namespace maniera
