// SPDX-License-Identifier: GPL-3.0-or-later
// mkstemp, fsync, rename. A temporary file's name says which process made it:
// .maniera-part-MACHINE-PROCESS-START-XXXXXX.png. Not a lock: on SMB shares those bind the writer.

#include "helper/files/output_file.h"

#include "core/base/file_io.h"
#include "core/base/sha256.h"
#include "core/error.h"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <mutex>
#include <set>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
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

constexpr char part_prefix[] = ".maniera-part-";
constexpr time_t long_ago = 24 * 60 * 60; // s; no file takes so long to write

// The same for all processes that can see each other until the machine is started again.
std::string machine_name() {
    std::error_code ignored;
    const std::string text = read_text("/proc/sys/kernel/random/boot_id").value_or("") +
                             fs::read_symlink("/proc/self/ns/pid", ignored).string();
    return sha256_text(text.data(), text.size()).substr(0, 8);
}

// When a process was started, in the kernel's ticks: with its number it is that process alone. 0
// when there is none.
unsigned long long start_of(long process) {
    const std::string text = read_text("/proc/" + std::to_string(process) + "/stat").value_or("");
    const std::size_t name_end = text.rfind(')'); // of the program, which may hold anything
    unsigned long long start = 0;
    if (name_end == std::string::npos ||
        std::sscanf(text.c_str() + name_end + 1,
                    " %*c %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s "
                    "%llu",
                    &start) != 1)
        return 0;
    return start;
}

std::string own_prefix() {
    return part_prefix + machine_name() + "-" + std::to_string(getpid()) + "-" +
           std::to_string(start_of(getpid())) + "-";
}

// Whether no process writes to the temporary file any more. Those of other machines, and of this
// one before it was started again, are known by their age; and so are those of a process that /proc
// does not show: mounted with hidepid it hides other users'.
bool is_abandoned(const fs::path& path) {
    const std::string name = path.filename().string();
    struct stat file;
    char machine[9] = {};
    long process = 0;
    unsigned long long start = 0;
    if (name.rfind(part_prefix, 0) != 0 || lstat(path.c_str(), &file) != 0 ||
        !S_ISREG(file.st_mode) ||
        std::sscanf(name.c_str() + sizeof part_prefix - 1, "%8[0-9a-f]-%ld-%llu-", machine,
                    &process, &start) != 3)
        return false;
    if (machine == machine_name()) {
        if (process <= 0 || (kill(static_cast<pid_t>(process), 0) != 0 && errno == ESRCH))
            return true;
        if (const unsigned long long seen = start_of(process); seen != 0)
            return seen != start;
    }
    return time(nullptr) - file.st_mtime > long_ago;
}

// Where a link leads, and the links there. Links that others have put into a folder that is open
// to all, such as /tmp, are not followed, as the kernel follows none for us there.
std::string follow_links(const std::string& target) {
    constexpr int most = 40; // as the kernel's
    fs::path path(target);
    for (int links = 0; links < most; ++links) {
        struct stat link, folder;
        if (lstat(path.c_str(), &link) != 0 || !S_ISLNK(link.st_mode))
            return path.string();
        if (stat(folder_of(path.string()).c_str(), &folder) == 0 && (folder.st_mode & S_ISVTX) &&
            (folder.st_mode & S_IWOTH) && link.st_uid != geteuid() && link.st_uid != folder.st_uid)
            throw Error(ErrorCode::invalid_request,
                        "The output " + path.string() +
                            " is a link that another user made in a folder open to all, and is "
                            "not followed; name the file itself.");
        std::error_code failed;
        const fs::path to = fs::read_symlink(path, failed);
        if (failed)
            return path.string();
        path = to.is_absolute() ? to : path.parent_path() / to;
    }
    throw Error(ErrorCode::invalid_request,
                "The output " + target + " is a link that leads in a circle; name another output.");
}

// A file is replaced by renaming, which asks its folder alone. Its own permission counts too, the
// root user's files included: who takes it away wants the file kept.
void refuse_read_only(const std::string& target) {
    struct stat file;
    if (stat(target.c_str(), &file) == 0 &&
        ((file.st_mode & 0222) == 0 ||
         (faccessat(AT_FDCWD, target.c_str(), W_OK, AT_EACCESS) != 0 && errno == EACCES)))
        throw Error(ErrorCode::invalid_request,
                    "The file " + target +
                        " is write-protected; name another output, or allow writing to it (chmod "
                        "u+w).");
}

