// SPDX-License-Identifier: GPL-3.0-or-later

#include "helper/job/checkpoints.h"

#include "core/base/sha256.h"
#include "core/error.h"
#include "helper/files/output_file.h"
#include "helper/job/overwriting.h"
#include "helper/job/report.h"
#include "helper/messages/message.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <random>
#include <sstream>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <utility>

namespace maniera {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr double long_run = 60; // s; a shorter one is sooner painted again than asked about
constexpr int sparing = 4; // at most a fifth of the time goes into what is written between scales

[[noreturn]] void refuse(const std::string& why) { throw Error(ErrorCode::invalid_request, why); }

Clock::duration seconds(double value) {
    return std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(value));
}

// As a shell takes it.
std::string shell_word(const std::string& text) {
    const auto plain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::strchr("/._-+,:@%", c) || static_cast<unsigned char>(c) >= 0x80;
    };
    if (!text.empty() && text[0] != '-' && std::all_of(text.begin(), text.end(), plain))
        return text;
    std::string quoted = text[0] == '-' ? "./'" : "'";
    for (char c : text)
        quoted += c == '\'' ? "'\\''" : std::string(1, c);
    return quoted + "'";
}

std::string resume_command(const std::string& file) { return "maniera resume " + shell_word(file); }

// Differs once another run has written to the name. All 0 where there is no file. Not by the file's
// number, which some network file systems invent anew.
FileVersion version_of(const std::string& path) {
    struct stat file;
    if (stat(path.c_str(), &file) != 0)
        return {};
    return {file.st_size, file.st_mtim.tv_sec, file.st_mtim.tv_nsec};
}

// Two runs may write files of one size within a tick of the kernel's clock. In microseconds, which
// file systems keep.
void make_version_unique(const std::string& path) {
    std::random_device random;
    const timespec now = {time(nullptr), static_cast<long>(random() % 1'000'000) * 1000};
    const timespec times[] = {now, now};
    utimensat(AT_FDCWD, path.c_str(), times, 0);
}

std::string job_text(const Job& job) {
    try {
        return to_json(job).dump();
    } catch (const nlohmann::json::type_error&) {
        refuse("The name of a picture or of its folder is not UTF-8; rename it.");
    }
}

std::vector<std::string> hashes_of(const Job& job) {
    std::vector<std::string> hashes;
    for (const std::string& file : input_files(job))
        hashes.push_back(sha256_of_file(file)); // empty: its reader will say why
    return hashes;
}

// Pictures that are what they were.
void check_unchanged(const Job& job, const std::vector<std::string>& before) {
    const std::vector<std::string> files = input_files(job), now = hashes_of(job);
    for (std::size_t i = 0; i < files.size(); ++i) {
        if (now[i].empty())
            throw Error(
                ErrorCode::unreadable_image,
                "The run began with " + files[i] +
                    ", which cannot be read now; put it back, or start from scratch with maniera "
                    "stylize.");
        if (i >= before.size() || now[i] != before[i])
            throw Error(ErrorCode::unreadable_image,
                        files[i] + " is not the picture that the run began with; put that one "
                                   "back, or start from scratch with maniera stylize.");
    }
}

} // namespace

SavedRun read_saved_run(const std::string& file) {
    SavedRun saved;
    saved.file = file;
    saved.state = std::make_unique<CheckpointReader>(file);
    const std::string program = saved.state->text("program");
    if (program != MANIERA_VERSION)
        refuse("The checkpoint " + file + " was made by Maniera " + program.substr(0, 40) +
               ", and this is " MANIERA_VERSION "; resume it with that version.");
    try {
        saved.job = job_from_json(parse_json(saved.state->text("job")));
    } catch (const std::exception& error) {
        refuse("The checkpoint " + file + " holds a job that this Maniera cannot run (" +
               std::string(error.what()).substr(0, 200) +
               "); start from scratch with maniera stylize.");
    }
    saved.model = saved.state->text("model");
    std::istringstream lines(saved.state->text("inputs"));
    for (std::string line; std::getline(lines, line);)
        saved.inputs.push_back(line);
    return saved;
}

Checkpoints::Checkpoints(const CheckpointSettings& settings, const Warn& say)
    : file_(settings.file), automatic_(settings.file.empty()), interval_(settings.interval),
      say_(say), off_(settings.none) {}

Checkpoints::Checkpoints(SavedRun saved, double interval, const Warn& say)
    : file_(saved.file), interval_(interval), say_(say), state_(std::move(saved.state)),
      model_(saved.model), inputs_(std::move(saved.inputs)), seen_(version_of(saved.file)),
      there_(true), told_(true) {}

