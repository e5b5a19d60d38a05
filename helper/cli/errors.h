// SPDX-License-Identifier: GPL-3.0-or-later
// How the program ends when something went wrong.

#pragma once

#include "core/error.h"

namespace maniera {

// The exit code of an error; `maniera help exit-codes` explains them.
int exit_code(ErrorCode code);

// An error as the user sees it: a sentence on stderr, or a line of JSON on stdout.
void report_error(const Error& error, bool json);

} // namespace maniera
