// SPDX-License-Identifier: GPL-3.0-or-later

#include "helper/cli/frames_command.h"

#include "helper/cli/errors.h"
#include "helper/cli/flags.h"
#include "helper/cli/terminal.h"
#include "helper/frames/ffmpeg.h"
#include "helper/frames/frames.h"
#include "helper/frames/video.h"
#include "helper/job/report.h"

#include <cstdio>
#include <optional>
#include <string>

namespace maniera {
namespace {

using nlohmann::ordered_json;

[[noreturn]] void refuse(const std::string& why) { throw Error(ErrorCode::invalid_request, why); }

// "48 frames painted in 31.2 s, in 2 shots, 10 done before."
std::string in_words(const FramesSummary& summary) {
    const auto count = [](std::size_t number, const char* one, const char* more) {
        return std::to_string(number) + " " + (number == 1 ? one : more);
    };
    std::string text = count(summary.painted, "frame painted", "frames painted");
    if (summary.painted > 0) {
        char seconds[40];
        std::snprintf(seconds, sizeof seconds, " in %.1f s, ", summary.seconds);
        text += seconds + count(summary.shots, "of them begun anew", "of them begun anew");
    }
    if (summary.skipped > 0)
        text += ", " + std::to_string(summary.skipped) + " done before";
    if (summary.left() > 0)
        text += ", " + std::to_string(summary.left()) + " left";
    return text + ".";
}

const char* const resume_hint = " Run the same command again to continue.";

// What people, or programs with --json, read while frames are painted and at their end.
class Report {
public:
    Report(const FramesSummary& summary, bool json) : summary_(summary), json_(json) {}

    FramesListener listener(const StopSignal& stop) {
        FramesListener listener;
        listener.progress = [this](std::size_t number, const BatchPicture&, const Progress& now) {
            if (!json_) {
                if (!line_)
                    line_.emplace(std::to_string(number) + "/" + std::to_string(summary_.frames) +
                                  "  ");
                line_->show(now);
            }
        };
        listener.painted = [this](std::size_t number, const BatchPicture& frame,
                                  const Result& result, bool anew) {
            line_.reset();
            event("frame", number, frame,
                  {{"anew", anew},
                   {"steps", result.steps},
                   {"seconds", result.seconds},
                   {"loss", result.loss}});
        };
        listener.skipped = [this](std::size_t number, const BatchPicture& frame) {
            event("skipped", number, frame, ordered_json::object());
        };
        listener.warn = [this](const BatchPicture& frame, const std::string& text) {
            if (line_)
                line_->clear();
            if (!json_)
                print_sentence(frame.file + ": " + text);
            else
                print_line({{"event", "log"}, {"content", frame.file}, {"message", text}});
        };
        listener.stop = [&stop] { return stop.number() != 0; };
        return listener;
    }

    void end() {
        line_.reset();
        if (json_)
            print_line({{"event", "summary"},
                        {"frames", summary_.frames},
                        {"painted", summary_.painted},
                        {"skipped", summary_.skipped},
                        {"anew", summary_.shots},
                        {"left", summary_.left()},
                        {"complete", !summary_.stopped},
                        {"seconds", summary_.seconds}});
        else
            std::fprintf(stderr, "maniera: %s%s%s\n", summary_.stopped ? "stopped: " : "",
                         in_words(summary_).c_str(), summary_.stopped ? resume_hint : "");
    }

private:
    // A line of JSON about one frame; nothing for people.
    void event(const char* name, std::size_t number, const BatchPicture& frame,
               const ordered_json& more) const {
        if (!json_)
            return;
        ordered_json value = {{"event", name},
                              {"content", frame.file},
                              {"output", frame.output},
                              {"frame", number},
                              {"frames", summary_.frames}};
        value.update(more);
        print_line(value);
    }

    const FramesSummary& summary_;
    const bool json_;
    std::optional<ProgressLine> line_; // one a frame
};

} // namespace

void add_frames_flags(CLI::App& app, Frames& frames) {
    const std::string group = "Frames";
    app.add_option("source", frames.source, "A folder of numbered pictures, or a video");
    add_flag(app, "-o,--output", "FOLDER|VIDEO", "Where the paintings go", group,
             [&frames](const std::string& name) { frames.output = name; });
    add_flag(app, "--frame-rate", "N", "Frames a second of a video that is made of a folder [25]",
             group, [&frames](const std::string& text) {
                 const double rate = amount("--frame-rate", text);
                 if (rate < 1 || rate > 1000)
                     throw Error(ErrorCode::invalid_option,
                                 "--frame-rate must be a number from 1 to 1000, and \"" + text +
                                     "\" is not.");
                 frames.rate = text;
             });
    add_flag(
        app, "--temporal-weight", "X", "How strongly a frame stays near the one before it [100]",
        group,
        [&frames](const std::string& text) { frames.weight = amount("--temporal-weight", text); });
    add_flag(app, "--frame-steps", "N",
             "Steps of each frame that follows another [half of a lone picture's at full size]",
             group, [&frames](const std::string& text) {
                 const double steps = amount("--frame-steps", text);
                 if (steps < 1 || steps > 100000 || steps != static_cast<int>(steps))
                     throw Error(ErrorCode::invalid_option,
                                 "--frame-steps must be a whole number from 1 to 100000, and \"" +
                                     text + "\" is not.");
                 frames.steps = static_cast<int>(steps);
             });
}

void check_frames(const Frames& frames) {
    if (frames.source.empty())
        refuse("Frames are missing; name a folder of numbered pictures, or a video.");
    if (frames.recipe.styles.empty())
        refuse("A style is missing; name a painting with --style FILE.");
    if (frames.output.empty())
        refuse("An output is missing; name a folder or a video for the paintings with -o.");
}

int frames_command(const Frames& frames, bool json) {
    const StopSignal stop;
    FramesSummary summary;
    Report report(summary, json);
    try {
        if (names_a_video(frames.source) || names_a_video(frames.output))
            run_video(frames, report.listener(stop), summary);
        else
            run_frames(frames, report.listener(stop), summary);
    } catch (...) {
        if (summary.painted + summary.skipped == 0)
            throw; // before any work: there is nothing else to report
        report.end();
        const Error error = current_error();
        throw Error(error.code(), error.what() + std::string(resume_hint));
    }
    report.end();
    return summary.stopped ? 128 + stop.number() : 0;
}

} // namespace maniera
