// SPDX-License-Identifier: GPL-3.0-or-later
// A file that appears whole or not at all: written under another name in the same folder, and
// renamed.
//
//     OutputFile file("out.png");
//     write_something_to(file.path());
//     file.commit();             // without it, nothing existing was touched

#pragma once

#include <functional>
#include <string>

namespace maniera {

// While one lives, no other process of ours renames over, or removes, what it has looked at in the
// folder of `path`. Not for long. File systems without locks of folders, as NFS, do without.
class FolderLock {
public:
    explicit FolderLock(const std::string& path);
    ~FolderLock();
    FolderLock(const FolderLock&) = delete;
    FolderLock& operator=(const FolderLock&) = delete;

private:
    int folder_;
};

class OutputFile {
public:
    // Makes the temporary file, in the folder of `target` and with its ending. A symbolic link is
    // followed. Throws Error{invalid_request} when the folder is missing or cannot be written to,
    // Error{no_space} when the disk is full.
    explicit OutputFile(const std::string& target);
    ~OutputFile(); // removes what was not committed
    OutputFile(const OutputFile&) = delete;
    OutputFile& operator=(const OutputFile&) = delete;

    const std::string& path() const { return temporary_; }

    // Brings the file to the disk and renames it; permissions are those of the file it replaces,
    // else what the umask gives.
    void commit();
    // Only if `wanted` says so when all is on the disk; no other process of ours renames in
    // between.
    bool commit_if(const std::function<bool()>& wanted);

    // The error to report when writing to path() failed, with errno `code` (0 = unknown) and what
    // the writer said.
    [[noreturn]] void fail(int code, const std::string& said) const;

private:
    std::string target_;
    std::string temporary_;
};

// Removes what was not committed, of all threads, and lets no more be made: called when the process
// is about to end without unwinding.
void remove_unfinished_files();

// Removes what killed processes left half-written in the folder of `target`.
void remove_abandoned_files(const std::string& target);

// Refuses, before any work, an output that could not be written: makes and removes a file in its
// folder. Removes abandoned files there. Throws as OutputFile does.
void check_writable(const std::string& target);

// A folder for results, and those it lies in; one that exists is as welcome. Throws
// Error{invalid_request, no_space}.
void make_folder(const std::string& folder);

} // namespace maniera
