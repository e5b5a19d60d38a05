// SPDX-License-Identifier: GPL-3.0-or-later

#include "helper/frames/frames.h"

#include "core/base/sha256.h"
#include "core/image/frame_motion.h"
#include "core/image/pyramid.h"
#include "helper/batch/ledger.h"
#include "helper/files/output_file.h"
#include "helper/images/image_file.h"
#include "helper/images/metadata.h"
#include "helper/images/output_format.h"
#include "helper/job/inputs.h"
#include "helper/run/calibration.h"
#include "helper/run/model_cache.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <functional>
#include <numeric>
#include <utility>
#include <vector>

namespace maniera {
namespace {

namespace fs = std::filesystem;

// Of a frame at least so much must have been in sight in the one before, else another shot begins.
// A cut has under 0.2, a small pan over 0.7.
constexpr double least_seen = 0.3;

// Of a frame: so much that was hidden when the shot was last painted as a lone picture is owed at
// most. At full size alone it stays tinted, because the rest has the styles' moments already.
constexpr double most_owed = 0.08;

// The lone picture that it is taken from is rough, because the frame's own steps follow: each of
// its scales takes so much of the steps of its smallest, at most.
constexpr double share_of_steps = 0.25;

// Of what decides a painting, besides the frames.
std::string recipe_of(const Frames& frames, const Manifest& model) {
    const std::string all = recipe_hash(frames.recipe, model) + "\n" +
                            std::to_string(frames.weight) + "\n" + std::to_string(frames.steps);
    return sha256_text(all.data(), all.size());
}

double mean(const Image& map) {
    return std::accumulate(map.pixels.begin(), map.pixels.end(), 0.0) /
           static_cast<double>(map.pixels.size());
}

void check_options(const ManieraOptions& options) {
    if (resolve(options).objective == MANIERA_OBJECTIVE_GATYS)
        throw Error(ErrorCode::invalid_option,
                    "The objective gatys is the published formula for one picture; use the "
                    "objective painterly for frames.");
    if (const std::string preview = option_value(options, "preview"); !preview.empty())
        check_output(preview);
}

class FramesRun {
public:
    FramesRun(const Frames& frames, const Model& model, const std::vector<BatchPicture>& files,
              const FramesListener& listener, FramesSummary& summary, const SharedMemory& memory)
        : frames_(frames), model_(model), files_(files), listener_(listener), summary_(summary),
          session_(model, load_styles(frames.recipe, remarks_, memory), frames.recipe.options),
          ledger_(frames.output, Shard(), recipe_of(frames, model.manifest)) {}

    void paint_all() {
        for (std::size_t i = 0; i < files_.size(); ++i) {
            summary_.stopped = listener_.stop();
            if (summary_.stopped)
                return;
            const std::string key = key_of(i);
            if (ledger_.done(files_[i], key)) {
                ++summary_.skipped;
                listener_.skipped(i + 1, files_[i]);
                continue;
            }
            paint(i, key);
            if (summary_.stopped)
                return;
        }
    }

private:
    // A frame's painting depends on its own bytes, and on frame and painting before.
    std::string key_of(std::size_t i) const {
        std::string all = sha256_of_file(files_[i].file);
        if (i > 0)
            all += sha256_of_file(files_[i - 1].file) + sha256_of_file(files_[i - 1].output);
        return sha256_text(all.data(), all.size());
    }

    void paint(std::size_t i, const std::string& key) {
        const BatchPicture& frame = files_[i];
        Job job = frames_.recipe;
        job.content.file = frame.file;
        refuse_too_large(job, model_);
        LoadedPicture content = load_picture(frame.file);
        tell(frame, content);
        const Size size = result_size_of(content.picture);
        const auto show = [&](const Progress& progress) {
            listener_.progress(i + 1, frame, progress);
            summary_.stopped = !progress.last && listener_.stop();
            return !summary_.stopped;
        };
        const auto notice = [&](Notice kind, const std::string& text) {
            if (kind != Notice::plan)
                listener_.warn(frame, text);
        };
        const auto stop = [&] { return summary_.stopped = listener_.stop(); };
        int steps_alone = 0;
        const auto paint_alone = [&] {
            TemporalTarget none;
            none.steps = static_cast<int>(
                std::ceil(share_of_steps * resolve(frames_.recipe.options).iterations.values[0]));
            session_.set_temporal(std::move(none));
            const Result alone =
                session_.stylize(load_picture(frame.file).picture, show, nullptr, notice, stop);
            steps_alone = alone.steps;
            return copy(alone.picture.color);
        };
        TemporalTarget temporal;
        Image now = resize(content.picture.color, size);
        if (i > 0)
            temporal = follow(i, now, paint_alone);
        const bool anew = temporal.painting.empty();
        if (anew)
            owed_ = Image(size.width, size.height, 1);
        if (summary_.stopped)
            return;
        session_.set_temporal(std::move(temporal));
        Result result = session_.stylize(std::move(content.picture), show, nullptr, notice, stop);
        if (summary_.stopped)
            return;
        result.steps += steps_alone;
        content.info = kept_info(content.info, job.saving.metadata());
        save_picture(result.picture, content.info, frame.output, job.saving);
        save_owed(frame);
        ledger_.add(frame, key);
        show_last(result.picture, content.info);
        last_ = std::move(now);
        last_number_ = i;
        ++summary_.painted;
        summary_.shots += anew;
        listener_.painted(i + 1, frame, result, anew);
    }

