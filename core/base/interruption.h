// SPDX-License-Identifier: GPL-3.0-or-later
// A step of a large picture takes minutes. Between two layers of the network it asks whether it is
// still wanted. Internal.
//
//     try {
//         const Interruptible here(stop);            // bool stop()
//         passes();                                  // call check_interruption()
//     } catch (const Interrupted&) {
//         use_what_there_was_before();
//     }

#pragma once

#include <functional>

namespace maniera {

// Thrown by check_interruption. No std::exception: nothing may take it for an error.
struct Interrupted {};

// While one lives, check_interruption() asks `stop` on this thread; an empty one is never asked.
// What `stop` throws goes through. They do not nest.
class Interruptible {
public:
    explicit Interruptible(const std::function<bool()>& stop);
    explicit Interruptible(std::function<bool()>&&) = delete; // it would be gone
    ~Interruptible();
    Interruptible(const Interruptible&) = delete;
    Interruptible& operator=(const Interruptible&) = delete;
};

// Throws Interrupted where the work is no longer wanted. Costs next to nothing.
void check_interruption();

} // namespace maniera
