// SPDX-License-Identifier: GPL-3.0-or-later
// How many threads this process may keep busy. A batch system, a container or taskset may give it a
// few of a machine's many processors; more threads than these only wait for each other.

#pragma once

#include <string>

namespace maniera {

// The processors that this process may run on (its affinity), or less where its control groups
// allow less of their time. At least 1. `root` stands before /proc and /sys in tests.
int usable_processors(const std::string& root = "");

// For the whole process, before any run: no more threads than this, as OMP_NUM_THREADS says; 0 = no
// such limit. Core itself reads no environment.
void limit_threads(int most);

// What a run takes that does not say itself (the option `threads`), and `ranks` of one machine
// each.
int usable_threads(int ranks = 1);

} // namespace maniera
