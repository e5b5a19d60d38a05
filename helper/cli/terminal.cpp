// SPDX-License-Identifier: GPL-3.0-or-later
// The progress line and the signals.

#include "helper/cli/terminal.h"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <string>
#include <sys/ioctl.h>
#include <unistd.h>
#include <utility>

namespace maniera {
namespace {

constexpr std::chrono::milliseconds between_lines(100);
constexpr double between_log_lines = 10; // s

std::string in_words(double seconds) {
    char text[32];
    const int whole = static_cast<int>(seconds + 0.5);
    if (whole < 60)
        std::snprintf(text, sizeof text, "%d s", whole);
    else
        std::snprintf(text, sizeof text, "%d min %02d s", whole / 60, whole % 60);
    return text;
}

std::size_t columns() {
    winsize size{};
    return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

volatile std::sig_atomic_t received = 0;

// Ctrl-C and the termination signal; a terminal or connection that is gone; and what clusters and
// limits of the shell (ulimit) send before the time is up or where a file becomes too large.
constexpr int stopping_signals[] = {SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGXCPU, SIGXFSZ};

// A second one ends the program; but the kernel repeats by itself what it says of limits, while
// the picture so far is written.
void note(int number) {
    received = number;
    if (number != SIGXCPU && number != SIGXFSZ)
        std::signal(number, SIG_DFL);
}

} // namespace

ProgressLine::ProgressLine(std::string before)
    : before_(std::move(before)), terminal_(isatty(STDERR_FILENO) != 0) {}

ProgressLine::~ProgressLine() { clear(); }

void ProgressLine::clear() {
    if (std::exchange(shown_, false))
        std::fputs("\r\033[K", stderr);
}

void ProgressLine::show(const Progress& progress) {
    ++steps_;
    const auto now = std::chrono::steady_clock::now();
    // What is done at once leaves nothing in a log.
    if (terminal_ ? shown_ && now - last_ < between_lines && progress.fraction < 1
                  : progress.seconds - logged_ < between_log_lines)
        return;
    logged_ = progress.seconds;
    last_ = now;
    shown_ = terminal_;
    char text[256];
    std::snprintf(text, sizeof text,
                  "%3.0f %%  scale %d/%d (%dx%d)  step %d/%d  loss %.4g  %.1f steps/s  %s left",
                  100 * progress.fraction, progress.scale + 1, progress.scales, progress.width,
                  progress.height, progress.step, progress.steps, progress.loss,
                  steps_ / std::max(1e-3, progress.seconds),
                  in_words(progress.seconds_left).c_str());
    const std::string line = before_ + text;
    if (!terminal_) {
        std::fprintf(stderr, "%s\n", line.c_str());
        return;
    }
    std::fprintf(stderr, "\r\033[K%s", line.substr(0, columns() - 1).c_str());
    std::fflush(stderr);
}

StopSignal::StopSignal() {
    received = 0;
    for (const int number : stopping_signals)
        if (std::signal(number, note) == SIG_IGN) // as nohup asks
            std::signal(number, SIG_IGN);
}

StopSignal::~StopSignal() {
    struct sigaction now;
    for (const int number : stopping_signals)
        if (sigaction(number, nullptr, &now) == 0 && now.sa_handler == note)
            std::signal(number, SIG_DFL);
}

int StopSignal::number() const { return received; }

} // namespace maniera
