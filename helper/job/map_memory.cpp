// SPDX-License-Identifier: GPL-3.0-or-later

#include "helper/job/map_memory.h"

#include "core/error.h"
#include "helper/messages/message.h"

#include <nlohmann/json.hpp>

#include <limits>
#include <optional>
#include <string>

namespace maniera {
namespace {

using nlohmann::json;

std::uint64_t whole_at(const json& maps, const char* key, std::uint64_t least, std::uint64_t most) {
    const std::optional<std::uint64_t> value = whole_number(maps, key, least, most);
    if (!value)
        throw Error(ErrorCode::invalid_request,
                    "The request parts needs maps with a whole number as " + std::string(key) +
                        ", from " + std::to_string(least) + " to " + std::to_string(most) + ".");
    return *value;
}

} // namespace

MapMemory maps_from_message(const json& params) {
    const json maps = params.value("maps", json());
    constexpr std::uint64_t last_offset = std::numeric_limits<std::int64_t>::max();
    return {whole_at(maps, "offset", 0, last_offset),
            static_cast<int>(whole_at(maps, "side", 16, 1 << 14))};
}

} // namespace maniera
