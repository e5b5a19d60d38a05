// SPDX-License-Identifier: GPL-3.0-or-later
// The processors a run can use.

#pragma once

#include "core/resolved_options.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace maniera {

struct DeviceInfo {
    std::string name;        // "cpu", "cuda:0"
    std::string description; // "AMD EPYC, 2 threads", "NVIDIA H100, compute capability 9.0"
    bool bf16 = false;       // has bfloat16 arithmetic in hardware
    std::int64_t memory = 0; // bytes in all
};

// The processor first, then every GPU that this LibTorch can use.
std::vector<DeviceInfo> list_devices();

// Why there is no GPU among them, and what to do about it; empty where there is one.
std::string why_no_gpu();

// Before any run: who says whether the processor is quicker in bfloat16, or nothing where nobody
// can tell. Asked once, when a run leaves its precision open. Without it, or without an answer, it
// is what was measured on such processors.
void judge_precision_by(std::function<std::optional<bool>()> is_quicker_in_bf16);

// Where a run is made with these options, and how its network computes. A GPU is started, to see
// that it works. Throws Error{no_device} or Error{invalid_option} for what this machine lacks.
struct RunDevice {
    std::string name;      // "cpu", "cuda:0"
    std::string precision; // "fp32", "bf16", "fp16"
    double value_bytes = 4;
    bool gpu = false;
};
RunDevice run_device(const ResolvedOptions& resolved);

// Bytes that a run on that device may take in all: the option `memory`; or else, on the processor
// what memory_budget says, on a GPU what is free there and what this process holds, less a
// reserve for others. `ranks` of this machine share the processor's memory.
std::int64_t device_budget(const ResolvedOptions& resolved, const RunDevice& device, int ranks = 1);

} // namespace maniera
