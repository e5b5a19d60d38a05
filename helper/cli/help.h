// SPDX-License-Identifier: GPL-3.0-or-later
// The words of `maniera --help` and `maniera help TOPIC`. The manual is made of the same words.
//
//     std::fputs(help_topic("batch").c_str(), stdout);

#pragma once

#include "core/options.h"

#include <string>
#include <vector>

namespace maniera {

// A command of the program and what it does, in one line.
struct CommandHelp {
    const char* name;
    const char* summary;
};
const std::vector<CommandHelp>& all_commands();
std::string command_summary(const std::string& name); // empty when there is no such command

// A heading above options of the table, and the table's name for their group.
struct OptionHeading {
    const char* group;
    const char* heading;
};
const std::vector<OptionHeading>& option_headings();

// The group of a row's heading: its own, but for what is only the command line's and has a place
// among the others.
std::string heading_of(const ManieraOption& row);

// What stands behind an option's name: "N", "draft|normal|high".
std::string option_value_name(const ManieraOption& row);
// Its help with unit and default: "Least time between two previews (in s) [2]".
std::string option_description(const ManieraOption& row);

std::vector<std::string> help_topics();
std::string help_topic_names(); // the same, separated by commas

// A page that fits on a screen. Its first line is its title. Lines that start with two spaces are
// examples and tables, and keep their shape. Throws Error{invalid_request} that names the nearest
// right topic.
std::string help_topic(const std::string& name);

} // namespace maniera
