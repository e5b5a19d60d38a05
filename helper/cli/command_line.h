// SPDX-License-Identifier: GPL-3.0-or-later
// From the words of a command line to a command. Flags of options come from the option table.

#pragma once

#include "helper/cli/command.h"

#include <string>
#include <vector>

namespace maniera {

// The words after the program's name. Throws Error{invalid_request} or Error{invalid_option} with
// a sentence that names the nearest right word.
Command parse_command_line(const std::vector<std::string>& words);

} // namespace maniera
