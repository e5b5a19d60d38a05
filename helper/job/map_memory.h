// SPDX-License-Identifier: GPL-3.0-or-later
// Where maps of the parts go in `serve`: the member `maps` of a request's params.

#pragma once

#include <nlohmann/json_fwd.hpp>

#include <cstdint>

namespace maniera {

// A slot of side x side bytes for the content and each style.
struct MapMemory {
    std::uint64_t offset = 0; // bytes
    int side = 0;
};

// Throws Error{invalid_request}.
MapMemory maps_from_message(const nlohmann::json& params);

} // namespace maniera
