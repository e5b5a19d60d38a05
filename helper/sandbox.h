// SPDX-License-Identifier: GPL-3.0-or-later
// What a decoder of strangers' files may still do.

#pragma once

namespace maniera {

// From here on this process reads no file but this one, writes to none but those that are open,
// makes no socket and starts no program. A kernel without Landlock or seccomp leaves out its part.
void enter_sandbox(const char* path);

} // namespace maniera
