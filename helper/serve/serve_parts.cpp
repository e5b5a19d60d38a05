// SPDX-License-Identifier: GPL-3.0-or-later

#include "helper/serve/serve_parts.h"

#include <cstdint>
#include <string>

namespace maniera {

using nlohmann::ordered_json;

nlohmann::ordered_json find_and_map_parts(const Job& job, const MapMemory& maps,
                                          const SharedMemory& memory, ModelCache& models,
                                          const Listener& listener) {
    const std::string what = "The memory for maps";
    const std::uint64_t slot = static_cast<std::uint64_t>(maps.side) * maps.side;
    memory.check(maps.offset, slot * (1 + job.styles.size()), what);
    const JobParts found = find_job_parts(job, maps.side, memory, models, listener);
    ordered_json names = ordered_json::array(), places = ordered_json::array();
    for (const PartPair& part : found.parts)
        names.push_back(part.name);
    for (std::size_t i = 0; i < found.pictures.size(); ++i) {
        const std::uint64_t offset = maps.offset + i * slot;
        memory.write(offset, found.labels[i].data(), found.labels[i].size(), what);
        places.push_back({{"offset", offset},
                          {"width", found.pictures[i].width},
                          {"height", found.pictures[i].height}});
    }
    return {{"parts", names}, {"maps", places}};
}

} // namespace maniera
