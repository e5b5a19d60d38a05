// SPDX-License-Identifier: GPL-3.0-or-later
// The request `parts` of serve.

#pragma once

#include "helper/job/map_memory.h"
#include "helper/run/job_parts.h"

#include <nlohmann/json.hpp>

namespace maniera {

// Finds the job's parts, writes each picture's map of them to the memory, and returns the reply's
// result. Throws as find_job_parts does, and Error{invalid_request} where the maps are not within
// the memory.
nlohmann::ordered_json find_and_map_parts(const Job& job, const MapMemory& maps,
                                          const SharedMemory& memory, ModelCache& models,
                                          const Listener& listener);

} // namespace maniera
