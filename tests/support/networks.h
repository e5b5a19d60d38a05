// SPDX-License-Identifier: GPL-3.0-or-later
// Machines that are none: network namespaces, joined by a bridge in one more.

#pragma once

#include <string>
#include <vector>

namespace maniera::test {

// Gone when the test is. Machine i has the address 10.91.7.(i+1) and no other but its loopback.
class Networks {
public:
    explicit Networks(int machines);
    ~Networks();
    Networks(const Networks&) = delete;
    Networks& operator=(const Networks&) = delete;

    // Why there are none; empty where there are.
    const std::string& missing() const { return missing_; }
    // 100 Mbit a second at most, and 10 ms for every packet where the kernel has netem; why neither
    // can be, or nothing.
    std::string slow_down();
    std::string address(int machine) const;
    // The command on that machine.
    std::vector<std::string> on(int machine, const std::vector<std::string>& words) const;

private:
    std::string name(int machine) const;
    bool ip(const std::vector<std::string>& words);

    int machines_;
    std::vector<std::string> made_; // namespaces
    std::string missing_, said_;
};

} // namespace maniera::test
