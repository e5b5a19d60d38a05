// SPDX-License-Identifier: GPL-3.0-or-later
// The libraries that compute, and which of their code this processor runs.

#pragma once

#include <string>
#include <vector>

namespace maniera {

// The processor's instructions that matter here, then LibTorch, oneDNN and the BLAS: lines for a
// person, such as "OpenBLAS 0.3.21, kernel SkylakeX".
std::vector<std::string> libraries_in_use();

// Before anything computes: OpenBLAS tries forever to get its buffers of 128 MiB, and others abort.
// Throws Error{out_of_memory}.
void require_room_for_libraries();

} // namespace maniera