void Checkpoints::begin(const Job& job, const Manifest& model) {
    job_ = job;
    if (state_) {
        check_unchanged(job, inputs_);
        if (model.sha256 != model_)
            throw Error(ErrorCode::unreadable_model,
                        "The model " + model.name + " (" + model.path +
                            ") is not the one that the run began with; bring that one back, or "
                            "start from scratch with maniera stylize.");
        refuse_overwriting(job, file_);
        remove_abandoned_files(file_);
        return;
    }
    if (!off_ && automatic_)
        file_ = job.output.file + ".maniera-checkpoint";
    refuse_overwriting(job, off_ ? "" : file_);
    if (off_)
        return;
    std::error_code ignored;
    if (is_checkpoint(file_))
        say_("An earlier run was cut off and can be resumed with: " + resume_command(file_) +
             ". This run starts from scratch, and its first checkpoint replaces the earlier one.");
    else if (fs::is_regular_file(file_, ignored) && fs::file_size(file_, ignored) > 0)
        refuse("The file " + file_ +
               " exists and is not a checkpoint; name another file with --checkpoint.");
    seen_ = version_of(file_);
    if (automatic_)
        remove_abandoned_files(file_);
    else
        check_writable(file_);
    model_ = model.sha256;
    inputs_ = hashes_of(job);
}

bool Checkpoints::due(const Progress& progress, bool stopping) {
    const Clock::time_point now = Clock::now();
    if (next_ == Clock::time_point())
        next_ = now + seconds(interval_);
    if (!stopping && !progress.last && progress.step < progress.steps &&
        (interval_ <= 0 || now < next_))
        return false;
    double whole = progress.seconds + progress.seconds_left;
    const double limit = resolve(job_.options).time_limit;
    if (limit > 0)
        whole = std::min(whole, limit);
    return !automatic_ || there_ || whole > long_run;
}

void Checkpoints::update(const Progress& progress, bool stopping) {
    state_.reset(); // core has read it; what replaces it needs its space on the disk
    if (!off_ && due(progress, stopping))
        write(progress);
}

bool Checkpoints::taken_by_others() const {
    const FileVersion now = version_of(file_);
    return now != seen_ && now != FileVersion();
}

void Checkpoints::leave_to_others() {
    const std::string theirs = file_;
    for (int number = 2; version_of(file_) != FileVersion(); ++number)
        file_ = theirs + "-" + std::to_string(number);
    told_ = false;
    say_("Another run writes its checkpoints to " + theirs + "; those of this one go to " + file_ +
         ".");
}

// False where another run has taken the name, perhaps while the file was written.
bool Checkpoints::write_unless_taken(const Progress& progress) {
    if (taken_by_others())
        return false;
    OutputFile file(file_);
    CheckpointWriter writer(file.path(), file_);
    std::string hashes;
    for (const std::string& hash : inputs_)
        hashes += hash + "\n";
    writer.text("program", MANIERA_VERSION);
    writer.text("job", job_text(job_));
    writer.text("model", model_);
    writer.text("inputs", hashes);
    progress.save(writer);
    writer.finish();
    make_version_unique(file.path());
    const FileVersion written = version_of(file.path());
    if (!file.commit_if([this] { return !taken_by_others(); }))
        return false;
    seen_ = written;
    return true;
}

void Checkpoints::write(const Progress& progress) {
    const Clock::time_point start = Clock::now();
    try {
        while (!write_unless_taken(progress))
            leave_to_others();
    } catch (...) {
        say_("no more checkpoints: " + std::string(current_error().what()));
        off_ = true;
        return;
    }
    there_ = true;
    const Clock::time_point now = Clock::now();
    next_ = now + std::max(seconds(interval_), sparing * (now - start));
    if (!std::exchange(told_, true))
        say_("if this run is cut off, it can be resumed with: " + resume_command(file_));
}

void Checkpoints::end(bool complete) {
    if (!there_ || !complete)
        return;
    there_ = false;
    const FolderLock alone(file_);
    if (version_of(file_) != seen_)
        return; // another run's, or gone
    if (unlink(file_.c_str()) != 0 && errno != ENOENT)
        say_("The checkpoint " + file_ + " cannot be removed (" + std::strerror(errno) +
             "); it is no longer needed.");
}

std::string Checkpoints::command() const { return there_ ? resume_command(file_) : ""; }

} // namespace maniera
