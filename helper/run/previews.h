// SPDX-License-Identifier: GPL-3.0-or-later
// The painting so far, written now and then: to a file for people, to shared memory for a client.
//
//     FilePreview file(resolved, content_info, warn);
//     file.update(progress);                          // after every step
//
// A preview that cannot be written must not end the painting: `warn` is told once, and no other
// preview is written.

#pragma once

#include "core/resolved_options.h"
#include "core/stylize.h"
#include "helper/images/file_info.h"
#include "helper/job/inputs.h"
#include "helper/job/job.h"
#include "helper/job/shared_memory.h"

#include <cstdint>
#include <optional>
#include <string>

namespace maniera {

// The picture file of the option `preview`: written after the first step, and then after each
// `preview-interval`. Does nothing where the option is not set.
class FilePreview {
public:
    // Throws as check_output does.
    FilePreview(const ResolvedOptions& resolved, const FileInfo& like, const Warn& warn);

    void update(const Progress& progress);

private:
    std::string path_;
    double interval_; // s
    double next_ = 0; // s since the run began
    FileInfo like_;
    Warn warn_;
};

// Where the newest preview in memory is.
struct WrittenPreview {
    std::uint64_t offset = 0; // bytes
    int width = 0;
    int height = 0;
};

// The two slots of a job's `preview`. Does nothing where a job has none.
class MemoryPreview {
public:
    // Throws Error{invalid_request} where the slots are not within the memory. `memory` must
    // outlive this.
    MemoryPreview(const std::optional<PreviewMemory>& slots, double interval,
                  const SharedMemory& memory, const Warn& warn);

    // Writes to the slot that the client is not looking at, when a preview is due.
    std::optional<WrittenPreview> update(const Progress& progress);

    // The client has been told of the newest: the next goes to the other slot.
    void take_turns();

private:
    std::uint64_t slot_bytes() const;

    std::optional<PreviewMemory> slots_;
    double interval_; // s
    double next_ = 0; // s since the run began
    const SharedMemory& memory_;
    Warn warn_;
    std::uint64_t slot_ = 0; // the one to write to
};

} // namespace maniera
