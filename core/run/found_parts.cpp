// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/run/found_parts.h"

namespace maniera {

std::vector<PartPair> FoundParts::get(const std::string& key,
                                      const std::function<std::vector<PartPair>()>& search) {
    const std::lock_guard<std::mutex> lock(mutex_);
    for (const auto& [known, parts] : last_)
        if (known == key)
            return parts;
    last_.emplace_front(key, search());
    if (last_.size() > most)
        last_.pop_back();
    return last_.front().second;
}

} // namespace maniera
