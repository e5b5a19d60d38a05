// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/device/gpu_errors.h"

namespace maniera {
namespace {

const char* const otherwise = ", or use --device cpu.";

// 12040 is 12.4.
std::string version(int number) {
    return std::to_string(number / 1000) + "." + std::to_string(number % 1000 / 10);
}

// Of cuda.h's CUresult, those that a user can do something about.
std::string refusal(int error) {
    switch (error) {
    case 100: // CUDA_ERROR_NO_DEVICE
        return "The NVIDIA driver finds no GPU: see that there is one and that "
               "CUDA_VISIBLE_DEVICES does not hide it";
    case 802: // CUDA_ERROR_SYSTEM_NOT_READY
        return "The GPUs are not ready yet: start NVIDIA's fabric manager, or wait for it";
    case 803: // CUDA_ERROR_SYSTEM_DRIVER_MISMATCH
        return "The NVIDIA driver was changed and the system still runs the old one: start the "
               "machine again";
    default:
        return "The NVIDIA driver does not start (error " + std::to_string(error) +
               "): see what nvidia-smi says, start the machine again";
    }
}

} // namespace

std::string describe(const Gpu& gpu) {
    return gpu.name + ", compute capability " + std::to_string(gpu.major) + "." +
           std::to_string(gpu.minor);
}

std::string why_no_gpu(const CudaBuild& build, const CudaDriver& driver) {
    if (!build.has_cuda)
        return "This Maniera was built with a LibTorch that has no CUDA: build it with the one of "
               "PyPI's torch (README, \"With a GPU\")" +
               std::string(otherwise);
    if (build.usable > 0)
        return "";
    if (driver.state == CudaDriver::State::missing)
        return "There is no NVIDIA driver (" + std::string(cuda_driver_library) +
               "): install the one for your GPU" + otherwise;
    if (driver.state == CudaDriver::State::refuses)
        return refusal(driver.error) + otherwise;
    if (driver.gpus.empty())
        return refusal(100) + otherwise;
    if (driver.version / 1000 < build.runtime / 1000)
        return "The NVIDIA driver is too old: it serves CUDA " + version(driver.version) +
               ", and this LibTorch needs " + version(build.runtime) + ": install a newer driver" +
               otherwise;
    return "LibTorch cannot use " + describe(driver.gpus.front()) +
           ": see what nvidia-smi says, start the machine again" + otherwise;
}

Error gpu_failure(const std::string& device, const Gpu& gpu, const std::string& text) {
    const auto says = [&](const char* words) { return text.find(words) != std::string::npos; };
    const std::string which = device + " (" + describe(gpu) + ")";
    if (says("no kernel image") || says("invalid device function") || says("unsupported toolchain"))
        return Error(ErrorCode::no_device,
                     "The GPU " + which + " is too old for this LibTorch: build with an older " +
                         "torch that still knows it" + otherwise);
    if (says("out of memory"))
        return Error(ErrorCode::out_of_memory, "The memory of the GPU " + which +
                                                   " is taken by other programs: end some of them" +
                                                   otherwise);
    if (says("busy or unavailable"))
        return Error(ErrorCode::no_device,
                     "The GPU " + which +
                         " serves one program alone and is taken: wait for that one to end" +
                         otherwise);
    if (says("driver version is insufficient"))
        return Error(ErrorCode::no_device, "The NVIDIA driver is too old for this LibTorch: "
                                           "install a newer one" +
                                               std::string(otherwise));
    return Error(ErrorCode::no_device, "The GPU " + which + " cannot be used (" +
                                           text.substr(0, text.find('\n')) +
                                           "): see what nvidia-smi says" + otherwise);
}

} // namespace maniera
