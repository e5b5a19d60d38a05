// SPDX-License-Identifier: GPL-3.0-or-later
// What processors there are, and the choice among them.

#include "core/device/device.h"

#include "core/device/cuda_driver.h"
#include "core/device/gpu_errors.h"
#include "core/device/memory_limits.h"
#include "core/device/placement.h"
#include "core/device/processors.h"
#include "core/error.h"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/ops/ones.h>
#include <c10/core/InferenceMode.h>
// Since 2.9 allocators of devices have a face that needs no headers of CUDA's.
#if __has_include(<torch/headeronly/core/ScalarType.h>)
#include <c10/core/CachingDeviceAllocator.h>
#define MANIERA_DEVICE_ALLOCATOR
#endif

#include <algorithm>
#include <exception>
#include <fstream>
#include <limits>
#include <optional>
#include <unistd.h>
#include <utility>

namespace maniera {
namespace {

// bfloat16 dot products in hardware. Elsewhere it is emulated.
bool cpu_has_bf16() {
#if defined(__x86_64__)
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx512bf16");
#else
    return false;
#endif
}

// Intel's vectors issue half as many of bfloat16's products, so that a step takes 1.3 times as long
// (measured at 512 and 1024 px) where a virtual machine hides the matrix unit.
bool such_are_quicker_in_bf16() {
#if defined(__x86_64__)
    return __builtin_cpu_is("amd") || __builtin_cpu_supports("amx-bf16");
#else
    return false;
#endif
}

std::function<std::optional<bool>()>& precision_judge() {
    static std::function<std::optional<bool>()> judge;
    return judge;
}

bool cpu_is_quicker_in_bf16() {
    if (!cpu_has_bf16())
        return false;
    static const bool is_quicker = [] {
        const auto judged = precision_judge() ? precision_judge()() : std::nullopt;
        return judged.value_or(such_are_quicker_in_bf16());
    }();
    return is_quicker;
}

std::string cpu_description() {
    std::ifstream info("/proc/cpuinfo");
    std::string line, model = "processor";
    while (std::getline(info, line))
        if (line.rfind("model name", 0) == 0) {
            model = line.substr(line.find(':') + 2);
            break;
        }
    return model + ", " + std::to_string(usable_threads()) + " threads";
}

CudaBuild cuda_build() {
    CudaBuild build;
    const auto& hooks = at::detail::getCUDAHooks();
    build.has_cuda = hooks.hasCUDART(); // hasCUDA() asks for a device too
    if (build.has_cuda) {
        build.runtime = static_cast<int>(hooks.versionCUDART());
        build.usable = static_cast<int>(hooks.getNumGPUs());
    }
    return build;
}

Gpu gpu_at(int index) {
    const std::vector<Gpu> gpus = ask_cuda_driver().gpus;
    return index < static_cast<int>(gpus.size()) ? gpus[index] : Gpu{"GPU", 0, 0, 0};
}

// The least that shows whether this LibTorch has code for a GPU and the GPU has room.
void try_gpu(at::Device device) {
    try {
        const c10::InferenceMode no_autograd;
        at::ones({1}, at::TensorOptions(device)).add_(1).item<float>();
    } catch (const std::exception& error) {
        throw gpu_failure(device.str(), gpu_at(device.index()), error.what());
    }
}

// `turn` is which of the GPUs is taken where none is named, over and over.
at::Device choose_device(const std::string& asked, int turn = 0) {
    const auto cuda = [](int index) {
        return at::Device(at::kCUDA, static_cast<at::DeviceIndex>(index));
    };
    if (asked == "cpu")
        return at::kCPU;
    const CudaBuild build = cuda_build();
    if (asked == "auto") {
        if (build.usable > 0)
            try {
                try_gpu(cuda(turn % build.usable));
                return cuda(turn % build.usable);
            } catch (const Error&) { // a GPU that cannot be used is none
            }
        return at::kCPU;
    }
    int index = 0;
    if (asked.rfind("cuda:", 0) == 0 && asked.size() > 5 && asked.size() < 9 &&
        asked.find_first_not_of("0123456789", 5) == std::string::npos)
        index = std::stoi(asked.substr(5));
    else if (asked != "cuda")
        throw Error(ErrorCode::invalid_option,
                    "The device \"" + asked + "\" is unknown; use auto, cpu, cuda or cuda:N.");
    if (build.usable == 0)
        throw Error(ErrorCode::no_device, why_no_gpu());
    if (asked == "cuda")
        index = turn % build.usable;
    if (index >= build.usable)
        throw Error(ErrorCode::no_device,
                    "There is no device cuda:" + std::to_string(index) +
                        "; the last is cuda:" + std::to_string(build.usable - 1) + ".");
    try_gpu(cuda(index));
    return cuda(index);
}

at::ScalarType choose_precision(const ResolvedOptions& resolved, at::Device device) {
    if (resolved.precision == MANIERA_PRECISION_FP32)
        return at::kFloat;
    const bool asked = resolved.precision == MANIERA_PRECISION_BF16;
    if (device.is_cpu())
        return asked || cpu_is_quicker_in_bf16() ? at::kBFloat16 : at::kFloat;
    const Gpu gpu = gpu_at(device.index());
    if (asked && gpu.major < 8)
        throw Error(ErrorCode::no_device, "The GPU " + device.str() + " (" + describe(gpu) +
                                              ") has no bfloat16; leave --precision at auto, or "
                                              "use fp32.");
    return gpu_precision(gpu.major, convention_of(resolved));
}

const char* name_of(at::ScalarType precision) {
    switch (precision) {
    case at::kBFloat16: return "bf16";
    case at::kHalf: return "fp16";
    default: return "fp32";
    }
}

// What LibTorch keeps on a GPU for tensors, those that are gone too.
std::int64_t held_on(at::Device device) {
#ifdef MANIERA_DEVICE_ALLOCATOR
    const auto stats = c10::getDeviceAllocator(device.type())->getDeviceStats(device.index());
    return stats.reserved_bytes[0].current; // 0: of all sizes
#else
    (void)device;
    return 0;
#endif
}

} // namespace

at::ScalarType gpu_precision(int major, const ObjectiveConvention& convention) {
    if (major >= 8)
        return at::kBFloat16;
    return major == 7 && convention.fits_half ? at::kHalf : at::kFloat;
}

std::int64_t gpu_budget(std::int64_t free, std::int64_t held, std::int64_t all) {
    const std::int64_t reserve = std::max<std::int64_t>(std::int64_t{256} << 20, all / 20);
    return std::max<std::int64_t>(0, free + held - reserve);
}

std::vector<DeviceInfo> list_devices() {
    std::vector<DeviceInfo> devices;
    devices.push_back({"cpu", cpu_description(), cpu_has_bf16(),
                       static_cast<std::int64_t>(sysconf(_SC_PHYS_PAGES)) *
                           static_cast<std::int64_t>(sysconf(_SC_PAGE_SIZE))});
    const int usable = cuda_build().usable;
    for (int i = 0; i < usable; ++i) {
        const Gpu gpu = gpu_at(i);
        devices.push_back({"cuda:" + std::to_string(i), describe(gpu), gpu.major >= 8, gpu.memory});
    }
    return devices;
}

void judge_precision_by(std::function<std::optional<bool>()> is_quicker_in_bf16) {
    precision_judge() = std::move(is_quicker_in_bf16);
}

std::string why_no_gpu() {
    const CudaBuild build = cuda_build();
    return why_no_gpu(build, build.has_cuda ? ask_cuda_driver() : CudaDriver());
}

RunDevice run_device(const ResolvedOptions& resolved) {
    Placement placement;
    placement.device = choose_device(resolved.device);
    placement.precision = choose_precision(resolved, placement.device);
    return run_device(placement);
}

RunDevice run_device(const Placement& placement) {
    return {device_name(placement), precision_name(placement),
            static_cast<double>(c10::elementSize(placement.precision)), placement.device.is_cuda()};
}

std::int64_t device_budget(const ResolvedOptions& resolved, const RunDevice& device, int ranks) {
    if (!device.gpu || maniera_option_is_set(&resolved, "memory"))
        return memory_budget(resolved, ranks);
    const at::Device gpu(device.name);
    const std::int64_t free = free_gpu_memory(gpu.index());
    if (free < 0)
        return std::numeric_limits<std::int64_t>::max(); // smaller tiles are found by trying
    return gpu_budget(free, held_on(gpu), gpu_at(gpu.index()).memory);
}

Placement choose_placement(const ResolvedOptions& resolved, bool reference, int local_rank,
                           int local_world_size) {
    Placement placement;
    placement.device = choose_device(resolved.device, local_rank);
    at::set_num_threads(
        resolved.threads > 0
            ? resolved.threads
            : usable_threads(local_world_size)); // LibTorch starts with 1 when nobody asks
    at::globalContext().setFlushDenormal(true);
    // Float32 is the reference: without this a GPU rounds its products' factors to 10 bits.
    at::globalContext().setAllowTF32CuDNN(false);
    at::globalContext().setAllowTF32CuBLAS(false);
    placement.precision = reference && resolved.precision == MANIERA_PRECISION_AUTO
                              ? at::kFloat
                              : choose_precision(resolved, placement.device);
    return placement;
}

std::string device_name(const Placement& placement) { return placement.device.str(); }

std::string precision_name(const Placement& placement) { return name_of(placement.precision); }

} // namespace maniera
