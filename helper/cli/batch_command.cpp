// SPDX-License-Identifier: GPL-3.0-or-later

#include "helper/cli/batch_command.h"

#include "helper/batch/batch.h"
#include "helper/cli/errors.h"
#include "helper/cli/terminal.h"
#include "helper/job/report.h"

#include <cstdio>
#include <optional>
#include <string>
#include <vector>

namespace maniera {
namespace {

using nlohmann::ordered_json;

std::string count_of(std::size_t count, const char* what) {
    return std::to_string(count) + " " + what;
}

// "28 pictures painted in 31.2 s (29.9 s of it in the optimizer), 2 done before, 1 failed."
std::string in_words(const BatchSummary& summary) {
    std::string text =
        summary.painted == 1 ? "1 picture painted" : count_of(summary.painted, "pictures painted");
    if (summary.painted > 0) {
        char seconds[80];
        std::snprintf(seconds, sizeof seconds, " in %.1f s (%.1f s of it in the optimizer)",
                      summary.seconds, summary.painting_seconds);
        text += seconds;
    }
    if (summary.skipped > 0)
        text += ", " + count_of(summary.skipped, "done before");
    if (summary.failed > 0)
        text += ", " + count_of(summary.failed, "failed");
    if (summary.left() > 0)
        text += ", " + count_of(summary.left(), "left");
    return text + ".";
}

ordered_json members(const BatchSummary& summary) {
    return {{"pictures", summary.pictures}, {"painted", summary.painted},
            {"skipped", summary.skipped},   {"failed", summary.failed},
            {"left", summary.left()},       {"complete", !summary.stopped},
            {"seconds", summary.seconds},   {"painting-seconds", summary.painting_seconds}};
}

const char* const resume_hint = " Run the same command with --resume to continue.";

// What people, or programs with --json, read while a batch is painted and at its end.
class Report {
public:
    Report(const BatchSummary& summary, bool json) : summary_(summary), json_(json) {}

    void progress(std::size_t number, const BatchPicture& picture, const Progress& now) {
        if (json_) {
            event("progress", number, picture, maniera::members(now));
            return;
        }
        if (!line_)
            line_.emplace(std::to_string(number) + "/" + std::to_string(summary_.pictures) + "  ");
        line_->show(now);
    }

    void painted(std::size_t number, const BatchPicture& picture, const Result& result,
                 const Manifest& model) {
        line_.reset();
        ordered_json more = {{"output", picture.output}};
        more.update(maniera::members(result, model));
        event("result", number, picture, more);
    }

    void skipped(std::size_t number, const BatchPicture& picture) const {
        event("skipped", number, picture, {{"output", picture.output}});
    }

    void failed(std::size_t number, const BatchPicture& picture, const Error& error) {
        line_.reset();
        // Some sentences name the picture, and those about options and memory cannot.
        std::string sentence = error.what();
        if (sentence.find(picture.file) == std::string::npos)
            sentence = picture.file + ": " + sentence;
        failures_.push_back(sentence);
        event("error", number, picture,
              {{"code", error_name(error.code())}, {"message", sentence}});
    }

    void warn(std::size_t number, const BatchPicture& picture, Notice kind,
              const std::string& text) {
        if (json_) {
            event("log", number, picture, maniera::members(kind, text));
            return;
        }
        if (line_)
            line_->clear();
        print_sentence(picture.file + ": " + text);
    }

    void end() {
        line_.reset();
        if (json_) {
            ordered_json value = {{"event", "summary"}};
            value.update(members(summary_));
            print_line(value);
            return;
        }
        for (const std::string& sentence : failures_)
            print_sentence(sentence);
        std::fprintf(stderr, "maniera: %s%s%s\n", summary_.stopped ? "stopped: " : "",
                     in_words(summary_).c_str(), summary_.stopped ? resume_hint : "");
    }

private:
    // A line of JSON about one picture; nothing for people.
    void event(const char* name, std::size_t number, const BatchPicture& picture,
               const ordered_json& more) const {
        if (!json_)
            return;
        ordered_json value = {{"event", name},
                              {"content", picture.file},
                              {"picture", number},
                              {"pictures", summary_.pictures}};
        value.update(more);
        print_line(value);
    }

    const BatchSummary& summary_;
    const bool json_;
    std::vector<std::string> failures_; // a sentence each
    std::optional<ProgressLine> line_;  // one a picture
};

BatchListener listener_of(Report& report, const StopSignal& stop) {
    BatchListener listener;
    listener.progress = [&](auto&&... what) { report.progress(what...); };
    listener.painted = [&](auto&&... what) { report.painted(what...); };
    listener.skipped = [&](auto&&... what) { report.skipped(what...); };
    listener.failed = [&](auto&&... what) { report.failed(what...); };
    listener.warn = [&](auto&&... what) { report.warn(what...); };
    listener.stop = [&] { return stop.number() != 0; };
    return listener;
}

} // namespace

int batch_command(const Batch& batch, bool json) {
    const StopSignal stop;
    BatchSummary summary;
    Report report(summary, json);
    try {
        run_batch(batch, listener_of(report, stop), summary);
    } catch (...) {
        if (summary.painted + summary.skipped + summary.failed == 0)
            throw; // before any work: there is nothing else to report
        report.end();
        const Error error = current_error();
        throw Error(error.code(), error.what() + std::string(resume_hint));
    }
    report.end();
    return summary.stopped      ? 128 + stop.number()
           : summary.failed > 0 ? exit_code(ErrorCode::unreadable_image)
                                : 0;
}

} // namespace maniera
