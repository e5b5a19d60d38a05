// SPDX-License-Identifier: GPL-3.0-or-later
// What processors there are, and the choice among them.

#include "core/device.h"

#include "core/error.h"
#include "core/placement.h"

#include <ATen/Context.h>
#include <ATen/Parallel.h>

#include <cstring>
#include <exception>
#include <fstream>
#include <thread>
#include <unistd.h>

namespace maniera {
namespace {

// bfloat16 dot products in hardware. Elsewhere it is emulated and slower than float32.
bool cpu_has_bf16() {
#if defined(__x86_64__)
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx512bf16");
#else
    return false;
#endif
}

std::string cpu_description() {
    std::ifstream info("/proc/cpuinfo");
    std::string line, model = "processor";
    while (std::getline(info, line))
        if (line.rfind("model name", 0) == 0) {
            model = line.substr(line.find(':') + 2);
            break;
        }
    return model + ", " + std::to_string(std::max(1u, std::thread::hardware_concurrency())) +
           " threads";
}

int cuda_devices() {
    return at::hasCUDA() ? static_cast<int>(at::detail::getCUDAHooks().getNumGPUs()) : 0;
}

at::Device choose_device(const std::string& asked) {
    const int gpus = cuda_devices();
    if (asked == "cpu" || (asked == "auto" && gpus == 0))
        return at::kCPU;
    if (asked == "auto")
        return at::Device(at::kCUDA, 0);
    int index = 0;
    if (asked.rfind("cuda:", 0) == 0 && asked.size() > 5 && asked.size() < 9 &&
        asked.find_first_not_of("0123456789", 5) == std::string::npos)
        index = std::stoi(asked.substr(5));
    else if (asked != "cuda")
        throw Error(ErrorCode::invalid_option,
                    "The device \"" + asked + "\" is unknown; use auto, cpu, cuda or cuda:N.");
    if (gpus == 0)
        throw Error(ErrorCode::no_device,
                    at::hasCUDA()
                        ? "No CUDA device can be used: check that the driver is loaded and that "
                          "the GPU is visible, or use --device cpu."
                        : "This build's LibTorch has no CUDA: build against PyPI's torch (see "
                          "README), or use --device cpu.");
    if (index >= gpus)
        throw Error(ErrorCode::no_device, "There is no device cuda:" + std::to_string(index) +
                                              "; the last is cuda:" + std::to_string(gpus - 1) +
                                              ".");
    return at::Device(at::kCUDA, static_cast<at::DeviceIndex>(index));
}

} // namespace

std::vector<DeviceInfo> list_devices() {
    std::vector<DeviceInfo> devices;
    devices.push_back({"cpu", cpu_description(), cpu_has_bf16(),
                       static_cast<std::int64_t>(sysconf(_SC_PHYS_PAGES)) *
                           static_cast<std::int64_t>(sysconf(_SC_PAGE_SIZE))});
    for (int i = 0; i < cuda_devices(); ++i)
        devices.push_back({"cuda:" + std::to_string(i), "CUDA device", true, 0});
    return devices;
}

Placement choose_placement(const ManieraOptions& resolved, bool reference) {
    Placement placement;
    placement.device = choose_device(resolved.device);
    const int threads = resolved.threads > 0
                            ? resolved.threads
                            : static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
    at::set_num_threads(threads); // LibTorch starts with 1 when nobody asks
    at::globalContext().setFlushDenormal(true);
    const bool has_bf16 = placement.device.is_cuda() || cpu_has_bf16();
    const bool bf16 = resolved.precision == MANIERA_PRECISION_BF16 ||
                      (resolved.precision == MANIERA_PRECISION_AUTO && has_bf16 && !reference);
    placement.precision = bf16 ? at::kBFloat16 : at::kFloat;
    return placement;
}

std::string device_name(const Placement& placement) { return placement.device.str(); }

std::string precision_name(const Placement& placement) {
    return placement.precision == at::kBFloat16 ? "bf16" : "fp32";
}

} // namespace maniera
