// SPDX-License-Identifier: GPL-3.0-or-later

#include "helper/frames/frames.h"

#include "core/base/sha256.h"
#include "core/image/frame_motion.h"
#include "core/image/pyramid.h"
#include "helper/batch/ledger.h"
#include "helper/files/output_file.h"
#include "helper/frames/look_ahead.h"
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
#include <utility>
#include <vector>

namespace maniera {
namespace {

namespace fs = std::filesystem;

// Of a frame at least so much must have been in sight in the one before, else another shot begins.
// A cut has under 0.2, a small pan over 0.7.
constexpr double least_seen = 0.3;

// Of a frame: so much that no lone picture of the shot has shown is owed at most. At full size
// alone it stays tinted, because the rest has the styles' moments already.
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

void check_options(const ManieraOptions& options) {
    if (resolve(options).objective == MANIERA_OBJECTIVE_GATYS)
        throw Error(ErrorCode::invalid_option,
                    "The objective gatys is the published formula for one picture; use the "
                    "objective painterly for frames.");
    if (const std::string preview = option_value(options, "preview"); !preview.empty())
        check_output(preview);
}

// A part that is found in one frame and not in the next would flicker: only who asks has them.
Frames with_wanted_parts(Frames frames) {
    if (!maniera_option_is_set(&frames.recipe.options, "parts"))
        set_option(frames.recipe.options, "parts", "off");
    return frames;
}

class FramesRun {
    using PaintAlone = std::function<Image(std::size_t number)>;

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
            const std::string hash = hash_of(i);
            const LookAhead was = load_numbers(ahead_file(i));
            if (ledger_.done(files_[i], key_of(hash, hash_of_ahead(was.number)))) {
                ++summary_.skipped;
                listener_.skipped(i + 1, files_[i]);
                continue;
            }
            paint(i, hash);
            if (summary_.stopped)
                return;
        }
    }

private:
    // A frame's painting depends on its own bytes, on frame and painting before, and on the frame
    // ahead that it took from.
    std::string hash_of(std::size_t i) const {
        std::string all = sha256_of_file(files_[i].file);
        if (i > 0)
            all += sha256_of_file(files_[i - 1].file) + sha256_of_file(files_[i - 1].output);
        return all;
    }
    static std::string key_of(const std::string& hash, const std::string& ahead) {
        const std::string all = hash + ahead;
        return sha256_text(all.data(), all.size());
    }
    std::string hash_of_ahead(std::size_t number) const {
        return number > 0 && number < files_.size() ? sha256_of_file(files_[number].file) : "";
    }

    void paint(std::size_t i, const std::string& hash) {
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
        const auto paint_alone = [&](std::size_t number) {
            TemporalTarget none;
            none.steps = static_cast<int>(
                std::ceil(share_of_steps * resolve(frames_.recipe.options).iterations.values[0]));
            session_.set_temporal(std::move(none));
            const Result alone = session_.stylize(load_picture(files_[number].file).picture, show,
                                                  nullptr, notice, stop);
            steps_alone += alone.steps;
            return copy(alone.picture.color);
        };
        TemporalTarget temporal;
        Image now = resize(content.picture.color, size);
        if (i > 0)
            temporal = follow(i, now, paint_alone);
        const bool anew = temporal.painting.empty();
        if (anew) {
            owed_ = Image(size.width, size.height, 1);
            ahead_ = {};
        }
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
        save_numbers(ahead_, ahead_file(i));
        ledger_.add(frame, key_of(hash, ahead_.hash));
        show_last(result.picture, content.info);
        last_ = std::move(now);
        last_number_ = i;
        ++summary_.painted;
        summary_.shots += anew;
        listener_.painted(i + 1, frame, result, anew);
    }

