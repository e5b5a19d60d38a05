// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/support/serve_client.h"

#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <poll.h>
#include <stdexcept>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace maniera::test {

using nlohmann::json;
namespace {

constexpr std::chrono::seconds timeout(120);

void make_pipe(int ends[2]) {
    if (pipe2(ends, O_CLOEXEC) != 0)
        throw std::runtime_error("no pipe could be made");
}

} // namespace

ServeClient::ServeClient(const std::string& program, const Settings& settings) {
    std::signal(SIGPIPE, SIG_IGN);
    int in[2], out[2];
    make_pipe(in);
    make_pipe(out);
    if (settings.memory)
        memory_ = memfd_create("test", MFD_CLOEXEC);
    pid_ = fork();
    if (pid_ < 0)
        throw std::runtime_error("no process could be started");
    if (pid_ > 0) {
        close(in[0]);
        close(out[1]);
        to_ = in[1];
        from_ = out[0];
        return;
    }
    for (const std::string& pair : settings.environment)
        putenv(const_cast<char*>(pair.c_str()));
    if (settings.address_space > 0) {
        const rlimit limit = {settings.address_space, settings.address_space};
        setrlimit(RLIMIT_AS, &limit);
    }
    // Above 3 first: any of these may be 3 itself.
    const int high_in = fcntl(in[0], F_DUPFD, 100), high_out = fcntl(out[1], F_DUPFD, 100);
    const int high_memory = settings.memory ? fcntl(memory_, F_DUPFD, 100) : -1;
    dup2(open((folder_ / "err").c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), STDERR_FILENO);
    dup2(high_in, STDIN_FILENO);
    dup2(high_out, STDOUT_FILENO);
    close(3);
    if (high_memory >= 0)
        dup2(high_memory, 3);
    for (const int each : {high_in, high_out, high_memory})
        close(each);
    execl(program.c_str(), program.c_str(), "serve", nullptr);
    _exit(127);
}

ServeClient::~ServeClient() {
    close_input();
    if (pid_ > 0) {
        kill(pid_, SIGKILL);
        waitpid(pid_, nullptr, 0);
    }
    close(from_);
    if (memory_ >= 0)
        close(memory_);
}

void ServeClient::send(const std::string& line) {
    const std::string text = line + "\n";
    for (std::size_t done = 0; done < text.size();) {
        const ssize_t count = write(to_, text.data() + done, text.size() - done);
        if (count <= 0)
            throw std::runtime_error("the helper does not listen; it said: " + errors());
        done += static_cast<std::size_t>(count);
    }
}

void ServeClient::close_input() {
    if (to_ >= 0)
        close(to_);
    to_ = -1;
}

json ServeClient::next() { return next(Clock::now() + timeout); }

json ServeClient::next(Clock::time_point end) {
    for (;;) {
        const std::size_t newline = unread_.find('\n');
        if (newline != std::string::npos) {
            const std::string line = unread_.substr(0, newline);
            unread_.erase(0, newline + 1);
            return json::parse(line);
        }
        if (Clock::now() > end)
            throw std::runtime_error("the helper does not answer; on stderr: " + errors());
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now());
        pollfd source = {from_, POLLIN, 0};
        if (left.count() <= 0 || poll(&source, 1, static_cast<int>(left.count())) == 0)
            throw std::runtime_error("the helper says nothing; on stderr: " + errors());
        char bytes[65536];
        const ssize_t count = read(from_, bytes, sizeof bytes);
        if (count <= 0)
            throw std::runtime_error("the helper ended; on stderr: " + errors());
        unread_.append(bytes, static_cast<std::size_t>(count));
    }
}

json ServeClient::reply(const json& id, std::vector<json>* seen) {
    const Clock::time_point end = Clock::now() + timeout; // signs of life never cease
    for (;;) {
        json message = next(end);
        if (message.contains("id") && message["id"] == id)
            return message;
        if (seen)
            seen->push_back(std::move(message));
    }
}

json ServeClient::notification(const std::string& method) {
    const Clock::time_point end = Clock::now() + timeout;
    for (;;) {
        json message = next(end);
        if (message.value("method", "") == method)
            return message;
        if (message.contains("id"))
            throw std::runtime_error("a reply came before " + method + ": " + message.dump());
    }
}

json ServeClient::ask(int id, const std::string& method, const json& params) {
    send({{"id", id}, {"method", method}, {"params", params}});
    return reply(id);
}

double ServeClient::ends(std::chrono::milliseconds limit) {
    const Clock::time_point start = Clock::now();
    int status = 0;
    while (waitpid(pid_, &status, WNOHANG) == 0) {
        if (Clock::now() - start > limit)
            throw std::runtime_error("the helper did not end; it said: " + errors());
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    pid_ = -1;
    code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return std::chrono::duration<double>(Clock::now() - start).count();
}

std::string ServeClient::errors() const { return read_text(folder_ / "err"); }

void ServeClient::resize_memory(std::uint64_t bytes) {
    if (ftruncate(memory_, static_cast<off_t>(bytes)) != 0)
        throw std::runtime_error("the memory could not be resized");
}

void ServeClient::put(std::uint64_t offset, const void* bytes, std::size_t count) {
    if (pwrite(memory_, bytes, count, static_cast<off_t>(offset)) != static_cast<ssize_t>(count))
        throw std::runtime_error("the memory could not be written");
}

std::string ServeClient::get(std::uint64_t offset, std::size_t count) const {
    std::string bytes(count, '\0');
    if (pread(memory_, bytes.data(), count, static_cast<off_t>(offset)) !=
        static_cast<ssize_t>(count))
        throw std::runtime_error("the memory could not be read");
    return bytes;
}

void ServeClient::put_image(std::uint64_t offset, const Image& image) {
    put(offset, image.pixels.data(), image.pixels.size() * sizeof(float));
}

Image ServeClient::get_image(std::uint64_t offset, int width, int height, int channels) const {
    Image image(width, height, channels);
    const std::string bytes = get(offset, image.pixels.size() * sizeof(float));
    bytes.copy(reinterpret_cast<char*>(image.pixels.data()), bytes.size());
    return image;
}

} // namespace maniera::test
