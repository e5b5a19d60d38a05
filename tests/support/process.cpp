// SPDX-License-Identifier: GPL-3.0-or-later
// fork and exec, output to files.

#include "tests/support/process.h"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace maniera::test {

namespace fs = std::filesystem;

ScratchFolder::ScratchFolder() {
    std::string pattern = (fs::temp_directory_path() / "maniera-test-XXXXXX").string();
    if (!mkdtemp(pattern.data()))
        throw std::runtime_error("no scratch folder could be made");
    path_ = pattern;
}

ScratchFolder::~ScratchFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
}

std::vector<std::string> ScratchFolder::names() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(path_))
        names.push_back(entry.path().filename().string());
    std::sort(names.begin(), names.end());
    return names;
}

std::string read_text(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

void write_text(const std::string& path, const std::string& text) {
    std::ofstream(path, std::ios::binary) << text;
}

Process::Process(const std::vector<std::string>& words, const std::vector<std::string>& environment)
    : out_(folder_ / "out"), err_(folder_ / "err") {
    std::vector<char*> arguments;
    for (const std::string& word : words)
        arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    pid_ = fork();
    if (pid_ < 0)
        throw std::runtime_error("no process could be started");
    if (pid_ > 0)
        return;
    for (const std::string& pair : environment)
        putenv(const_cast<char*>(pair.c_str()));
    const int flags = O_WRONLY | O_CREAT | O_TRUNC;
    dup2(open("/dev/null", O_RDONLY), STDIN_FILENO);
    dup2(open(out_.c_str(), flags, 0600), STDOUT_FILENO);
    dup2(open(err_.c_str(), flags, 0600), STDERR_FILENO);
    execvp(arguments[0], arguments.data());
    _exit(127);
}

Process::~Process() {
    if (pid_ > 0) {
        kill(pid_, SIGKILL);
        waitpid(pid_, nullptr, 0);
    }
}

void Process::signal(int number) const {
    if (pid_ > 0)
        kill(pid_, number);
}

Outcome Process::wait(std::chrono::seconds limit) {
    const auto end = std::chrono::steady_clock::now() + limit;
    int status = 0;
    while (waitpid(pid_, &status, WNOHANG) == 0) {
        if (std::chrono::steady_clock::now() > end)
            throw std::runtime_error("a program did not end in time; it said: " + read_text(err_));
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    pid_ = -1;
    Outcome outcome;
    outcome.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    outcome.out = read_text(out_);
    outcome.err = read_text(err_);
    return outcome;
}

Outcome run(const std::vector<std::string>& words, const std::vector<std::string>& environment) {
    return Process(words, environment).wait();
}

Outcome with_disk(const std::string& at, const std::string& options,
                  const std::vector<std::string>& words,
                  const std::vector<std::string>& environment) {
    fs::create_directory(at);
    std::vector<std::string> all = {
        "unshare", "-m", "sh", "-c", "mount -t tmpfs -o " + options + " none \"$0\" && exec \"$@\"",
        at};
    all.insert(all.end(), words.begin(), words.end());
    return run(all, environment);
}

} // namespace maniera::test
