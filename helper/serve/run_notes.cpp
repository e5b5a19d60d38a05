// SPDX-License-Identifier: GPL-3.0-or-later

#include "helper/serve/run_notes.h"

#include "helper/job/report.h"
#include "helper/messages/message.h"
#include "helper/messages/protocol.h"

#include <utility>

namespace maniera {

using nlohmann::json;
using nlohmann::ordered_json;

RunNotes::RunNotes(json id, LineWriter& writer) : id_(std::move(id)), writer_(writer) {}

bool RunNotes::progress_is_due() {
    const Clock::time_point now = Clock::now();
    if (now < next_)
        return false;
    next_ = now + std::chrono::milliseconds(1000 / MANIERA_PROGRESS_PER_SECOND);
    return true;
}

ordered_json RunNotes::with_id(const ordered_json& more) const {
    ordered_json said = {{"id", id_}};
    said.update(more);
    return said;
}

bool RunNotes::progress(const ordered_json& more, const Progress& progress,
                        const std::optional<WrittenPreview>& preview) {
    ordered_json said = with_id(more);
    said.update(members(progress));
    if (preview)
        said["preview"] = {
            {"offset", preview->offset}, {"width", preview->width}, {"height", preview->height}};
    return writer_.say_if_idle(notification_line(MANIERA_METHOD_PROGRESS, said));
}

void RunNotes::log(Notice kind, const std::string& text) {
    writer_.say(notification_line(MANIERA_METHOD_LOG, members(kind, text)));
}

void RunNotes::say(const char* method, const ordered_json& more) {
    writer_.say(notification_line(method, with_id(more)));
}

} // namespace maniera
