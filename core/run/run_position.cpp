// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/run/run_position.h"

#include "core/error.h"
#include "core/image/scale_schedule.h"

#include <limits>

namespace maniera {

void save_position(const RunPosition& position, CheckpointWriter& writer) {
    writer.number("scale", static_cast<double>(position.scale));
    writer.number("step", position.step);
    writer.number("steps", position.steps);
    writer.number("seconds", position.seconds);
    writer.number("loss", position.loss);
    writer.number("budget", position.budget);
}

RunPosition load_position(const CheckpointReader& reader, const ResolvedOptions& resolved,
                          std::size_t scales) {
    const double scale = reader.number("scale"), step = reader.number("step");
    if (!(scale >= 0 && scale < static_cast<double>(scales)) ||
        !(step >= 0 && step <= steps_at(resolved, static_cast<std::size_t>(scale))))
        throw Error(ErrorCode::invalid_request,
                    "The checkpoint is of a run with other scales or iterations; go on with the "
                    "options it was made with.");
    return {static_cast<std::size_t>(scale),
            static_cast<int>(step),
            static_cast<int>(reader.number("steps")),
            reader.number("seconds"),
            reader.number("loss"),
            reader.number("budget")};
}

std::int64_t budget_bytes(const RunPosition& position) {
    constexpr double most = 9e18;
    return position.budget > 0 && position.budget < most
               ? static_cast<std::int64_t>(position.budget)
               : std::numeric_limits<std::int64_t>::max();
}

} // namespace maniera
