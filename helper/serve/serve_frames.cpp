// SPDX-License-Identifier: GPL-3.0-or-later

#include "helper/serve/serve_frames.h"

#include "core/error.h"
#include "core/resolved_options.h"
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

// The part of all work that is done where this part of this frame is.
double fraction_of(std::size_t number, std::size_t frames, double part) {
    constexpr double follower = MANIERA_FOLLOWING_FRAME;
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

Frames frames_from_message(const json& job, const json& params) {
    Frames frames;
    frames.recipe = recipe_from_message(job);
    if (frames.recipe.styles.empty())
        throw Error(ErrorCode::invalid_request, "The job has no styles; name a painting.");
    frames.source = folder_at(params, "source");
    frames.output = folder_at(params, "output");
    return frames;
}

FramesReport::FramesReport(json id, const Job& recipe, const SharedMemory& memory,
                           const FramesSummary& summary, LineWriter& writer)
    : summary_(summary), notes_(std::move(id), writer),
      slots_(recipe.preview, resolve(recipe.options).preview_interval, memory,
             [this](const std::string& text) { notes_.log(Notice::other, text); }) {}

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
    listener.warn = [this](const BatchPicture&, const std::string& text) {
        notes_.log(Notice::other, text);
    };
    return listener;
}

void FramesReport::progress(std::size_t number, Progress progress) {
    if (!notes_.progress_is_due())
        return;
    const double fraction = fraction_of(number, summary_.frames, progress.fraction);
    progress.fraction = fraction;
    progress.seconds = std::chrono::duration<double>(Clock::now() - start_).count();
    progress.seconds_left = fraction > 0 ? progress.seconds * (1 - fraction) / fraction : 0;
    const std::optional<WrittenPreview> preview = slots_.update(progress);
    const ordered_json which = {{"frame", number}, {"frames", summary_.frames}};
    if (notes_.progress(which, progress, preview) && preview)
        slots_.take_turns();
}

void FramesReport::done(std::size_t number, const BatchPicture& frame) {
    notes_.say(MANIERA_METHOD_FRAME,
               {{"frame", number}, {"frames", summary_.frames}, {"file", frame.output}});
}

} // namespace maniera
