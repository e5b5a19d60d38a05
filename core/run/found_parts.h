// SPDX-License-Identifier: GPL-3.0-or-later
// The parts that were found last, by what they were found in: GIMP's looks follow each other with
// the same pictures and other settings. Internal.
//
//     static FoundParts last;
//     inputs.parts = last.get(key, [&] { return search(); });

#pragma once

#include "core/inputs.h"

#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace maniera {

class FoundParts {
public:
    // Of the same key, or what `search` finds. Threads wait for each other.
    std::vector<PartPair> get(const std::string& key,
                              const std::function<std::vector<PartPair>()>& search);

private:
    static constexpr std::size_t most = 4; // some MB each
    std::mutex mutex_;
    std::deque<std::pair<std::string, std::vector<PartPair>>> last_;
};

} // namespace maniera