    // What the frame stays near; nothing where another shot begins. The painting is read from its
    // file, so that a start that goes on has the same bits.
    TemporalTarget follow(std::size_t i, const Image& now,
                          const std::function<Image()>& paint_alone) {
        TemporalTarget target;
        const Image painting = load_picture(files_[i - 1].output).picture.color;
        if (!(size_of(painting) == size_of(now)))
            return target;
        if (last_number_ != i - 1 || last_.empty()) {
            Picture before = load_picture(files_[i - 1].file).picture;
            fill_transparent(before);
            last_ = resize(before.color, size_of(now));
            owed_ = load_owed(files_[i - 1], size_of(now));
        }
        FrameMotion motion = frame_motion(last_, now);
        if (motion.seen < least_seen)
            return target;
        target.painting = moved(painting, motion);
        owed_ = moved(owed_, motion);
        for (std::size_t p = 0; p < owed_.pixels.size(); ++p)
            owed_.pixels[p] = std::max(owed_.pixels[p], 1 - motion.shown.pixels[p]);
        target.weights = std::move(motion.weights);
        for (std::size_t p = 0; p < owed_.pixels.size(); ++p)
            target.weights.pixels[p] *= 1 - owed_.pixels[p];
        target.shown = std::move(motion.shown);
        if (mean(owed_) >= most_owed)
            pay(target, paint_alone());
        target.weight = frames_.weight;
        target.steps = frames_.steps;
        return target;
    }

    // What is owed is taken from this frame painted alone.
    void pay(TemporalTarget& target, const Image& alone) {
        for (std::size_t p = 0; p < owed_.pixels.size(); ++p)
            for (std::size_t c = 3 * p; c < 3 * p + 3; ++c)
                target.painting.pixels[c] +=
                    owed_.pixels[p] * (alone.pixels[c] - target.painting.pixels[c]);
        std::fill(target.shown.pixels.begin(), target.shown.pixels.end(), 1.0f);
        std::fill(owed_.pixels.begin(), owed_.pixels.end(), 0.0f);
    }

    // A picture in a hidden folder, for a start that goes on.
    std::string owed_file(const BatchPicture& frame) const {
        const std::string name = fs::path(frame.output).filename().string();
        return (fs::path(frames_.output) / ".maniera-owed" / (name + ".png")).string();
    }

    void save_owed(const BatchPicture& frame) {
        Picture picture;
        picture.color = Image(owed_.width, owed_.height, 3);
        for (std::size_t p = 0; p < owed_.pixels.size(); ++p) {
            owed_.pixels[p] = std::round(owed_.pixels[p] * 255) / 255; // as the file has it
            std::fill_n(&picture.color.pixels[3 * p], 3, owed_.pixels[p]);
        }
        make_folder((fs::path(frames_.output) / ".maniera-owed").string());
        save_picture(picture, {}, owed_file(frame));
    }

    Image load_owed(const BatchPicture& frame, Size size) const {
        Image owed(size.width, size.height, 1);
        if (const std::string file = owed_file(frame); fs::exists(file)) {
            const Image saved = load_picture(file).picture.color;
            if (size_of(saved) == size)
                for (std::size_t p = 0; p < owed.pixels.size(); ++p)
                    owed.pixels[p] = saved.pixels[3 * p];
        }
        return owed;
    }

    Size result_size_of(Picture& content) const {
        fill_transparent(content);
        Inputs inputs;
        inputs.content = rows_of(content);
        return result_size(inputs, frames_.recipe.options);
    }

    void show_last(const Picture& painting, const FileInfo& like) {
        const std::string file = option_value(frames_.recipe.options, "preview");
        if (!file.empty())
            save_picture(painting, like, file);
    }

    void tell(const BatchPicture& frame, const LoadedPicture& content) {
        std::vector<std::string> remarks = std::exchange(remarks_, {});
        remarks.push_back(content.remark);
        for (const std::string& remark : remarks)
            if (!remark.empty())
                listener_.warn(frame, remark);
    }

    const Frames& frames_;
    const Model& model_;
    const std::vector<BatchPicture>& files_;
    const FramesListener& listener_;
    FramesSummary& summary_;
    std::vector<std::string> remarks_; // on the styles
    Session session_;
    BatchLedger ledger_;
    Image owed_; // of the painting before: what was hidden when the shot was last painted alone
    Image last_; // the frame before, at the paintings' size
    std::size_t last_number_ = 0;
};

} // namespace

void run_frames(const Frames& frames, const FramesListener& listener, FramesSummary& summary,
                const SharedMemory& memory) {
    const auto start = std::chrono::steady_clock::now();
    const std::vector<BatchPicture> files =
        frame_files(frames.source, frames.output, frames.recipe);
    summary.frames = files.size();
    check_options(frames.recipe.options);
    make_folder(frames.output);
    check_output(files.front().output, frames.recipe.saving);
    ModelCache models;
    const Model& model = models.get(frames.recipe.options);
    summary.model = model.manifest;
    const auto count_time = [&] {
        summary.seconds =
            std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    };
    try {
        FramesRun(frames, model, files, listener, summary, memory).paint_all();
    } catch (...) {
        count_time();
        throw;
    }
    count_time();
}

} // namespace maniera
