// SPDX-License-Identifier: GPL-3.0-or-later

#include "helper/cli/flags.h"

#include "core/error.h"
#include "helper/cli/help.h"

namespace maniera {
namespace {

[[noreturn]] void refuse(const std::string& why) { throw Error(ErrorCode::invalid_request, why); }

// `style` is what a style is called on the command line.
JobStyle& last_of(std::vector<JobStyle>& styles, const char* flag, const std::string& style) {
    if (styles.empty())
        refuse(std::string(flag) + " belongs to the " + style + " before it; put it after one.");
    return styles.back();
}

void refuse_twice(bool given, const char* flag, const std::string& style) {
    if (given)
        refuse(std::string(flag) + " is given twice for one " + style +
               "; put each after its own " + style + ".");
}

void add_mask_flag(CLI::App& app, const char* flag, PictureLocation JobStyle::*mask,
                   const std::string& help, const std::string& style, const StylesSoFar& styles) {
    add_flag(app, flag, "FILE", help, "Styles", [=](const std::string& file) {
        PictureLocation& of_last = last_of(styles(), flag, style).*mask;
        refuse_twice(!of_last.empty(), flag, style);
        of_last.file = file;
    });
}

} // namespace

double amount(const std::string& flag, const std::string& text) {
    constexpr double most = 1e9;
    double value = 0;
    if (!maniera_parse_real(text.c_str(), &value) || value < 0 || value > most)
        throw Error(ErrorCode::invalid_option,
                    flag + " must be a number of 0 or more (at most 1e9), and \"" +
                        text.substr(0, 80) + "\" is not.");
    return value;
}

void add_flag(CLI::App& app, const std::string& flags, const std::string& value,
              const std::string& help, const std::string& group,
              const std::function<void(const std::string&)>& take) {
    app.add_option_function<std::string>(flags, take, help)
        ->trigger_on_parse()
        ->type_name(value)
        ->group(group);
}

void add_learning_flags(CLI::App& app, const std::string& style, const StylesSoFar& styles) {
    add_flag(app, "--weight", "X", "Weight of the style before [all equal]", "Styles",
             [=](const std::string& text) {
                 JobStyle& last = last_of(styles(), "--weight", style);
                 refuse_twice(last.weight.has_value(), "--weight", style);
                 last.weight = amount("--weight", text);
             });
    add_mask_flag(app, "--style-mask", &JobStyle::style_mask,
                  "Which part of the style before to learn from: white", style, styles);
}

void add_style_flags(CLI::App& app, Job& job) {
    const StylesSoFar styles = [&job]() -> std::vector<JobStyle>& { return job.styles; };
    add_flag(app, "--style", "FILE", "A picture to paint in the manner of; can be given again",
             "Styles", [&job](const std::string& file) {
                 job.styles.emplace_back();
                 job.styles.back().picture.file = file;
             });
    add_mask_flag(app, "--mask", &JobStyle::mask,
                  "Where in the content the style before applies: white", "--style", styles);
    add_learning_flags(app, "--style", styles);
}

void add_option_flag(CLI::App& app, const ManieraOption& row, const std::string& group,
                     ManieraOptions& options) {
    const std::string name = row.name;
    add_flag(app, "--" + name, option_value_name(row), option_description(row), group,
             [&options, name](const std::string& text) { set_option(options, name, text); });
}

void add_option_flags(CLI::App& app, Job& job, PreviewFlags previews) {
    std::size_t rows = 0;
    const ManieraOption* table = maniera_option_table(&rows);
    for (const OptionHeading& heading : option_headings())
        for (std::size_t i = 0; i < rows; ++i) {
            const ManieraOption& row = table[i];
            const std::string name = row.name, group = heading_of(row);
            if (group != heading.group ||
                (group == "command-line" && previews == PreviewFlags::no) ||
                app.get_option_no_throw("--" + name))
                continue;
            if (name != "style-scale") {
                add_option_flag(app, row, heading.heading, job.options);
                continue;
            }
            add_flag(app, "--" + name, option_value_name(row), option_description(row),
                     heading.heading, [&job](const std::string& text) {
                         if (job.styles.empty())
                             set_option(job.options, "style-scale", text);
                         else
                             job.styles.back().scale = parse_style_scale(text);
                     });
        }
}

void add_saving_flags(CLI::App& app, Job& job) {
    add_flag(app, "--output-option", "NAME=VALUE",
             "How the result is saved, such as Q=80 (see maniera help output); can be given again",
             "Result", [&job](const std::string& text) {
                 job.saving.options.push_back(parse_output_option(text));
             });
    add_flag(app, "--metadata", "keep|profile|strip",
             "What stays of the photograph's metadata: all words on the work, the color profile "
             "alone, or nothing [keep]",
             "Result",
             [&job](const std::string& word) { job.saving.chosen = parse_metadata(word); });
}

void add_checkpoint_flags(CLI::App& app, CheckpointSettings& settings) {
    add_flag(app, "--checkpoint", "FILE",
             "What the run can be resumed from (see maniera help resume) [beside the output, if it "
             "takes more than a minute]",
             "Checkpoints", [&settings](const std::string& file) {
                 if (file.empty())
                     refuse("--checkpoint needs a file name.");
                 settings.file = file;
             });
    app.add_flag("--no-checkpoint", settings.none, "Write no checkpoints")->group("Checkpoints");
    add_interval_flag(app, settings);
}

void add_interval_flag(CLI::App& app, CheckpointSettings& settings) {
    add_flag(app, "--checkpoint-interval", "X",
             "Seconds between two checkpoints; 0 = only after each scale [60]", "Checkpoints",
             [&settings](const std::string& text) {
                 settings.interval = amount("--checkpoint-interval", text);
             });
}

} // namespace maniera
