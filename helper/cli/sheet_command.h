// SPDX-License-Identifier: GPL-3.0-or-later
// `maniera sheet`: small drafts in several styles and settings on one sheet, to choose from.

#pragma once

#include "helper/cli/command.h"

namespace maniera {

// Returns the program's exit code: that of unreadable pictures where some could not be painted.
int sheet_command(const Command& command);

} // namespace maniera
