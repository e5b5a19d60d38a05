// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/distributed/joint_interruption.h"

#include "core/base/interruption.h"

#include <algorithm>
#include <string>
#include <vector>

namespace maniera {

void or_all_abandon(Communicator& comm, const std::function<void()>& body) {
    if (comm.size() == 1)
        return body();
    std::string abandoned;
    try {
        body();
    } catch (const Interrupted&) {
        abandoned = "abandoned";
    }
    const std::vector<std::string> all = comm.all_gather(abandoned);
    if (std::find(all.begin(), all.end(), "abandoned") != all.end())
        throw Interrupted();
}

} // namespace maniera
