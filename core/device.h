// SPDX-License-Identifier: GPL-3.0-or-later
// The processors a run can use.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace maniera {

struct DeviceInfo {
    std::string name;        // "cpu", "cuda:0"
    std::string description; // "AMD EPYC, 2 threads", "NVIDIA H100"
    bool bf16 = false;       // has bfloat16 arithmetic in hardware
    std::int64_t memory = 0; // bytes in all
};

// The processor first, then every GPU that this LibTorch can use.
std::vector<DeviceInfo> list_devices();

} // namespace maniera
