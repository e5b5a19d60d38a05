// SPDX-License-Identifier: GPL-3.0-or-later
// Where a run computes and in what precision. Internal; device.h is what callers see.

#pragma once

#include "core/base/objective_convention.h"
#include "core/resolved_options.h"

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>

namespace maniera {

struct RunDevice; // core/device/device.h

// The network's precision. Pictures, moments and losses are float32 or better whatever it is.
struct Placement {
    at::Device device = at::kCPU;
    at::ScalarType precision = at::kFloat;
};

RunDevice run_device(const Placement& placement);

// Chooses by the options `device` and `precision` and sets the number of threads by `threads`.
// `reference` makes `precision auto` mean float32. The `local_world_size` ranks of one machine
// share its processors, and each takes a GPU of its own, by its `local_rank`, unless one is named.
// Throws Error{no_device} or Error{invalid_option} for a device or precision this machine lacks.
Placement choose_placement(const ResolvedOptions& resolved, bool reference, int local_rank = 0,
                           int local_world_size = 1);

// What `precision auto` means on a GPU of a compute capability: bfloat16 from 8.0 on; half from 7.0
// on, where the objective's numbers fit; else float32.
at::ScalarType gpu_precision(int major, const ObjectiveConvention& convention);

// Of the bytes that are free on a GPU, that this process holds there, and in all, those that it may
// take: all but a reserve of a twentieth or 256 MiB, for other programs and for cuDNN.
std::int64_t gpu_budget(std::int64_t free, std::int64_t held, std::int64_t all);

// "cpu", "cuda:0"; "fp32", "bf16", "fp16".
std::string device_name(const Placement& placement);
std::string precision_name(const Placement& placement);

} // namespace maniera
