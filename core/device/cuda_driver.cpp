// SPDX-License-Identifier: GPL-3.0-or-later
// The driver API is plain C whose functions, once released, keep their names and arguments; a
// toolkit's headers are not needed for a dozen of them.

#include "core/device/cuda_driver.h"

#include <algorithm>
#include <cstddef>
#include <dlfcn.h>

namespace maniera {
namespace {

constexpr int success = 0;                                  // CUDA_SUCCESS
constexpr int capability_major = 75, capability_minor = 76; // CU_DEVICE_ATTRIBUTE_COMPUTE_...

// The library stays loaded: it cannot be started twice in a process.
class Functions {
public:
    explicit Functions(const std::string& library)
        : library_(dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL)) {}

    bool loaded() const { return library_ != nullptr; }

    // What the function returns; -1 where the driver has none of this name.
    template <typename... Arguments>
    int call(const char* name, Arguments... arguments) const {
        using Function = int (*)(Arguments...);
        const auto function = reinterpret_cast<Function>(dlsym(library_, name));
        return function ? function(arguments...) : -1;
    }

private:
    void* library_;
};

} // namespace

CudaDriver ask_cuda_driver(const std::string& library) {
    CudaDriver driver;
    const Functions cuda(library);
    if (!cuda.loaded())
        return driver;
    driver.state = CudaDriver::State::refuses;
    cuda.call("cuDriverGetVersion", &driver.version);
    driver.error = cuda.call("cuInit", 0u);
    int count = 0;
    if (driver.error == success)
        driver.error = cuda.call("cuDeviceGetCount", &count);
    if (driver.error != success)
        return driver;
    driver.state = CudaDriver::State::ready;
    for (int i = 0; i < count; ++i) {
        int device = 0;
        char name[256] = "";
        std::size_t memory = 0;
        Gpu gpu;
        cuda.call("cuDeviceGet", &device, i);
        cuda.call("cuDeviceGetName", &name[0], static_cast<int>(sizeof name), device);
        cuda.call("cuDeviceGetAttribute", &gpu.major, capability_major, device);
        cuda.call("cuDeviceGetAttribute", &gpu.minor, capability_minor, device);
        cuda.call("cuDeviceTotalMem_v2", &memory, device);
        gpu.name = name;
        gpu.memory = static_cast<std::int64_t>(memory);
        driver.gpus.push_back(gpu);
    }
    return driver;
}

std::int64_t free_gpu_memory(int gpu, const std::string& library) {
    const Functions cuda(library);
    if (!cuda.loaded() || cuda.call("cuInit", 0u) != success)
        return -1;
    // The context that LibTorch uses too.
    int device = 0;
    void* context = nullptr;
    if (cuda.call("cuDeviceGet", &device, gpu) != success ||
        cuda.call("cuDevicePrimaryCtxRetain", &context, device) != success)
        return -1;
    std::size_t free = 0, all = 0;
    bool known = false;
    if (cuda.call("cuCtxPushCurrent_v2", context) == success) {
        known = cuda.call("cuMemGetInfo_v2", &free, &all) == success;
        cuda.call("cuCtxPopCurrent_v2", &context);
    }
    cuda.call("cuDevicePrimaryCtxRelease_v2", device);
    return known ? static_cast<std::int64_t>(free) : -1;
}

} // namespace maniera
