// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/device/processors.h"

#include "core/device/cgroups.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <fstream>
#include <sched.h>
#include <thread>
#include <vector>

namespace maniera {
namespace {

std::atomic<int> most_threads{0};

int by_affinity() {
    const int all = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
    for (int size = 1024; size <= 1 << 18; size *= 2) { // of processors; EINVAL: there are more
        std::vector<cpu_set_t> set(static_cast<std::size_t>(size) / CPU_SETSIZE);
        const std::size_t bytes = set.size() * sizeof(cpu_set_t);
        if (sched_getaffinity(0, bytes, set.data()) == 0)
            return std::max(1, CPU_COUNT_S(bytes, set.data()));
    }
    return all;
}

// Processors' worth of time that a group gives; 0 = as many as there are.
double quota_of(const std::string& folder, bool unified) {
    double quota = 0, period = 0;
    if (unified) {
        std::ifstream both(folder + "/cpu.max"); // "max 100000" or "150000 100000"
        if (!(both >> quota >> period))
            return 0;
    } else {
        std::ifstream of_quota(folder + "/cpu.cfs_quota_us"); // -1 = none
        std::ifstream of_period(folder + "/cpu.cfs_period_us");
        if (!(of_quota >> quota) || !(of_period >> period))
            return 0;
    }
    return quota > 0 && period > 0 ? quota / period : 0;
}

} // namespace

int usable_processors(const std::string& root) {
    int processors = by_affinity();
    for_own_groups(
        "cpu",
        [&](const std::string& folder, bool unified) {
            const double quota = quota_of(folder, unified);
            if (quota > 0) // one and a half are worth a second thread
                processors = std::min(processors, std::max(1, static_cast<int>(std::ceil(quota))));
        },
        root);
    return processors;
}

void limit_threads(int most) { most_threads = most; }

int usable_threads(int ranks) {
    const int share = std::max(1, usable_processors() / std::max(1, ranks));
    return most_threads > 0 ? std::min(share, most_threads.load()) : share;
}

} // namespace maniera
