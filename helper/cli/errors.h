// SPDX-License-Identifier: GPL-3.0-or-later
// How the program ends when something went wrong.

#pragma once

#include "core/error.h"

#include <string>

namespace maniera {

// The exit code of an error; `maniera help exit-codes` explains them.
int exit_code(ErrorCode code);

// To a person, on standard error: "maniera: ...", its control characters by their numbers.
void print_sentence(const std::string& text);

// An error as the user sees it: a sentence on stderr, or a line of JSON on stdout.
void report_error(const Error& error, bool json);

} // namespace maniera
