// SPDX-License-Identifier: GPL-3.0-or-later

#include "helper/frames/video.h"

#include "core/base/sha256.h"
#include "helper/files/output_file.h"
#include "helper/files/same_file.h"
#include "helper/frames/ffmpeg.h"
#include "helper/job/overwriting.h"

#include <filesystem>

namespace maniera {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void refuse(const std::string& why) { throw Error(ErrorCode::invalid_request, why); }

void check_names(const Frames& frames) {
    std::error_code ignored;
    if (names_a_video(frames.source) && !fs::is_regular_file(frames.source, ignored))
        refuse("The video " + frames.source + " cannot be found; check the name.");
    if (!names_a_video(frames.output))
        return;
    if (const Saving& saving = frames.recipe.saving; !saving.options.empty() || saving.chosen)
        refuse("--output-option and --metadata are for pictures, and FFmpeg writes the video " +
               frames.output + "; leave them out, or name a folder.");
    for (const std::string& file : input_files(frames.recipe))
        if (same_file(file, frames.output))
            refuse("The video " + frames.output + " would replace " + file +
                   "; name another output.");
    if (same_file(frames.source, frames.output))
        refuse("The video " + frames.output +
               " would replace its own source; name another output.");
    check_writable(frames.output);
}

std::string without_slash(std::string name) {
    while (name.size() > 1 && name.back() == '/')
        name.pop_back();
    return name;
}

// The video's frames, in a folder whose name says of which video: what another left goes. It
// appears whole or not at all.
std::string frames_of(const std::string& video, const std::string& rate, const fs::path& work) {
    const fs::path whole = work / ("source-" + sha256_of_file(video).substr(0, 16));
    std::error_code ignored;
    if (fs::is_directory(whole, ignored))
        return whole.string();
    for (const auto& entry : fs::directory_iterator(work, ignored))
        if (entry.path().filename().string().rfind("source-", 0) == 0)
            fs::remove_all(entry.path(), ignored);
    const fs::path part = work / "source-part";
    make_folder(part);
    extract_frames(video, rate, part.string());
    fs::rename(part, whole);
    return whole.string();
}

// The paintings of a folder under the names that FFmpeg wants.
std::string number_paintings(const Frames& folders, const fs::path& work) {
    const fs::path numbered = work / "numbered";
    std::error_code ignored;
    fs::remove_all(numbered, ignored);
    make_folder(numbered);
    std::size_t number = 0;
    for (const BatchPicture& frame : frame_files(folders.source, folders.output, folders.recipe)) {
        std::error_code failed;
        fs::create_symlink(fs::absolute(frame.output), numbered / numbered_frame(++number), failed);
        if (failed)
            refuse("A link cannot be made in " + numbered.string() + " (" + failed.message() +
                   "); choose an output on another disk.");
    }
    return numbered.string();
}

} // namespace

void run_video(const Frames& frames, const FramesListener& listener, FramesSummary& summary) {
    check_names(frames);
    const bool from_video = names_a_video(frames.source), to_video = names_a_video(frames.output);
    std::string rate = frames.rate;
    if (from_video)
        rate = frame_rate(frames.source);
    const fs::path work = without_slash(frames.output) + ".maniera-frames";
    make_folder(work);
    Frames folders = frames;
    if (from_video)
        folders.source = frames_of(frames.source, rate, work);
    if (to_video)
        folders.output = (work / "painted").string();
    run_frames(folders, listener, summary);
    if (summary.left() > 0)
        return;
    if (to_video)
        encode_video(number_paintings(folders, work), rate, from_video ? frames.source : "",
                     frames.output);
    std::error_code ignored;
    fs::remove_all(work, ignored);
}

} // namespace maniera
