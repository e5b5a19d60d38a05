// SPDX-License-Identifier: GPL-3.0-or-later
// What a client is told of a request while it is done.

#pragma once

#include "core/stylize.h"
#include "helper/run/previews.h"
#include "helper/serve/stdio_transport.h"

#include <nlohmann/json.hpp>

#include <chrono>
#include <optional>
#include <string>

namespace maniera {

class RunNotes {
public:
    // `writer` must outlive this.
    RunNotes(nlohmann::json id, LineWriter& writer);

    // Whether progress may be told again, MANIERA_PROGRESS_PER_SECOND times at most. Where it may,
    // the next time is counted from now.
    bool progress_is_due();

    // `more` stands between the id and the rest. Returns whether it was taken: no line waits behind
    // others.
    bool progress(const nlohmann::ordered_json& more, const Progress& progress,
                  const std::optional<WrittenPreview>& preview);

    void log(Notice kind, const std::string& text);
    void say(const char* method, const nlohmann::ordered_json& more); // with the id

private:
    using Clock = std::chrono::steady_clock;

    nlohmann::ordered_json with_id(const nlohmann::ordered_json& more) const;

    const nlohmann::json id_;
    LineWriter& writer_;
    Clock::time_point next_{};
};

} // namespace maniera
