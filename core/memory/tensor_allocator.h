// SPDX-License-Identifier: GPL-3.0-or-later
// Where LibTorch takes the memory of tensors from.

#pragma once

namespace maniera {

// From glibc's heap in such a way that what a tensor leaves is taken by the next one of its size.
// By itself LibTorch asks for aligned blocks, for which glibc (before 2.38) looks for larger ones
// than they become: what is freed never fits again, and a run takes fresh memory at each step. For
// the whole process, before any work.
void reuse_memory_of_tensors();

} // namespace maniera
