// SPDX-License-Identifier: GPL-3.0-or-later

#include "helper/run/run_job.h"

#include "core/distributed/gather_rows.h"
#include "core/error.h"
#include "core/image/pyramid.h"
#include "helper/distributed/rank_run.h"
#include "helper/files/folders.h"
#include "helper/images/row_writer.h"
#include "helper/messages/protocol.h"
#include "helper/run/calibration.h"

#include <algorithm>
#include <optional>
#include <vector>

namespace maniera {
namespace {

// The picture file of the option `preview`, written anew, at first at once and then now and then. A
// preview that cannot be written must not end the painting: it is complained about once.
class FilePreview {
public:
    FilePreview(const ResolvedOptions& resolved, const FileInfo& like, const Warn& warn)
        : path_(resolved.preview), interval_(resolved.preview_interval), like_(like), warn_(warn) {
        if (!path_.empty())
            check_output(path_);
    }

    void update(const Progress& progress) {
        if (path_.empty() || progress.seconds < next_)
            return;
        next_ = progress.seconds + interval_;
        Picture picture;
        picture.color = progress.picture();
        try {
            save_picture(picture, like_, path_);
        } catch (const Error& error) {
            warn_("no more previews: " + std::string(error.what()));
            path_.clear();
        }
    }

private:
    std::string path_;
    double interval_;
    double next_ = 0; // seconds since the run began
    FileInfo like_;
    const Warn& warn_;
};

// The two slots of a job's `preview`.
class MemoryPreview {
public:
    MemoryPreview(const std::optional<PreviewMemory>& place, double interval,
                  const SharedMemory& memory, const Warn& warn)
        : place_(place), interval_(interval), memory_(memory), warn_(warn) {
        if (place_)
            memory_.check(place_->offset, MANIERA_PREVIEW_SLOTS * slot_bytes(), "The preview");
    }

    // Writes to the slot that the client is not looking at, when it is time to.
    std::optional<PreviewAt> update(const Progress& progress) {
        if (!place_ || progress.seconds < next_)
            return {};
        next_ = progress.seconds + interval_;
        const Image painting = progress.picture();
        const Size own = size_of(painting);
        const int long_side = std::min(place_->side, std::max(own.width, own.height));
        const Image small = resize(painting, fit_long_side(own, long_side));
        std::vector<unsigned char> bytes(small.pixels.size());
        std::transform(small.pixels.begin(), small.pixels.end(), bytes.begin(),
                       [](float v) { return static_cast<unsigned char>(v * 255 + 0.5f); });
        const std::uint64_t offset = place_->offset + slot_ * slot_bytes();
        try {
            memory_.write(offset, bytes.data(), bytes.size(), "the preview");
        } catch (const Error& error) {
            warn_("no more previews: " + std::string(error.what()));
            place_.reset();
            return {};
        }
        return PreviewAt{offset, small.width, small.height};
    }

    // The client knows of the newest: the next goes elsewhere.
    void take_turns() { slot_ = (slot_ + 1) % MANIERA_PREVIEW_SLOTS; }

private:
    std::uint64_t slot_bytes() const {
        return std::uint64_t{3} * static_cast<std::uint64_t>(place_->side) * place_->side;
    }

