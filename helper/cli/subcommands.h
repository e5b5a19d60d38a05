// SPDX-License-Identifier: GPL-3.0-or-later
// The program's commands as CLI11 knows them: which words each takes. Internal.

#pragma once

#include "helper/cli/command.h"

#include <CLI/CLI.hpp>

#include <functional>
#include <vector>

namespace maniera {

// `finish`, once the words have been read, names the command's kind and refuses one that lacks
// something.
struct Subcommand {
    CLI::App* app;
    std::function<void()> finish;
};

// In the order of `maniera --help`. Both arguments must outlive what it returns.
std::vector<Subcommand> add_subcommands(CLI::App& app, Command& command);

} // namespace maniera
