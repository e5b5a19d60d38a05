// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

namespace maniera {

// The threads that OMP_NUM_THREADS allows: the first of "4" or "4,2", which are of nested levels. 0
// where it is unset or says nothing that OpenMP takes.
int threads_in_environment(const char* value);

} // namespace maniera