    // What the frame stays near; nothing where another shot begins. The painting is read from its
    // file, so that a start that goes on has the same bits.
    TemporalTarget follow(std::size_t i, const Image& now, const PaintAlone& paint_alone) {
        TemporalTarget target;
        const Image painting = load_picture(files_[i - 1].output).picture.color;
        if (!(size_of(painting) == size_of(now)))
            return target;
        if (last_number_ != i - 1 || last_.empty()) {
            last_ = frame_at(i - 1, size_of(now));
            owed_ = load_owed(files_[i - 1], size_of(now));
            ahead_ = load_numbers(ahead_file(i - 1));
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
        if (i >= ahead_.again)
            look_ahead(i, size_of(now), paint_alone);
        take_from(ready_ahead(i, size_of(now)), i, now, target, owed_);
        if (mean_of(owed_) >= most_owed)
            take_from({i, 0, "", Image(), paint_alone(i)}, i, now, target, owed_);
        target.weight = frames_.weight;
        target.steps = frames_.steps;
        return target;
    }

    // Paints a frame ahead where much will have come into sight by then.
    void look_ahead(std::size_t i, Size size, const PaintAlone& paint_alone) {
        const Distance far = how_far(last_, i, files_.size(), [&](std::size_t number) {
            try {
                return frame_at(number, size);
            } catch (const Error& error) {
                if (error.code() != ErrorCode::unreadable_image)
                    throw;
                return Image(); // which is told in its turn
            }
        });
        ahead_ = {};
        ahead_.again = far.number > 0 ? far.number + 1 : i + 1;
        if (far.number == 0 || mean_of(owed_) + far.unseen < most_owed)
            return;
        ahead_.number = far.number;
        ahead_.hash = hash_of_ahead(far.number);
        Picture painting;
        painting.color = paint_alone(far.number);
        save_hidden(painting, 16, ahead_file(far.number) + ".png");
    }

    // With its pictures. They are read from files, as the painting before is; without them there
    // is none.
    const LookAhead& ready_ahead(std::size_t i, Size size) {
        const bool there = ahead_.number >= i && ahead_.number < files_.size();
        const std::string file = there ? ahead_file(ahead_.number) + ".png" : "";
        if (!there || (ahead_.painting.empty() && !fs::exists(file))) {
            ahead_.number = 0;
            ahead_.hash.clear();
        } else if (ahead_.painting.empty()) {
            ahead_.hash = hash_of_ahead(ahead_.number);
            ahead_.frame = frame_at(ahead_.number, size);
            ahead_.painting = load_picture(file).picture.color;
        }
        return ahead_;
    }

    Image frame_at(std::size_t number, Size size) const {
        Picture frame = load_picture(files_[number].file).picture;
        fill_transparent(frame);
        return resize(frame.color, size);
    }

    // Pictures in a hidden folder, for a start that goes on.
    std::string owed_file(const BatchPicture& frame) const {
        const std::string name = fs::path(frame.output).filename().string();
        return (fs::path(frames_.output) / ".maniera-owed" / (name + ".png")).string();
    }
    std::string ahead_file(std::size_t number) const {
        return owed_file(files_[number]) + ".ahead";
    }
    void save_hidden(const Picture& picture, int depth, const std::string& file) const {
        make_folder((fs::path(frames_.output) / ".maniera-owed").string());
        save_picture(picture, {depth, nullptr}, file);
    }

    void save_owed(const BatchPicture& frame) {
        Picture picture;
        picture.color = Image(owed_.width, owed_.height, 3);
        for (std::size_t p = 0; p < owed_.pixels.size(); ++p) {
            owed_.pixels[p] = std::round(owed_.pixels[p] * 255) / 255; // as the file has it
            std::fill_n(&picture.color.pixels[3 * p], 3, owed_.pixels[p]);
        }
        save_hidden(picture, 8, owed_file(frame));
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
    Image owed_; // of the painting before: what no lone picture has shown
    LookAhead ahead_;
    Image last_; // the frame before, at the paintings' size
    std::size_t last_number_ = 0;
};

} // namespace

void run_frames(const Frames& asked, const FramesListener& listener, FramesSummary& summary,
                const SharedMemory& memory) {
    const auto start = std::chrono::steady_clock::now();
    const Frames frames = with_wanted_parts(asked);
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
