// SPDX-License-Identifier: GPL-3.0-or-later

#include "helper/batch/batch.h"

#include "core/base/sha256.h"
#include "helper/batch/ledger.h"
#include "helper/images/image_file.h"
#include "helper/job/inputs.h"
#include "helper/job/report.h"
#include "helper/run/calibration.h"
#include "helper/run/run_job.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <set>

namespace maniera {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

// Makes the folders of the results, and refuses those that cannot be written to.
void prepare_folders(const std::vector<BatchPicture>& pictures) {
    std::set<std::string> seen;
    for (const BatchPicture& picture : pictures) {
        const std::string folder = fs::path(picture.output).parent_path().string();
        std::error_code failed, ignored;
        if (seen.insert(folder).second) {
            fs::create_directories(folder, failed);
            if (failed)
                throw Error(failed == std::errc::no_space_on_device ? ErrorCode::no_space
                                                                    : ErrorCode::invalid_request,
                            "The folder " + folder + " cannot be made (" + failed.message() +
                                "); choose another --output-dir.");
            check_output(picture.output);
        } else if (fs::is_directory(picture.output, ignored)) {
            check_output(picture.output); // which says so
        }
    }
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

} // namespace

void run_batch(const Batch& batch, const BatchListener& listener, BatchSummary& summary) {
    const std::vector<BatchPicture> pictures = plan_batch(batch);
    summary.pictures = pictures.size();
    if (pictures.empty())
        return; // of more shards than pictures
    ModelCache models;
    const Model& model = models.get(batch.recipe.options);
    const std::string recipe = recipe_hash(batch.recipe, model.manifest);
    Session session(model, load_styles(batch.recipe), batch.recipe.options);
    prepare_folders(pictures);
    BatchLedger ledger(batch.output_folder, batch.shard, recipe);

    Job job = batch.recipe;
    const Stopwatch stopwatch(summary.seconds);
    for (std::size_t i = 0; i < pictures.size(); ++i) {
        const BatchPicture& picture = pictures[i];
        summary.stopped = listener.stop();
        if (summary.stopped)
            return;
        if (batch.resume && ledger.done(picture)) {
            ++summary.skipped;
            listener.skipped(i + 1, picture);
            continue;
        }
        try {
            const std::string hash = sha256_of_file(picture.file);
            job.content.file = picture.file;
            refuse_too_large(job, model);
            LoadedPicture content = load_picture(picture.file);
            const auto show = [&](const Progress& progress) {
                listener.progress(i + 1, picture, progress);
                summary.stopped = !progress.last && listener.stop();
                return !summary.stopped;
            };
            const auto tell = [&](Notice kind, const std::string& text) {
                if (kind != Notice::plan)
                    listener.warn(i + 1, picture, kind, text);
            };
            const Result result = session.stylize(std::move(content.picture), show, nullptr, tell);
            if (summary.stopped)
                return;
            save_picture(result.picture, content.info, picture.output);
            ledger.add(picture, hash);
            ++summary.painted;
            summary.painting_seconds += result.seconds;
            listener.painted(i + 1, picture, result, model.manifest);
        } catch (...) {
            const Error error = current_error();
            if (!of_one_picture(error.code()))
                throw error;
            ++summary.failed;
            listener.failed(i + 1, picture, error);
        }
    }
}

} // namespace maniera
