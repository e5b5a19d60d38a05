// SPDX-License-Identifier: GPL-3.0-or-later
// `maniera parts`: what the photograph and the paintings have in common, as files to look at and to
// edit.

#pragma once

#include "helper/cli/command.h"

namespace maniera {

// Writes masks, parts.json and sheet.png into the command's output folder. Returns the program's
// exit code.
int parts_command(const Command& command);

} // namespace maniera
