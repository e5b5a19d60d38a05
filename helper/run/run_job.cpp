// SPDX-License-Identifier: GPL-3.0-or-later

#include "helper/run/run_job.h"

#include "core/distributed/gather_rows.h"
#include "core/error.h"
#include "core/image/pyramid.h"
#include "helper/distributed/rank_run.h"
#include "helper/images/metadata.h"
#include "helper/images/output_format.h"
#include "helper/images/row_writer.h"
#include "helper/images/wide_colors.h"
#include "helper/job/going_on.h"
#include "helper/job/overwriting.h"
#include "helper/job/recipe.h"
#include "helper/run/calibration.h"
#include "helper/run/paired_parts.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

namespace maniera {
namespace {

bool has_mask(const Job& job) {
    return std::any_of(job.styles.begin(), job.styles.end(),
                       [](const JobStyle& style) { return !style.mask.empty(); });
}

void write_result(const Job& job, const SharedMemory& memory, Result& result, const FileInfo& like,
                  const std::string& recipe, Communicator& comm) {
    Saving saving = job.saving;
    saving.recipe = recipe;
    const bool first = comm.rank() == 0;
    const WideColors wide(has_mask(job) && first ? job.content.file : "", like, result.size);
    if (comm.size() > 1) {
        std::optional<RowWriter> writer;
        if (comm.rank() == 0)
            writer.emplace(like, job.output.file, result.size, saving);
        int row = 0;
        gather_rows(comm, result.picture.color, [&](ImageView strip) {
            Image rows = copy(strip);
            wide.put_back(rows, row);
            row += strip.height;
            writer->add(rows);
        });
        if (writer)
            writer->commit();
        return;
    }
    if (!job.output.memory) {
        wide.put_back(result.picture.color, 0);
        save_picture(result.picture, like, job.output.file, saving);
        return;
    }
    const MemoryPicture& location = *job.output.memory;
    memory.write_picture(location, resize(result.picture.color, {location.width, location.height}));
}

// Refuses, before any work, pictures that are not within the memory.
void check_locations(const Job& job, const SharedMemory& memory) {
    const auto check = [&](const PictureLocation& location) {
        if (location.memory)
            memory.check(*location.memory);
    };
    check(job.content);
    check(job.painting);
    check(job.output);
    check(job.pairing.content);
    for (const std::vector<JobStyle>* styles : {&job.styles, &job.pairing.styles})
        for (const JobStyle& style : *styles)
            for (const PictureLocation* location : {&style.picture, &style.mask, &style.style_mask})
                check(*location);
}

// The steps of a job, in the order in which run_job takes them.
class JobRun {
public:
    JobRun(const Job& job, const SharedMemory& memory, const Listener& listener,
           Checkpoints* checkpoints, Communicator& comm)
        : job_(job), memory_(memory), listener_(listener), comm_(comm),
          // Every rank reads the one that the run is resumed from; the first alone writes others.
          from_(checkpoints ? checkpoints->from() : nullptr),
          from_file_(from_ ? checkpoints->file() : ""), resumed_(from_ != nullptr),
          checkpoints_(first() ? checkpoints : nullptr) {}

    // By names and memory alone.
    void check_output_and_memory() const {
        check_locations(job_, memory_);
        if (!first())
            return;
        refuse_overwriting(job_, ""); // a checkpoint's name is known later
        if (writes_file())
            check_output(job_.output.file, job_.saving);
        if (const std::string preview = resolve(job_.options).preview; !preview.empty())
            check_output(preview);
    }

    // By the files' headers and bytes, before any pixel is read.
    void begin(const Model& model) {
        if (comm_.size() > 1)
            agree(comm_, job_, model.manifest, from_file_);
        if (checkpoints_)
            checkpoints_->begin(job_, model.manifest);
        if (comm_.size() == 1)
            refuse_too_large(job_, model);
        if (writes_file())
            recipe_ = recipe_text(job_, model.manifest);
        end_if_discarded();
    }

