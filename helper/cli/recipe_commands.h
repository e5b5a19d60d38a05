// SPDX-License-Identifier: GPL-3.0-or-later
// `maniera recipe` and `maniera again`: what a result's file says of how it was painted.

#pragma once

#include "helper/cli/command.h"

namespace maniera {

// Prints the command that made the picture. Returns the program's exit code.
int recipe_command(const Command& command);

// The job that paints the picture again: its pictures beside it, in the current folder or in those
// of --look-in; what the command line says counts more. Throws Error{invalid_request} for a picture
// without a recipe, or whose pictures are not there.
Job job_again(const Command& command);

} // namespace maniera
