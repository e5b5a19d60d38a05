// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/run/resumed_budget.h"

#include <algorithm>

namespace maniera {

std::int64_t resumed_budget(std::int64_t began_with, const Budget& now,
                            const std::vector<Size>& sizes, const ResolvedOptions& resolved) {
    const bool fits = std::all_of(sizes.begin(), sizes.end(), [&](Size size) {
        const ScaleLoad load = load_of(now, resolved, size);
        return choose_plan(load, resolved, now.network, began_with, now.scratch_folder).bytes <=
               now.bytes;
    });
    return fits ? began_with : now.bytes;
}

} // namespace maniera
