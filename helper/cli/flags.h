// SPDX-License-Identifier: GPL-3.0-or-later
// The flags that several commands have. Those of options come from the option table.
//
//     CLI::App* stylize = app.add_subcommand("stylize");
//     add_style_flags(*stylize, job);
//     add_option_flags(*stylize, job);
//
// All write to what they are given while CLI11 parses, and throw Error{invalid_request} or
// Error{invalid_option} for a value that cannot be.

#pragma once

#include "helper/job/checkpoints.h"
#include "helper/job/job.h"

#include <CLI/CLI.hpp>

#include <functional>
#include <string>
#include <vector>

namespace maniera {

// Calls `take` for every time the flag is given, in the order of the words. `value` is what the
// help shows behind the flag, `group` the heading above it.
void add_flag(CLI::App& app, const std::string& flags, const std::string& value,
              const std::string& help, const std::string& group,
              const std::function<void(const std::string&)>& take);

// A number of 0 or more, as the option table reads numbers. Throws Error{invalid_option}.
double amount(const std::string& flag, const std::string& text);

// The styles that the words before a flag name.
using StylesSoFar = std::function<std::vector<JobStyle>&()>;

// How the style before is learned from: --weight, --style-mask. `style` is what a style is called
// on this command line.
void add_learning_flags(CLI::App& app, const std::string& style, const StylesSoFar& styles);

// --style, and what belongs to the one before: --mask, --weight, --style-mask.
void add_style_flags(CLI::App& app, Job& job);

// Every row of the option table of which the command has no flag yet; those of previews only where
// one picture is painted.
// `--style-scale` after a style is that style's own.
enum class PreviewFlags { no, yes };
void add_option_flags(CLI::App& app, Job& job, PreviewFlags previews);

// One row of the table.
void add_option_flag(CLI::App& app, const ManieraOption& row, const std::string& group,
                     ManieraOptions& options);

// --output-option and --metadata.
void add_saving_flags(CLI::App& app, Job& job);

// --checkpoint, --no-checkpoint, --checkpoint-interval.
void add_checkpoint_flags(CLI::App& app, CheckpointSettings& settings);
void add_interval_flag(CLI::App& app, CheckpointSettings& settings);

} // namespace maniera
