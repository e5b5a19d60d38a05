// SPDX-License-Identifier: GPL-3.0-or-later
// OpenBLAS is asked by name: LibTorch may have been built with another BLAS, which is then inside
// of it.

#include "core/device/libraries.h"

#include "core/device/memory_limits.h"
#include "core/error.h"

#include <ATen/Version.h>
#include <ATen/ops/eye.h>
#include <ATen/ops/linalg_eigh.h>
#include <torch/version.h>

#include <dlfcn.h>
#include <sstream>

namespace maniera {
namespace {

std::string instructions() {
    std::string names;
#if defined(__x86_64__)
    __builtin_cpu_init();
    const auto add = [&](const char* name, bool has) {
        if (has)
            names += ", " + std::string(name);
    };
    add("AVX2", __builtin_cpu_supports("avx2"));
    add("AVX-512", __builtin_cpu_supports("avx512f"));
    add("AVX512-BF16", __builtin_cpu_supports("avx512bf16"));
    add("AMX-BF16", __builtin_cpu_supports("amx-bf16"));
#endif
    return "instructions: " + (names.empty() ? "the basic ones" : names.substr(2));
}

// LibTorch tells which of its code it runs in a line of its configuration.
std::string torch_line() {
    const std::string key = "CPU capability usage: ", config = at::show_config();
    const std::size_t begin = config.find(key);
    std::string line = std::string("LibTorch ") + TORCH_VERSION;
    if (begin != std::string::npos)
        line += ", kernels: " +
                config.substr(begin + key.size(), config.find('\n', begin) - begin - key.size());
    return line;
}

// "OpenBLAS 0.3.21 NO_LAPACKE DYNAMIC_ARCH ..."
std::string blas_line() {
    const auto ask = [](const char* name) -> std::string {
        char* (*function)() = nullptr;
        *reinterpret_cast<void**>(&function) = dlsym(RTLD_DEFAULT, name);
        return function ? function() : "";
    };
    std::istringstream config(ask("openblas_get_config"));
    std::string name, version;
    if (!(config >> name >> version))
        return "BLAS: " + at::get_mkl_version();
    return name + " " + version + ", kernels: " + ask("openblas_get_corename");
}

} // namespace

std::vector<std::string> libraries_in_use() {
    return {instructions(), torch_line(), "oneDNN: " + at::get_mkldnn_version(), blas_line()};
}

void require_room_for_libraries() {
    if (!has_room(room_for_libraries))
        throw Error(ErrorCode::out_of_memory,
                    "There is not enough memory: " + std::to_string(room_for_libraries >> 20) +
                        " MiB are needed besides the pictures; close other programs, or raise the "
                        "limit (ulimit -v).");
    // OpenBLAS keeps what it has got.
    static const bool has_buffers = [] {
        at::linalg_eigh(at::eye(8, at::kDouble));
        return true;
    }();
    static_cast<void>(has_buffers);
}

} // namespace maniera
