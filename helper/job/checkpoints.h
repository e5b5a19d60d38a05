// SPDX-License-Identifier: GPL-3.0-or-later
// A run's checkpoints: when they are written, what they hold besides core's state, and what must be
// unchanged when the run is resumed.
//
//     Checkpoints checkpoints(settings, say);             SavedRun saved = read_saved_run("file");
//     run_job(job, ..., &checkpoints);                Checkpoints checkpoints(saved, 60, say);
//                                                     run_job(saved.job, ..., &checkpoints);
//
// Records of a checkpoint besides core's: the texts `program` (Maniera's version), `job` (JSON with
// whole names), `model` (SHA-256 of its weights) and `inputs` (SHA-256 of each picture file, one a
// line, in the order of input_files).

#pragma once

#include "core/stylize.h"
#include "helper/job/inputs.h"
#include "helper/job/job.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

namespace maniera {

struct CheckpointSettings {
    std::string file;     // empty = beside the output, if the run takes above a minute
    bool none = false;    // write no checkpoints
    double interval = 60; // s; between two of them; 0 = only at the ends of scales
};

// A run that ended before its picture was complete.
struct SavedRun {
    std::string file;
    Job job;
    std::string model;               // SHA-256 of the weights
    std::vector<std::string> inputs; // SHA-256 of each of input_files(job)
    std::unique_ptr<CheckpointReader> state;
};

// Throws Error{invalid_request} for a file that is missing, foreign, damaged, or of another
// version.
SavedRun read_saved_run(const std::string& file);

// What was written to a name: its size, and the time in s and ns.
using FileVersion = std::tuple<std::int64_t, std::int64_t, std::int64_t>;

// Writes a checkpoint at the end of every scale, after `interval` seconds, and at the run's end,
// each replacing the one before. A checkpoint that cannot be written must not end the painting: it
// is complained about once.
class Checkpoints {
public:
    // Of a run that begins.
    Checkpoints(const CheckpointSettings& settings, const Warn& say);
    // Of a run that is resumed.
    Checkpoints(SavedRun saved, double interval, const Warn& say);

    // Before the pictures are read. Of a run that begins, refuses a file that cannot be written or
    // is something else than a checkpoint, with Error{invalid_request} or Error{no_space}. Of one
    // that is resumed, refuses pictures with Error{unreadable_image} and a model with
    // Error{unreadable_model} that are not those it began with.
    void begin(const Job& job, const Manifest& model);

    // What the run is resumed from; null when it begins.
    const CheckpointReader* from() const { return state_.get(); }

    // Called after every step; `stopping`: no other follows.
    void update(const Progress& progress, bool stopping);

    // When the result was written.
    void end(bool complete);

    // "maniera resume FILE"; empty when there is no checkpoint to resume from.
    std::string command() const;
    const std::string& file() const { return file_; }

private:
    bool due(const Progress& progress, bool stopping);
    void write(const Progress& progress);
    bool write_unless_taken(const Progress& progress);
    bool taken_by_others() const; // by a run beside this one, since this one looked
    void leave_to_others();       // takes another name

    std::string file_;
    bool automatic_ = false; // only if the run is long
    double interval_;
    Warn say_;
    std::unique_ptr<CheckpointReader> state_;
    std::string model_;
    std::vector<std::string> inputs_;
    Job job_;
    FileVersion seen_;   // what was at the name when this run last looked, or wrote it
    bool off_ = false;   // one could not be written
    bool there_ = false; // the file is a checkpoint of this run
    bool told_ = false;  // how to resume
    std::chrono::steady_clock::time_point next_{};
};

} // namespace maniera
