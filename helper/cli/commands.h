// SPDX-License-Identifier: GPL-3.0-or-later
// What the program does once its command line has been read.

#pragma once

#include "helper/cli/command.h"

namespace maniera {

// Runs the command and returns the program's exit code. Errors are thrown.
int run_command(const Command& command);

} // namespace maniera