[[noreturn]] void refuse_full_disk(const std::string& folder) {
    throw Error(ErrorCode::no_space, "The disk that holds " + folder +
                                         " is full; free some space or choose another output. "
                                         "Nothing was changed.");
}

[[noreturn]] void refuse_output(const std::string& target, int code) {
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
    case EDQUOT: refuse_full_disk(folder);
    default:
        throw Error(ErrorCode::invalid_request, "The output " + target + " cannot be written (" +
                                                    std::strerror(code) +
                                                    "); choose another output.");
    }
}

} // namespace

FolderLock::FolderLock(const std::string& path)
    : folder_(open(folder_of(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
    constexpr int most = 200; // times 5 ms: whoever holds it for longer is none of ours
    for (int i = 0; i < most && flock(folder_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK; ++i)
        usleep(5000);
}

FolderLock::~FolderLock() {
    if (folder_ >= 0)
        close(folder_);
}

OutputFile::OutputFile(const std::string& target) {
    target_ = follow_links(target);
    std::error_code ignored;
    if (fs::is_directory(target_, ignored))
        throw Error(ErrorCode::invalid_request,
                    "The output " + target + " is a folder; name a file in it.");
    refuse_read_only(target_);
    const fs::path path(target_);
    const std::string ending = path.extension().string();
    const std::string pattern = folder_of(target_) + "/" + own_prefix() + "XXXXXX" + ending;
    std::vector<char> name(pattern.begin(), pattern.end());
    name.push_back('\0');
    const std::lock_guard<std::mutex> lock(unfinished_mutex);
    const int descriptor = mkstemps(name.data(), static_cast<int>(ending.size()));
    if (descriptor < 0)
        refuse_output(target_, errno);
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
    commit_if([] { return true; });
}

bool OutputFile::commit_if(const std::function<bool()>& wanted) {
    const int descriptor = open(temporary_.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0)
        fail(errno, "");
    const int synced = fsync(descriptor) == 0 ? 0 : errno;
    close(descriptor);
    if (synced != 0 && synced != EINVAL)
        fail(synced, "");
    const std::lock_guard<std::mutex> lock(unfinished_mutex);
    const FolderLock alone(target_);
    if (!wanted())
        return false;
    if (rename(temporary_.c_str(), target_.c_str()) != 0)
        fail(errno, "");
    unfinished.erase(temporary_);
    temporary_.clear();
    return true;
}

void OutputFile::fail(int code, const std::string& said) const {
    struct statvfs disk;
    const bool full = statvfs(folder_of(target_).c_str(), &disk) == 0 &&
                      static_cast<std::uintmax_t>(disk.f_bavail) * disk.f_frsize < little_space;
    if (is_of_space(code) || full || said.find("No space left") != std::string::npos)
        refuse_output(target_, ENOSPC);
    if (code == ENOMEM || said.find("vips_tracked: out of memory") != std::string::npos)
        throw Error(ErrorCode::out_of_memory, "There is not enough memory to write the output " +
                                                  target_ +
                                                  "; close other programs, or choose a smaller "
                                                  "--size.");
    if (code != 0)
        refuse_output(target_, code);
    throw Error(ErrorCode::internal, "The output " + target_ + " could not be written" +
                                         (said.empty() ? "" : " (" + said + ")") +
                                         "; choose another output or format.");
}

void remove_unfinished_files() {
    unfinished_mutex.lock(); // and never unlocked
    for (const std::string& path : unfinished)
        unlink(path.c_str());
}

void remove_abandoned_files(const std::string& target) {
    std::error_code failed;
    for (fs::directory_iterator entry(folder_of(target), failed), end; !failed && entry != end;
         entry.increment(failed))
        if (is_abandoned(entry->path()))
            unlink(entry->path().c_str());
}

void check_writable(const std::string& target) {
    OutputFile file(target);
    remove_abandoned_files(file.path());
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

void make_folder(const std::string& folder) {
    std::error_code failed;
    fs::create_directories(folder, failed);
    if (is_of_space(failed.value()))
        refuse_full_disk(folder);
    if (failed)
        throw Error(ErrorCode::invalid_request, "The folder " + folder + " cannot be made (" +
                                                    failed.message() + "); choose another output.");
}

} // namespace maniera
