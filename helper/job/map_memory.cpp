// SPDX-License-Identifier: GPL-3.0-or-later

#include "helper/job/map_memory.h"

#include "core/error.h"

#include <nlohmann/json.hpp>

#include <limits>
#include <string>

namespace maniera {
namespace {

using nlohmann::json;

std::uint64_t whole_at(const json& maps, const char* key, std::uint64_t least, std::uint64_t most) {
    const json value = maps.is_object() ? maps.value(key, json()) : json();
    const bool whole =
        value.is_number_unsigned() || (value.is_number_integer() && value.get<std::int64_t>() >= 0);
    if (!whole || value.get<std::uint64_t>() < least || value.get<std::uint64_t>() > most)
        throw Error(ErrorCode::invalid_request,
                    "The request parts needs maps with a whole number as " + std::string(key) +
                        ", from " + std::to_string(least) + " to " + std::to_string(most) + ".");
    return value.get<std::uint64_t>();
}

} // namespace

MapMemory maps_from_message(const json& params) {
    const json maps = params.value("maps", json());
    constexpr std::uint64_t last_offset = std::numeric_limits<std::int64_t>::max();
    return {whole_at(maps, "offset", 0, last_offset),
            static_cast<int>(whole_at(maps, "side", 16, 1 << 14))};
}

} // namespace maniera
