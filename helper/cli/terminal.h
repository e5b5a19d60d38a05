// SPDX-License-Identifier: GPL-3.0-or-later
// What a person sees during a run, and how that person stops it.

#pragma once

#include "core/stylize.h"

#include <chrono>
#include <string>

namespace maniera {

// One line on stderr that is written over and over; when stderr is no terminal, a line of a log
// every ten seconds.
class ProgressLine {
public:
    // `before` stands at the line's start.
    explicit ProgressLine(std::string before = "");
    ~ProgressLine(); // clears the line
    ProgressLine(const ProgressLine&) = delete;
    ProgressLine& operator=(const ProgressLine&) = delete;

    void show(const Progress& progress);
    void clear(); // before another line is written

private:
    std::string before_;
    bool terminal_;
    bool shown_ = false;
    double logged_ = 0; // s of the run, when a line was written where there is no terminal
    int steps_ = 0;     // shown since the start, for the rate
    std::chrono::steady_clock::time_point last_{};
};

// While one lives, the first signal that asks the program to end is noted: an interrupt (Ctrl-C),
// SIGTERM, SIGHUP, SIGUSR1, SIGXCPU or SIGXFSZ; a second one ends the program at once. Those that
// were ignored before, as under nohup, still are.
class StopSignal {
public:
    StopSignal();
    ~StopSignal();
    StopSignal(const StopSignal&) = delete;
    StopSignal& operator=(const StopSignal&) = delete;

    int number() const; // 0 = none came
};

} // namespace maniera
