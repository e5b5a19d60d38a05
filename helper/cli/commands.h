// SPDX-License-Identifier: GPL-3.0-or-later
// What the program does once it knows what is asked.

#pragma once

#include "core/error.h"
#include "helper/cli/command_line.h"

namespace maniera {

// Runs the command and returns the program's exit code. Errors are thrown.
int run_command(const Command& command);

// The exit code of an error; `maniera help exit-codes` explains them.
int exit_code(ErrorCode code);

// An error as the user sees it: a sentence on stderr, or a line of JSON on stdout.
void report_error(const Error& error, bool json);

} // namespace maniera
