// SPDX-License-Identifier: GPL-3.0-or-later

#include "helper/serve/stdio_transport.h"

#include "helper/files/output_file.h"
#include "helper/messages/protocol.h"

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <exception>
#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

namespace maniera {
namespace {

// A client that leaves so much unread is gone, or sends requests without reading the answers.
constexpr std::size_t most_unread = 32 << 20; // bytes

[[noreturn]] void leave(int code) {
    remove_unfinished_files();
    _exit(code); // other threads are at work: nothing is undone
}

// A thread that fails ends the process: a client must not wait for a helper that reads nothing.
void start_thread(std::function<void()> body) {
    std::thread([body = std::move(body)] {
        try {
            body();
        } catch (const std::exception& error) {
            std::fprintf(stderr, "maniera: serve failed (%s)\n", error.what());
            leave(1);
        }
    }).detach();
}

} // namespace

LineWriter::LineWriter(int descriptor) : descriptor_(descriptor) {
    std::signal(SIGPIPE, SIG_IGN); // the reader thread notices that the client is gone
    start_thread([this] { work(); });
}

void LineWriter::say(std::string line) {
    const std::lock_guard<std::mutex> lock(mutex_);
    bytes_ += line.size();
    if (bytes_ > most_unread) {
        std::fputs("maniera: the client does not read its answers\n", stderr);
        leave(1);
    }
    lines_.push_back(std::move(line));
    news_.notify_one();
}

bool LineWriter::say_if_idle(std::string line) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (writing_ || !lines_.empty())
        return false;
    bytes_ += line.size();
    lines_.push_back(std::move(line));
    news_.notify_one();
    return true;
}

void LineWriter::work() {
    using Clock = std::chrono::steady_clock;
    const std::string alive = notification_line(MANIERA_METHOD_ALIVE, nlohmann::json::object());
    const auto interval = std::chrono::seconds(MANIERA_ALIVE_SECONDS);
    Clock::time_point next_alive = Clock::now() + interval;
    std::unique_lock<std::mutex> lock(mutex_);
    for (;;) {
        news_.wait_until(lock, next_alive, [this] { return !lines_.empty(); });
        if (Clock::now() >= next_alive) {
            lines_.push_front(alive);
            bytes_ += alive.size();
            next_alive = Clock::now() + interval;
        }
        if (lines_.empty())
            continue;
        const std::string line = std::move(lines_.front());
        lines_.pop_front();
        bytes_ -= line.size();
        writing_ = true;
        lock.unlock();
        for (std::size_t done = 0; done < line.size();) {
            const ssize_t count = write(descriptor_, line.data() + done, line.size() - done);
            if (count < 0 && errno == EINTR)
                continue;
            if (count <= 0) // nobody reads: there is nothing to do for anybody
                leave(0);
            done += static_cast<std::size_t>(count);
        }
        lock.lock();
        writing_ = false;
    }
}

void start_reader(LineCutter::TakeLine take) {
    sigset_t endings;
    sigemptyset(&endings);
    for (const int number : {SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGXCPU})
        sigaddset(&endings, number);
    pthread_sigmask(SIG_BLOCK, &endings, nullptr);
    const int signals = signalfd(-1, &endings, SFD_CLOEXEC);
    start_thread([signals, take = std::move(take)] {
        LineCutter cutter;
        char bytes[1 << 16];
        for (;;) {
            pollfd sources[] = {{STDIN_FILENO, POLLIN, 0}, {signals, POLLIN, 0}};
            if (poll(sources, 2, -1) < 0 && errno != EINTR)
                leave(1);
            if (sources[1].revents) {
                signalfd_siginfo info{};
                if (read(signals, &info, sizeof info) == sizeof info)
                    leave(128 + static_cast<int>(info.ssi_signo));
            }
            if (!sources[0].revents)
                continue;
            const ssize_t count = read(STDIN_FILENO, bytes, sizeof bytes);
            if (count < 0 && (errno == EINTR || errno == EAGAIN))
                continue;
            if (count <= 0)
                leave(0);
            cutter.add(bytes, static_cast<std::size_t>(count), take);
        }
    });
}

} // namespace maniera
