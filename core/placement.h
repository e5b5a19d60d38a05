// SPDX-License-Identifier: GPL-3.0-or-later
// Where a run computes and in what precision. Internal; device.h is what callers see.

#pragma once

#include "core/options.h"

#include <ATen/core/Tensor.h>

#include <string>

namespace maniera {

// The network's precision. Pictures, moments and losses are float32 or better whatever it is.
struct Placement {
    at::Device device = at::kCPU;
    at::ScalarType precision = at::kFloat;
};

// Chooses by the options `device` and `precision` and sets the number of threads by `threads`.
// `reference` makes `precision auto` mean float32. Throws Error{no_device} or
// Error{invalid_option} for a device or precision this machine lacks.
Placement choose_placement(const ManieraOptions& resolved, bool reference);

// "cpu", "cuda:0"; "fp32", "bf16".
std::string device_name(const Placement& placement);
std::string precision_name(const Placement& placement);

} // namespace maniera
