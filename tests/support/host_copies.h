// SPDX-License-Identifier: GPL-3.0-or-later
// Counts what makes the host wait for a device: each copy of values to it.
//
//     HostCopies copies;
//     optimizer->step(evaluate);
//     EXPECT_EQ(copies.count(), 1);
//
// LibTorch tells of every operator that is called. On a GPU these are copies; on the processor,
// where the same operators copy nothing, they are what would be copies there.

#pragma once

#include <cstdint>
#include <string>

namespace maniera::test {

class HostCopies {
public:
    HostCopies();
    ~HostCopies();
    HostCopies(const HostCopies&) = delete;
    HostCopies& operator=(const HostCopies&) = delete;

    int count() const;         // in this thread, so far
    std::string names() const; // of the operators, with how often

private:
    std::uint64_t handle_;
};

} // namespace maniera::test
