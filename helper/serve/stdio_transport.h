// SPDX-License-Identifier: GPL-3.0-or-later
// The two ends of a conversation that must never wait for the work between them.
//
// The writer is a thread that writes what was said, and `alive` now and then. So a client that
// reads slowly does not hold up the painting. The reader is a thread that waits for the client's
// messages. When the client is gone, it ends the process at once, whatever the work is doing.

#pragma once

#include "helper/messages/message.h"

#include <nlohmann/json.hpp>

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace maniera {

class LineWriter {
public:
    // Writes to this descriptor; the thread lives as long as the process.
    explicit LineWriter(int descriptor);

    void say(std::string line);
    // Says it only when all else has been written; returns whether it was taken.
    bool say_if_idle(std::string line);

private:
    void work();

    const int descriptor_;
    std::mutex mutex_;
    std::condition_variable news_;
    std::deque<std::string> lines_;
    std::size_t bytes_ = 0; // in lines_
    bool writing_ = false;
};

// Reads standard input on a thread of its own and calls `take` there for every line. At its end,
// and at SIGTERM, SIGINT or SIGHUP, the process ends and leaves no temporary file. Blocks the
// signals in the calling thread, so call it before other threads are made.
void start_reader(LineCutter::TakeLine take);

} // namespace maniera
