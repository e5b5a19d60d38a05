// SPDX-License-Identifier: GPL-3.0-or-later
// The control groups of Linux that this process is in, of version 2 and 1. Internal.

#pragma once

#include <functional>
#include <string>

namespace maniera {

// Calls `use` for each group that limits what `controller` ("memory", "cpu") gives this process,
// and for those above it, with the group's folder. `unified`: it is of version 2, whose files have
// other names. `root` stands before /proc and /sys in tests.
void for_own_groups(const std::string& controller,
                    const std::function<void(const std::string& folder, bool unified)>& use,
                    const std::string& root = "");

} // namespace maniera