    std::optional<PreviewMemory> place_;
    double interval_;
    double next_ = 0; // seconds since the run began
    const SharedMemory& memory_;
    const Warn& warn_;
    std::uint64_t slot_ = 0;
};

void write_result(const Job& job, const SharedMemory& memory, const Result& result,
                  const FileInfo& like, Communicator& comm) {
    if (comm.size() > 1) {
        std::optional<RowWriter> writer;
        if (comm.rank() == 0)
            writer.emplace(like, job.output.file, result.size);
        gather_rows(comm, result.picture.color, [&](ImageView strip) { writer->add(strip); });
        if (writer)
            writer->commit();
        return;
    }
    if (!job.output.memory) {
        save_picture(result.picture, like, job.output.file);
        return;
    }
    const MemoryPicture& place = *job.output.memory;
    memory.write_picture(place, resize(result.picture.color, {place.width, place.height}));
}

// Refuses, before any work, what does not lie in the memory.
void check_places(const Job& job, const SharedMemory& memory) {
    const auto check = [&](const PicturePlace& place) {
        if (place.memory)
            memory.check(*place.memory);
    };
    check(job.content);
    check(job.output);
    for (const JobStyle& style : job.styles)
        for (const PicturePlace* place : {&style.picture, &style.mask, &style.style_mask})
            check(*place);
}

} // namespace

const Model& ModelCache::get(const ManieraOptions& options) {
    const Manifest manifest = find_model(resolve(options).model, model_folders());
    const std::string key = manifest.path + "\n" + manifest.sha256;
    if (key != key_) {
        key_.clear();
        model_ = Model(); // the old one's memory first
        model_ = load_model(manifest);
        key_ = key;
    }
    return model_;
}

Result run_job(const Job& job, const SharedMemory& memory, ModelCache& models,
               const Listener& listener, Checkpoints* checkpoints, Communicator& comm) {
    const bool first = comm.rank() == 0;
    // Let go of when a step is done.
    const CheckpointReader* from = checkpoints ? checkpoints->from() : nullptr;
    const std::string resumed = from ? checkpoints->file() : "";
    if (!first)
        checkpoints = nullptr; // all ranks read one, and the first alone writes
    check_places(job, memory);
    if (!job.output.memory && first)
        check_output(job.output.file);
    const ResolvedOptions resolved = resolve(job.options);
    const Model& model = models.get(job.options);
    if (comm.size() > 1)
        agree(comm, job, model.manifest, resumed);
    if (checkpoints)
        checkpoints->begin(job, model.manifest);
    if (comm.size() == 1)
        refuse_too_large(job, model); // by headers alone
    if (first)
        listener.stop(); // it may throw; a picture to keep there is only after a step
    const auto warn_of = [&](Notice kind) -> Warn {
        return [&, kind](const std::string& text) { listener.notice(kind, text); };
    };
    const Warn warn = warn_of(Notice::other);
    JobInputs loaded =
        comm.size() > 1 ? open_inputs(job) : load_inputs(job, memory, warn_of(Notice::odd_values));
    if (!job.output.memory && first)
        check_output_size(job.output.file, result_size(loaded.inputs, job.options));
    std::optional<FilePreview> file;
    if (first)
        file.emplace(resolved, loaded.content_info, warn);
    MemoryPreview slots(job.preview, resolved.preview_interval, memory, warn);
    if (first)
        listener.stop();

    const auto show = [&](const Progress& progress) {
        if (!first)
            return !listener.stop();
        file->update(progress);
        bool new_preview = false;
        const auto preview = [&] {
            const std::optional<PreviewAt> at = slots.update(progress);
            new_preview = at.has_value();
            return at;
        };
        if (listener.progress(progress, preview) && new_preview)
            slots.take_turns();
        const bool stopping = listener.stop() || progress.stop_asked;
        if (checkpoints)
            checkpoints->update(progress, stopping);
        return !stopping;
    };
    const bool begins = from == nullptr;
    Result result =
        stylize(model, std::move(loaded.inputs), job.options, show, from, listener.notice, comm);
    try {
        write_result(job, memory, result, loaded.content_info, comm);
    } catch (const Error& error) {
        const std::string command = checkpoints ? checkpoints->command() : "";
        if (command.empty())
            throw;
        throw Error(error.code(), std::string(error.what()) + " What was painted is kept: " +
                                      command + " writes it, with -o FILE to another place.");
    }
    if (begins && comm.size() == 1) // else its last scale may have been begun before, or shared out
        learn_from(job, result);
    if (checkpoints)
        checkpoints->end(result.complete);
    return result;
}

} // namespace maniera
