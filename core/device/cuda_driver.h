// SPDX-License-Identifier: GPL-3.0-or-later
// What the NVIDIA driver says of the GPUs, whatever LibTorch thinks of them. Internal.
//
// LibTorch only counts the devices it can use. Why it can use none, what a GPU is called, how old
// it is and how much of its memory is free, the driver alone knows. It is loaded when it is asked,
// so that neither building nor starting needs one.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace maniera {

struct Gpu {
    std::string name;        // "NVIDIA H100 80GB HBM3"
    int major = 0;           // compute capability
    int minor = 0;           //
    std::int64_t memory = 0; // bytes in all
};

struct CudaDriver {
    enum class State { missing, refuses, ready };
    State state = State::missing;
    int error = 0;         // of its refusal: a CUresult
    int version = 0;       // of CUDA, the newest that it serves: 12040 is 12.4
    std::vector<Gpu> gpus; // as LibTorch numbers them: both follow CUDA_VISIBLE_DEVICES
};

constexpr const char* cuda_driver_library = "libcuda.so.1";

CudaDriver ask_cuda_driver(const std::string& library = cuda_driver_library);

// Bytes that are free on a GPU now; starts it. -1 where the driver does not tell.
std::int64_t free_gpu_memory(int gpu, const std::string& library = cuda_driver_library);

} // namespace maniera