    JobInputs load() const {
        JobInputs loaded = comm_.size() > 1
                               ? open_inputs(job_)
                               : load_inputs(job_, memory_, warn_of(Notice::odd_values));
        loaded.content_info = kept_info(loaded.content_info, job_.saving.metadata());
        if (first())
            for (const std::string& remark : loaded.remarks)
                listener_.notice(Notice::other, remark);
        if (writes_file()) {
            for (const std::string& lost : lost_metadata(loaded.content_info, job_.output.file))
                listener_.notice(Notice::other, lost);
            check_output_size(job_.output.file, result_size(loaded.inputs, job_.options));
        }
        return loaded;
    }

    // A person's own stand in place of those that the run would find.
    void pair_parts(const Model& model, Inputs& inputs) const {
        const auto stop = [&] { // there is nothing yet to keep
            end_if_discarded();
            return false;
        };
        std::vector<PartPair> parts = paired_parts(job_, memory_, model, listener_.notice, stop);
        if (!parts.empty())
            inputs.parts = std::move(parts);
    }

    Result paint(const Model& model, JobInputs& loaded) {
        const ResolvedOptions resolved = resolve(job_.options);
        const Warn warn = warn_of(Notice::other);
        std::optional<FilePreview> file;
        if (first())
            file.emplace(resolved, loaded.content_info, warn);
        MemoryPreview slots(job_.preview, resolved.preview_interval, memory_, warn);
        end_if_discarded();
        const auto show = [&](const Progress& progress) {
            if (!first())
                return !listener_.stop();
            file->update(progress);
            report(progress, slots);
            const bool stopping = listener_.stop() || progress.stop_asked;
            if (checkpoints_)
                checkpoints_->update(progress, stopping);
            return !stopping;
        };
        return stylize(model, std::move(loaded.inputs), job_.options, show, from_, listener_.notice,
                       comm_, listener_.stop);
    }

    void write(Result& result, const FileInfo& like) const {
        try {
            write_result(job_, memory_, result, like, recipe_, comm_);
        } catch (const Error& error) {
            const std::string command = checkpoints_ ? checkpoints_->command() : "";
            if (command.empty())
                throw;
            throw Error(error.code(), std::string(error.what()) + " The painting is not lost: " +
                                          command + " writes it, with -o FILE to another folder.");
        }
    }

    void end(const Result& result) const {
        // A resumed run may have begun its last scale before; several processes share the work.
        if (!resumed_ && comm_.size() == 1)
            learn_from(job_, result);
        if (checkpoints_)
            checkpoints_->end(result.complete);
    }

private:
    bool first() const { return comm_.rank() == 0; }
    bool writes_file() const { return first() && !job_.output.memory; }

    // It may throw. Before the first step there is no picture to keep.
    void end_if_discarded() const {
        if (first())
            listener_.stop();
    }

    Warn warn_of(Notice kind) const {
        return [this, kind](const std::string& text) { listener_.notice(kind, text); };
    }

    void report(const Progress& progress, MemoryPreview& slots) const {
        bool new_preview = false;
        const auto preview = [&] {
            const std::optional<WrittenPreview> written = slots.update(progress);
            new_preview = written.has_value();
            return written;
        };
        if (listener_.progress(progress, preview) && new_preview)
            slots.take_turns();
    }

    const Job& job_;
    const SharedMemory& memory_;
    const Listener& listener_;
    Communicator& comm_;
    const CheckpointReader* from_; // null: the run begins; let go of when a step is done
    std::string from_file_;
    std::string recipe_; // for the result's metadata
    bool resumed_;
    Checkpoints* checkpoints_; // null: none are written, or not by this rank
};

} // namespace

Result run_job(const Job& asked, const SharedMemory& memory, ModelCache& models,
               const Listener& listener, Checkpoints* checkpoints, Communicator& comm) {
    const Job job = going_on(asked);
    JobRun run(job, memory, listener, checkpoints, comm);
    run.check_output_and_memory();
    const Model& model = models.get(job.options);
    run.begin(model);
    JobInputs loaded = run.load();
    run.pair_parts(model, loaded.inputs);
    Result result = run.paint(model, loaded);
    run.write(result, loaded.content_info);
    run.end(result);
    return result;
}

} // namespace maniera
