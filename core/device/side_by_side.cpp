// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/device/side_by_side.h"

#include "core/device/one_blas_thread.h"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <c10/core/InferenceMode.h>

#include <algorithm>
#include <atomic>

namespace maniera {
namespace {

// MKL, which PyPI's torch has inside, shares its work among its own number of threads, and loses
// some of it where those of this process are busy side by side: of 512x512 eigenvectors made so
// most are nonsense (torch 2.11).
std::size_t threads_to_share() {
    return at::hasMKL() ? 1 : static_cast<std::size_t>(at::get_num_threads());
}

void one_after_another(std::size_t count, const std::function<void(std::size_t)>& f) {
    for (std::size_t i = 0; i < count; ++i)
        f(i);
}

// LibTorch and the BLAS compute in one thread within.
void in_threads(std::size_t threads, std::size_t count, const std::function<void(std::size_t)>& f) {
    std::atomic<std::size_t> next{0};
    const bool inference = c10::InferenceMode::is_enabled(); // threads have each their own mode
    at::parallel_for(0, static_cast<std::int64_t>(threads), 1, [&](std::int64_t, std::int64_t) {
        const c10::InferenceMode mode(inference);
        for (std::size_t i = next++; i < count; i = next++)
            f(i);
    });
}

} // namespace

void side_by_side(at::Device device, std::size_t count, const std::function<void(std::size_t)>& f) {
    const std::size_t threads = threads_to_share();
    if (!device.is_cpu() || threads == 1 || count < 2 * threads)
        one_after_another(count, f);
    else
        in_threads(threads, count, f);
}

void each_in_one_thread(std::size_t count, const std::function<void(std::size_t)>& f) {
    const std::size_t threads = threads_to_share();
    if (threads == 1 || count == 1) {
        const OneThread alone;
        one_after_another(count, f);
    } else {
        in_threads(std::min(threads, count), count, f);
    }
}

} // namespace maniera
