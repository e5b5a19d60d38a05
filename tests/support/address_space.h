// SPDX-License-Identifier: GPL-3.0-or-later
// Lets allocations fail: the process gets so many MiB more of address space than it has.

#pragma once

#include "core/heap.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sys/resource.h>
#include <unistd.h>

namespace maniera::test {

// Holds until it goes out of scope.
class AddressSpaceLimit {
public:
    explicit AddressSpaceLimit(rlim_t more_mebibytes) {
        return_holes(); // as a run does first: what is free in the heap would count as room
        std::ifstream statm("/proc/self/statm"); // the first number: pages of address space
        rlim_t pages = 0;
        statm >> pages;
        EXPECT_EQ(getrlimit(RLIMIT_AS, &before_), 0);
        const rlimit limit = {pages * static_cast<rlim_t>(sysconf(_SC_PAGESIZE)) +
                                  (more_mebibytes << 20),
                              before_.rlim_max};
        EXPECT_EQ(setrlimit(RLIMIT_AS, &limit), 0);
    }
    ~AddressSpaceLimit() { setrlimit(RLIMIT_AS, &before_); }
    AddressSpaceLimit(const AddressSpaceLimit&) = delete;
    AddressSpaceLimit& operator=(const AddressSpaceLimit&) = delete;

private:
    rlimit before_{};
};

} // namespace maniera::test
