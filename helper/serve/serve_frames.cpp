// SPDX-License-Identifier: GPL-3.0-or-later

#include "helper/serve/serve_frames.h"

#include "core/error.h"
#include "core/resolved_options.h"
#include "helper/job/report.h"
#include "helper/messages/message.h"
#include "helper/messages/protocol.h"

#include <filesystem>
#include <optional>
#include <string>
#include <utility>

namespace maniera {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

// A frame that follows another takes about so much of the time of one that is painted alone.
constexpr double follower = 0.45;

// The part of all work that is done where this part of this frame is.
double fraction_of(std::size_t number, std::size_t frames, double part) {
    const double all = 1 + follower * (static_cast<double>(frames) - 1);
    return (number == 1 ? part : 1 + follower * (static_cast<double>(number) - 2 + part)) / all;
}

std::string folder_at(const json& params, const char* key) {
    const json value = params.value(key, json());
    const std::string name = value.is_string() ? value.get<std::string>() : "";
    refuse_control_characters(name, std::string("The ") + key);
    if (!std::filesystem::path(name).is_absolute())
        throw Error(ErrorCode::invalid_request, "The request frames needs the full path of a "
                                                "folder as its " +
                                                    std::string(key) + ".");
    return name;
}

} // namespace

Frames frames_from_message(const json& params) {
    Frames frames;
    if (!params.contains("job"))
        throw Error(ErrorCode::invalid_request, "The request has no job.");
    frames.recipe = recipe_from_message(params["job"]);
    if (frames.recipe.styles.empty())
        throw Error(ErrorCode::invalid_request, "The job has no styles; name a painting.");
    frames.source = folder_at(params, "source");
    frames.output = folder_at(params, "output");
    return frames;
}

FramesReport::FramesReport(json id, const Job& recipe, const SharedMemory& memory,
                           const FramesSummary& summary, LineWriter& writer)
    : id_(std::move(id)), summary_(summary), writer_(writer),
      slots_(recipe.preview, resolve(recipe.options).preview_interval, memory,
             [this](const std::string& text) { warn(text); }) {}

FramesListener FramesReport::listener() {
    FramesListener listener;
    listener.progress = [this](std::size_t number, const BatchPicture&, const Progress& now) {
        progress(number, now);
    };
    listener.painted = [this](std::size_t number, const BatchPicture& frame, const Result&, bool) {
        done(number, frame);
    };
    listener.skipped = [this](std::size_t number, const BatchPicture& frame) {
        done(number, frame);
    };
    listener.warn = [this](const BatchPicture&, const std::string& text) { warn(text); };
    return listener;
}

void FramesReport::warn(const std::string& text) {
    writer_.say(notification_line(MANIERA_METHOD_LOG, members(Notice::other, text)));
}

void FramesReport::progress(std::size_t number, Progress progress) {
    const Clock::time_point now = Clock::now();
    if (now < next_)
        return;
    next_ = now + std::chrono::milliseconds(1000 / MANIERA_PROGRESS_PER_SECOND);
    const double fraction = fraction_of(number, summary_.frames, progress.fraction);
    progress.fraction = fraction;
    progress.seconds = std::chrono::duration<double>(now - start_).count();
    progress.seconds_left = fraction > 0 ? progress.seconds * (1 - fraction) / fraction : 0;
    ordered_json said = {{"id", id_}, {"frame", number}, {"frames", summary_.frames}};
    said.update(members(progress));
    const std::optional<WrittenPreview> at = slots_.update(progress);
    if (at)
        said["preview"] = {{"offset", at->offset}, {"width", at->width}, {"height", at->height}};
    if (writer_.say_if_idle(notification_line(MANIERA_METHOD_PROGRESS, said)) && at)
        slots_.take_turns();
}

void FramesReport::done(std::size_t number, const BatchPicture& frame) {
    const ordered_json said = {
        {"id", id_}, {"frame", number}, {"frames", summary_.frames}, {"file", frame.output}};
    writer_.say(notification_line(MANIERA_METHOD_FRAME, said));
}

} // namespace maniera
