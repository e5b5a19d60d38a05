// SPDX-License-Identifier: GPL-3.0-or-later

#include "helper/cli/batch_command.h"

#include "helper/batch/batch.h"
#include "helper/cli/commands.h"
#include "helper/cli/terminal.h"
#include "helper/job/report.h"

#include <cstdio>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace maniera {
namespace {

using nlohmann::ordered_json;

std::string count_of(std::size_t count, const char* what) {
    return std::to_string(count) + " " + what;
}

// "28 pictures painted in 31.2 s (29.9 s of it in the optimiser), 2 done before, 1 cannot be used"
std::string in_words(const BatchSummary& summary) {
    std::string text =
        summary.painted == 1 ? "1 picture painted" : count_of(summary.painted, "pictures painted");
    if (summary.painted > 0) {
        char seconds[80];
        std::snprintf(seconds, sizeof seconds, " in %.1f s (%.1f s of it in the optimiser)",
                      summary.seconds, summary.painting_seconds);
        text += seconds;
    }
    if (summary.skipped > 0)
        text += ", " + count_of(summary.skipped, "done before");
    if (summary.failed > 0)
        text += ", " + count_of(summary.failed, "cannot be used");
    if (summary.left() > 0)
        text += ", " + count_of(summary.left(), "left");
    return text + ".";
}

const char* const go_on = " The same command with --resume goes on.";

// The end of a batch, for people.
void tell(const BatchSummary& summary, const std::vector<std::string>& bad) {
    for (const std::string& sentence : bad)
        std::fprintf(stderr, "maniera: %s\n", sentence.c_str());
    std::fprintf(stderr, "maniera: %s%s%s\n", summary.stopped ? "stopped: " : "",
                 in_words(summary).c_str(), summary.stopped ? go_on : "");
}

ordered_json members(const BatchSummary& summary) {
    return {{"pictures", summary.pictures}, {"painted", summary.painted},
            {"skipped", summary.skipped},   {"failed", summary.failed},
            {"left", summary.left()},       {"complete", !summary.stopped},
            {"seconds", summary.seconds},   {"painting-seconds", summary.painting_seconds}};
}

} // namespace

int batch_command(const Batch& batch, bool json) {
    const StopSignal stop;
    BatchSummary summary;
    std::vector<std::string> bad;
    std::optional<ProgressLine> line; // one a picture
    const auto event = [&](const char* name, std::size_t number, const BatchPicture& picture,
                           const ordered_json& more) {
        ordered_json value = {{"event", name},
                              {"content", picture.file},
                              {"picture", number},
                              {"pictures", summary.pictures}};
        value.update(more);
        print_line(value);
    };
    BatchListener listener;
    listener.progress = [&](std::size_t number, const BatchPicture& picture, const Progress& now) {
        if (json) {
            event("progress", number, picture, members(now));
            return;
        }
        if (!line)
            line.emplace(std::to_string(number) + "/" + std::to_string(summary.pictures) + "  ");
        line->show(now);
    };
    listener.painted = [&](std::size_t number, const BatchPicture& picture, const Result& result,
                           const Manifest& model) {
        line.reset();
        if (!json)
            return;
        ordered_json more = {{"output", picture.output}};
        more.update(members(result, model));
        event("result", number, picture, more);
    };
    listener.skipped = [&](std::size_t number, const BatchPicture& picture) {
        if (json)
            event("skipped", number, picture, {{"output", picture.output}});
    };
    listener.failed = [&](std::size_t number, const BatchPicture& picture, const Error& error) {
        line.reset();
        // Some sentences name the picture, and those about options and memory cannot.
        std::string sentence = error.what();
        if (sentence.find(picture.file) == std::string::npos)
            sentence = picture.file + ": " + sentence;
        bad.push_back(sentence);
        if (json)
            event("error", number, picture,
                  {{"code", error_name(error.code())}, {"message", sentence}});
    };
    listener.warn = [&](std::size_t number, const BatchPicture& picture, Notice kind,
                        const std::string& text) {
        if (json) {
            event("log", number, picture, members(kind, text));
            return;
        }
        if (line)
            line->clear();
        std::fprintf(stderr, "maniera: %s: %s\n", picture.file.c_str(), text.c_str());
    };
    listener.stop = [&] { return stop.number() != 0; };

    const auto end = [&] {
        line.reset();
        if (json) {
            ordered_json value = {{"event", "summary"}};
            value.update(members(summary));
            print_line(value);
        } else {
            tell(summary, bad);
        }
    };
    try {
        run_batch(batch, listener, summary);
    } catch (...) {
        if (summary.painted + summary.skipped + summary.failed == 0)
            throw; // before any work: there is nothing else to tell
        end();
        const Error error = current_error();
        throw Error(error.code(), error.what() + std::string(go_on));
    }
    end();
    return summary.stopped      ? 128 + stop.number()
           : summary.failed > 0 ? exit_code(ErrorCode::unreadable_image)
                                : 0;
}

} // namespace maniera
