// SPDX-License-Identifier: GPL-3.0-or-later
// Runs programs as a user would, in a folder of the test's own.

#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <sys/types.h>
#include <vector>

namespace maniera::test {

// A folder that is gone when the test is.
class ScratchFolder {
public:
    ScratchFolder();
    ~ScratchFolder();
    ScratchFolder(const ScratchFolder&) = delete;
    ScratchFolder& operator=(const ScratchFolder&) = delete;

    std::filesystem::path path() const { return path_; }
    std::string operator/(const std::string& name) const { return (path_ / name).string(); }
    // The names in it, hidden ones too, sorted.
    std::vector<std::string> names() const;

private:
    std::filesystem::path path_;
};

std::string read_text(const std::string& path);
void write_text(const std::string& path, const std::string& text);

struct Outcome {
    int code = -1; // exit code; 128 + number for a signal, as a shell has it
    std::string out;
    std::string err;
};

// A running program; killed and waited for when it goes out of scope.
class Process {
public:
    // The first word is the program. `environment` holds NAME=VALUE to add.
    explicit Process(const std::vector<std::string>& words,
                     const std::vector<std::string>& environment = {});
    ~Process();
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    void signal(int number) const;
    std::string out_so_far() const { return read_text(out_); }
    Outcome wait(std::chrono::seconds limit = std::chrono::seconds(300));

private:
    ScratchFolder folder_;
    std::string out_, err_;
    pid_t pid_ = -1;
};

Outcome run(const std::vector<std::string>& words,
            const std::vector<std::string>& environment = {});

// Runs a command with a small file system, of mount's options, at the folder `at`, in a mount
// namespace that ends with the command.
Outcome with_disk(const std::string& at, const std::string& options,
                  const std::vector<std::string>& words,
                  const std::vector<std::string>& environment = {});

} // namespace maniera::test
