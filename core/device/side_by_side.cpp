// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/device/side_by_side.h"

#include <ATen/Parallel.h>
#include <c10/core/InferenceMode.h>

#include <atomic>

namespace maniera {

void side_by_side(at::Device device, std::size_t count, const std::function<void(std::size_t)>& f) {
    const auto threads = static_cast<std::size_t>(at::get_num_threads());
    std::atomic<std::size_t> next{0};
    const auto take = [&] {
        for (std::size_t i = next++; i < count; i = next++)
            f(i);
    };
    if (!device.is_cpu() || threads == 1 || count < 2 * threads) {
        take();
        return;
    }
    const bool inference = c10::InferenceMode::is_enabled(); // threads have each their own mode
    at::parallel_for(0, static_cast<std::int64_t>(threads), 1, [&](std::int64_t, std::int64_t) {
        const c10::InferenceMode mode(inference);
        take();
    });
}

} // namespace maniera
