// SPDX-License-Identifier: GPL-3.0-or-later
// Why a GPU cannot be used, in words that say what to do. Internal; no tensors, no driver.

#pragma once

#include "core/device/cuda_driver.h"
#include "core/error.h"

#include <string>

namespace maniera {

// Of this LibTorch.
struct CudaBuild {
    bool has_cuda = false;
    int runtime = 0; // the version it was built with: 13020 is 13.2
    int usable = 0;  // GPUs that it can use
};

// "NVIDIA H100, compute capability 9.0".
std::string describe(const Gpu& gpu);

// Empty where there is a GPU that can be tried.
std::string why_no_gpu(const CudaBuild& build, const CudaDriver& driver);

// For a GPU ("cuda:0") whose first computation failed with a text of LibTorch's or CUDA's.
Error gpu_failure(const std::string& device, const Gpu& gpu, const std::string& text);

} // namespace maniera
