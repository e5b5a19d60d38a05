// SPDX-License-Identifier: GPL-3.0-or-later
// `maniera pack`: the style of paintings as a file, which paints in their place.

#pragma once

#include "helper/cli/command.h"

namespace maniera {

// Writes the pack of the command's styles, or prints what is in the one that it names without an
// output. Returns the program's exit code.
int pack_command(const Command& command);

} // namespace maniera
