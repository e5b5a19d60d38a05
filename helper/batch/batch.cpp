// SPDX-License-Identifier: GPL-3.0-or-later

#include "helper/batch/batch.h"

#include "core/base/sha256.h"
#include "helper/batch/ledger.h"
#include "helper/files/output_file.h"
#include "helper/images/image_file.h"
#include "helper/images/metadata.h"
#include "helper/images/output_format.h"
#include "helper/images/wide_colors.h"
#include "helper/job/inputs.h"
#include "helper/job/mask_file.h"
#include "helper/job/recipe.h"
#include "helper/job/report.h"
#include "helper/run/calibration.h"
#include "helper/run/model_cache.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <set>
#include <utility>

namespace maniera {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

// Makes the folders of the results, and refuses those that cannot be written to, and formats.
void prepare_folders(const std::vector<BatchPicture>& pictures, const Saving& saving) {
    std::set<std::string> seen;
    std::set<Format> formats;
    for (const BatchPicture& picture : pictures) {
        const std::string folder = fs::path(picture.output).parent_path().string();
        std::error_code ignored;
        const bool new_format = formats.insert(format_of(picture.output)).second;
        if (seen.insert(folder).second) {
            make_folder(folder);
            check_output(picture.output, saving);
        } else if (new_format || fs::is_directory(picture.output, ignored)) {
            check_output(picture.output, saving); // which says so
        }
    }
}

// The output folder, once all the results' folders are there.
std::string ready_folder(const Batch& batch, const std::vector<BatchPicture>& pictures) {
    prepare_folders(pictures, batch.recipe.saving);
    return batch.output_folder;
}

// Whether it may be better with the next picture.
bool of_one_picture(ErrorCode code) {
    return code == ErrorCode::unreadable_image || code == ErrorCode::invalid_option ||
           code == ErrorCode::out_of_memory || code == ErrorCode::internal;
}

// Tells the time from its making to its end, however that comes.
class Stopwatch {
public:
    explicit Stopwatch(double& seconds) : seconds_(seconds) {}
    ~Stopwatch() { seconds_ = std::chrono::duration<double>(Clock::now() - start_).count(); }
    Stopwatch(const Stopwatch&) = delete;
    Stopwatch& operator=(const Stopwatch&) = delete;

private:
    double& seconds_;
    const Clock::time_point start_ = Clock::now();
};

// A batch whose styles have been read. The pictures are painted one after the other.
class BatchRun {
public:
    BatchRun(const Batch& batch, const Model& model, const std::vector<BatchPicture>& pictures,
             const BatchListener& listener, BatchSummary& summary)
        : batch_(batch), model_(model), pictures_(pictures), listener_(listener), summary_(summary),
          recipe_(recipe_hash(batch.recipe, model.manifest)),
          session_(model, load_styles(batch.recipe, remarks_), batch.recipe.options),
          ledger_(ready_folder(batch, pictures), batch.shard, recipe_) {
        for (const JobStyle& style : batch.recipe.styles)
            if (!style.mask.empty())
                masks_.emplace_back(style.mask.file, picture_size(style.mask.file));
    }

    void paint_all() {
        const Stopwatch stopwatch(summary_.seconds);
        for (std::size_t i = 0; i < pictures_.size(); ++i) {
            summary_.stopped = listener_.stop();
            if (summary_.stopped)
                return;
            if (batch_.resume && ledger_.done(pictures_[i])) {
                ++summary_.skipped;
                listener_.skipped(i + 1, pictures_[i]);
                continue;
            }
            paint_or_report(i + 1, pictures_[i]);
            if (summary_.stopped)
                return;
        }
    }

private:
    void paint_or_report(std::size_t number, const BatchPicture& picture) {
        try {
            paint(number, picture);
        } catch (...) {
            const Error error = current_error();
            if (!of_one_picture(error.code()))
                throw error;
            ++summary_.failed;
            listener_.failed(number, picture, error);
        }
    }

    // Leaves a picture undone when the listener wants to stop.
    void paint(std::size_t number, const BatchPicture& picture) {
        const std::string hash = sha256_of_file(picture.file);
        Job job = batch_.recipe;
        job.content.file = picture.file;
        refuse_too_large(job, model_);
        LoadedPicture content = load_picture(picture.file);
        content.info = kept_info(content.info, job.saving.metadata());
        tell(number, picture, content);
        const auto show = [&](const Progress& progress) {
            listener_.progress(number, picture, progress);
            summary_.stopped = !progress.last && listener_.stop();
            return !summary_.stopped;
        };
        const auto notice = [&](Notice kind, const std::string& text) {
            if (kind != Notice::plan)
                listener_.warn(number, picture, kind, text);
        };
        const auto stop = [&] { return summary_.stopped = listener_.stop(); };
        Result result = session_.stylize(std::move(content.picture), show, nullptr, notice, stop);
        if (summary_.stopped)
            return;
        if (!masks_.empty())
            WideColors(picture.file, content.info, result.size).put_back(result.picture.color, 0);
        Saving saving = job.saving;
        saving.recipe = recipe_text(job, model_.manifest);
        save_picture(result.picture, content.info, picture.output, saving);
        ledger_.add(picture, hash);
        ++summary_.painted;
        summary_.painting_seconds += result.seconds;
        listener_.painted(number, picture, result, model_.manifest);
    }

    // Of the styles with the first picture, of the masks' shapes with each.
    void tell(std::size_t number, const BatchPicture& picture, const LoadedPicture& content) {
        std::vector<std::string> remarks = std::exchange(remarks_, {});
        remarks.push_back(content.remark);
        for (const std::string& lost : lost_metadata(content.info, picture.output))
            remarks.push_back(lost);
        for (const auto& [file, size] : masks_)
            remarks.push_back(
                remark_on_shape(file, size, picture.file, size_of(content.picture.color)));
        for (const std::string& remark : remarks)
            if (!remark.empty())
                listener_.warn(number, picture, Notice::other, remark);
    }

    const Batch& batch_;
    const Model& model_;
    const std::vector<BatchPicture>& pictures_;
    const BatchListener& listener_;
    BatchSummary& summary_;
    const std::string recipe_; // its hash
    std::vector<std::string> remarks_;
    std::vector<std::pair<std::string, Size>> masks_; // on the contents: file and size
    Session session_;
    BatchLedger ledger_;
};

} // namespace

void run_batch(const Batch& batch, const BatchListener& listener, BatchSummary& summary) {
    const std::vector<BatchPicture> pictures = batch_pictures(batch);
    summary.pictures = pictures.size();
    if (pictures.empty())
        return; // of more shards than pictures
    ModelCache models;
    const Model& model = models.get(batch.recipe.options);
    BatchRun(batch, model, pictures, listener, summary).paint_all();
}

} // namespace maniera
