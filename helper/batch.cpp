// SPDX-License-Identifier: GPL-3.0-or-later

#include "helper/batch.h"

#include "core/sha256.h"
#include "helper/batch_ledger.h"
#include "helper/calibration.h"
#include "helper/image_file.h"
#include "helper/inputs.h"
#include "helper/places.h"
#include "helper/report.h"
#include "helper/run_job.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <optional>
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

} // namespace

void run_batch(const Batch& batch, const BatchListener& listener, BatchSummary& summary) {
    const std::vector<BatchPicture> pictures = plan_batch(batch);
    summary.pictures = pictures.size();
    if (pictures.empty())
        return; // of more shards than pictures
    check_weights(batch.recipe.styles);
    const Manifest manifest = find_model(resolve(batch.recipe.options).model, model_folders());
    const std::string recipe = recipe_hash(batch.recipe, manifest);
    prepare_folders(pictures);
    BatchLedger ledger(batch.output_folder, batch.shard, recipe);

    ModelCache models;
    std::optional<Session> session; // made when the first picture needs it
    Job job = batch.recipe;
    const Clock::time_point start = Clock::now();
    for (std::size_t i = 0; i < pictures.size() && !summary.stopped; ++i) {
        const BatchPicture& picture = pictures[i];
        summary.stopped = listener.stop();
        if (summary.stopped)
            break;
        if (batch.resume && ledger.done(picture)) {
            ++summary.skipped;
            listener.skipped(i + 1, picture);
            continue;
        }
        if (!session)
            session.emplace(models.get(batch.recipe.options), load_styles(batch.recipe),
                            batch.recipe.options);
        try {
            const std::string hash = sha256_of_file(picture.file);
            job.content.file = picture.file;
            refuse_too_large(job, models.last());
            LoadedPicture content = load_picture(picture.file);
            const Result result =
                session->stylize(std::move(content.picture), [&](const Progress& progress) {
                    listener.progress(i + 1, picture, progress);
                    summary.stopped = !progress.last && listener.stop();
                    return !summary.stopped;
                });
            if (summary.stopped)
                break;
            save_picture(result.picture, content.info, picture.output);
            ledger.add(picture, hash);
            ++summary.painted;
            summary.painting_seconds += result.seconds;
            listener.painted(i + 1, picture, result, manifest);
        } catch (...) {
            const Error error = current_error();
            if (!of_one_picture(error.code()))
                throw error;
            ++summary.failed;
            listener.failed(i + 1, picture, error);
        }
        summary.seconds = std::chrono::duration<double>(Clock::now() - start).count();
    }
}

} // namespace maniera
