// SPDX-License-Identifier: GPL-3.0-or-later
// mkstemp, fsync, rename.

#include "helper/output_file.h"

#include "core/error.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <mutex>
#include <set>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>
#include <vector>

namespace maniera {
namespace {

namespace fs = std::filesystem;

// The temporary files there are. Held by whoever makes, renames or removes one.
std::mutex unfinished_mutex;
std::set<std::string> unfinished;

constexpr std::uintmax_t little_space = 1 << 20; // below it a failed write is blamed on the disk

mode_t mode_for(const std::string& target) {
    struct stat existing;
    if (stat(target.c_str(), &existing) == 0)
        return existing.st_mode & 07777;
    const mode_t mask = umask(0);
    umask(mask);
    return 0666 & ~mask;
}

std::string folder_of(const std::string& path) {
    const std::string folder = fs::path(path).parent_path().string();
    return folder.empty() ? "." : folder;
}

[[noreturn]] void refuse_place(const std::string& target, int code) {
    const std::string folder = folder_of(target);
    switch (code) {
    case ENOENT:
    case ENOTDIR:
        throw Error(ErrorCode::invalid_request, "The folder " + folder +
                                                    " does not exist; make it first, or name "
                                                    "another output.");
    case EACCES:
    case EPERM:
    case EROFS:
        throw Error(ErrorCode::invalid_request, "The folder " + folder +
                                                    " cannot be written to; choose another "
                                                    "output or change its permissions.");
    case ENOSPC:
    case EDQUOT:
        throw Error(ErrorCode::no_space, "The disk that holds " + folder +
                                             " is full; free some space or choose another output. "
                                             "Nothing was changed.");
    default:
        throw Error(ErrorCode::invalid_request, "The output " + target + " cannot be written (" +
                                                    std::strerror(code) +
                                                    "); choose another place.");
    }
}

} // namespace

OutputFile::OutputFile(const std::string& target) : target_(target) {
    std::error_code ignored;
    if (fs::is_symlink(target, ignored)) {
        const fs::path real = fs::weakly_canonical(target, ignored);
        if (!ignored)
            target_ = real.string();
    }
    if (fs::is_directory(target_, ignored))
        throw Error(ErrorCode::invalid_request,
                    "The output " + target + " is a folder; name a file in it.");
    const fs::path path(target_);
    const std::string ending = path.extension().string();
    const std::string pattern = folder_of(target_) + "/.maniera-XXXXXX" + ending;
    std::vector<char> name(pattern.begin(), pattern.end());
    name.push_back('\0');
    const std::lock_guard<std::mutex> lock(unfinished_mutex);
    const int descriptor = mkstemps(name.data(), static_cast<int>(ending.size()));
    if (descriptor < 0)
        refuse_place(target_, errno);
    fchmod(descriptor, mode_for(target_));
    close(descriptor);
    temporary_ = name.data();
    unfinished.insert(temporary_);
}

OutputFile::~OutputFile() {
    if (temporary_.empty())
        return;
    const std::lock_guard<std::mutex> lock(unfinished_mutex);
    unlink(temporary_.c_str());
    unfinished.erase(temporary_);
}

void OutputFile::commit() {
    const int descriptor = open(temporary_.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0)
        fail(errno, "");
    const int synced = fsync(descriptor) == 0 ? 0 : errno;
    close(descriptor);
    if (synced != 0 && synced != EINVAL)
        fail(synced, "");
    const std::lock_guard<std::mutex> lock(unfinished_mutex);
    if (rename(temporary_.c_str(), target_.c_str()) != 0)
        fail(errno, "");
    unfinished.erase(temporary_);
    temporary_.clear();
}

void OutputFile::fail(int code, const std::string& said) const {
    struct statvfs disk;
    const bool full = statvfs(folder_of(target_).c_str(), &disk) == 0 &&
                      static_cast<std::uintmax_t>(disk.f_bavail) * disk.f_frsize < little_space;
    if (code == ENOSPC || code == EDQUOT || code == EFBIG || full ||
        said.find("No space left") != std::string::npos)
        refuse_place(target_, ENOSPC);
    if (code != 0)
        refuse_place(target_, code);
    throw Error(ErrorCode::internal, "The output " + target_ + " could not be written" +
                                         (said.empty() ? "" : " (" + said + ")") +
                                         "; choose another place or format.");
}

void remove_unfinished_files() {
    unfinished_mutex.lock(); // and never unlocked
    for (const std::string& path : unfinished)
        unlink(path.c_str());
}

void check_writable(const std::string& target) {
    OutputFile file(target);
    const int descriptor = open(file.path().c_str(), O_WRONLY | O_CLOEXEC);
    if (descriptor < 0)
        file.fail(errno, "");
    const std::vector<char> block(1 << 16);
    const ssize_t written = write(descriptor, block.data(), block.size());
    const int code = errno;
    close(descriptor);
    if (written != static_cast<ssize_t>(block.size()))
        file.fail(written < 0 ? code : ENOSPC, "");
}

} // namespace maniera
