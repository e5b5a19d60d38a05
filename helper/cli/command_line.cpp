// SPDX-License-Identifier: GPL-3.0-or-later
// CLI11 splits the words; the option table says what they mean.

#include "helper/cli/command_line.h"

#include "core/error.h"
#include "helper/cli/help.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <functional>
#include <memory>

namespace maniera {
namespace {

[[noreturn]] void refuse(const std::string& why) { throw Error(ErrorCode::invalid_request, why); }

std::string join(const char* const* choices) {
    std::string joined;
    for (; *choices; ++choices)
        joined += (joined.empty() ? "" : "|") + std::string(*choices);
    return joined;
}

const char* const preview_group = "command-line";

// What stands behind an option's name in the help.
std::string value_name(const ManieraOption& row) {
    switch (row.kind) {
    case MANIERA_KIND_INT: return "N";
    case MANIERA_KIND_REAL: return "X";
    case MANIERA_KIND_CHOICE: return join(row.choices);
    case MANIERA_KIND_CHOICE_OR_FILE: return join(row.choices) + "|FILE";
    case MANIERA_KIND_INT_LIST: return "N,N,...";
    case MANIERA_KIND_LAYER_LIST: return "LAYER:X,...";
    case MANIERA_KIND_TEXT: break;
    }
    return "TEXT";
}

std::string description(const ManieraOption& row) {
    std::string text = row.help;
    if (*row.unit)
        text += ", in " + std::string(row.unit);
    if (row.default_text)
        text += " [" + std::string(row.default_text) + "]";
    return text;
}

// Called for every time the flag is given, in the order of the words.
CLI::Option* add_each(CLI::App& app, const std::string& flags, const std::string& value,
                      const std::string& help, const std::string& group,
                      const std::function<void(const std::string&)>& take) {
    return app.add_option_function<std::string>(flags, take, help)
        ->trigger_on_parse()
        ->type_name(value)
        ->group(group);
}

// What belongs to the `--style` before it.
void add_style_flags(CLI::App& app, Job& job) {
    const std::string group = "Styles";
    const auto last = [&job](const char* flag) -> JobStyle& {
        if (job.styles.empty())
            refuse(std::string(flag) + " belongs to the --style before it; put it after one.");
        return job.styles.back();
    };
    const auto once = [](bool given, const char* flag) {
        if (given)
            refuse(std::string(flag) +
                   " is given twice for one --style; put each after its own --style.");
    };
    add_each(app, "--style", "FILE", "A picture to paint in the manner of; may be given again",
             group, [&job](const std::string& file) {
                 job.styles.emplace_back();
                 job.styles.back().picture.file = file;
             });
    add_each(app, "--weight", "X", "How much the style before counts [all alike]", group,
             [=](const std::string& text) {
                 JobStyle& style = last("--weight");
                 once(style.weight.has_value(), "--weight");
                 char message[MANIERA_MESSAGE_MAX];
                 ManieraOptions checked{};
                 if (!maniera_option_set(&checked, "style-weight", text.c_str(), message))
                     throw Error(ErrorCode::invalid_option,
                                 "--weight must be a number of 0 or more, and \"" + text +
                                     "\" is not.");
                 style.weight = checked.style_weight;
             });
    add_each(app, "--mask", "FILE", "Where in the content the style before applies: white", group,
             [=](const std::string& file) {
                 JobStyle& style = last("--mask");
                 once(!style.mask.empty(), "--mask");
                 style.mask.file = file;
             });
    add_each(app, "--style-mask", "FILE", "Which part of the style before counts: white", group,
             [=](const std::string& file) {
                 JobStyle& style = last("--style-mask");
                 once(!style.style_mask.empty(), "--style-mask");
                 style.style_mask.file = file;
             });
}

// Every row of the table as a flag, those of previews only where one picture is painted.
// `--style-scale` after a style is that style's own.
void add_option_flags(CLI::App& app, Job& job, bool previews = true) {
    static const std::pair<const char*, const char*> headings[] = {{"result", "Result"},
                                                                   {"look", "Look"},
                                                                   {"solver", "Solver"},
                                                                   {"machine", "Machine"},
                                                                   {preview_group, "Preview"}};
    std::size_t rows = 0;
    const ManieraOption* table = maniera_option_table(&rows);
    for (const auto& [group, heading] : headings)
        for (std::size_t i = 0; i < rows; ++i) {
            const ManieraOption& row = table[i];
            if (std::string(row.group) != group ||
                (group == std::string(preview_group) && !previews))
                continue;
            const std::string name = row.name;
            add_each(app, "--" + name, value_name(row), description(row), heading,
                     [&job, name](const std::string& text) {
                         if (name == "style-scale" && !job.styles.empty()) {
                             ManieraOptions checked{};
                             set_option(checked, name, text);
                             job.styles.back().scale = checked.style_scale;
                         } else {
                             set_option(job.options, name, text);
                         }
                     });
        }
}

std::string nearest_flag(const CLI::App& app, const std::string& word) {
    const std::string given = word.substr(0, word.find('='));
    std::vector<std::string> names;
    for (const CLI::Option* option : app.get_options())
        for (const std::string& name : option->get_lnames())
            names.push_back("--" + name);
    std::vector<const char*> words;
    for (const std::string& name : names)
        words.push_back(name.c_str());
    words.push_back(nullptr);
    const char* nearest = maniera_nearest(given.c_str(), words.data());
    return nearest ? nearest : "";
}

void refuse_leftovers(const CLI::App& app) {
    for (const std::string& word : app.remaining()) {
        if (word.size() < 2 || word[0] != '-')
            refuse("\"" + word + "\" is one word too many for " + app.get_name() +
                   "; a style is named with --style, the output with -o, and names with spaces "
                   "need quotes.");
        const std::string nearest = nearest_flag(app, word);
        refuse("There is no option " + word.substr(0, 80) +
               (nearest.empty() ? "; maniera " + app.get_name() + " --help lists them."
                                : "; did you mean " + nearest + "?"));
    }
}

CLI::App* add_command(CLI::App& app, const std::string& name, const std::string& help) {
    CLI::App* command = app.add_subcommand(name, help);
    command->allow_extras(); // refuse_leftovers() says it better
    command->set_help_flag("-h,--help", "Print this help");
    return command;
}

void add_json_flag(CLI::App& app, Command& command) {
    app.add_flag("--json", command.json, "Write JSON for programs on standard output");
}

// The time between two checkpoints is a number of seconds as a time limit is.
void add_interval_flag(CLI::App& app, CheckpointPlan& plan) {
    add_each(app, "--checkpoint-interval", "X",
             "Seconds between two checkpoints; 0 = only where a scale ends [60]", "Checkpoints",
             [&plan](const std::string& text) {
                 char message[MANIERA_MESSAGE_MAX];
                 ManieraOptions checked{};
                 if (!maniera_option_set(&checked, "time-limit", text.c_str(), message))
                     throw Error(ErrorCode::invalid_option,
                                 "--checkpoint-interval must be a number of seconds, 0 or more, "
                                 "and \"" +
                                     text + "\" is not.");
                 plan.interval = checked.time_limit;
             });
}

void add_checkpoint_flags(CLI::App& app, CheckpointPlan& plan) {
    add_each(app, "--checkpoint", "FILE",
             "What the run can be resumed from (see maniera help resume) [beside the output, if it "
             "takes above a minute]",
             "Checkpoints", [&plan](const std::string& file) {
                 if (file.empty())
                     refuse("--checkpoint needs a file's name.");
                 plan.file = file;
             });
    app.add_flag("--no-checkpoint", plan.none, "Write none")->group("Checkpoints");
    add_interval_flag(app, plan);
}

// What may be other when a run goes on.
void add_resume_flags(CLI::App& app, Command& command) {
    app.add_option("checkpoint", command.checkpoints.file, "The checkpoint to go on from");
    add_each(app, "-o,--output", "FILE", "The result's place [the one named at first]", "Result",
             [&command](const std::string& file) { command.job.output.file = file; });
    for (const char* option : {"threads", "time-limit"}) {
        const ManieraOption& row = *maniera_option_find(option);
        const std::string name = option;
        add_each(app, "--" + name, value_name(row), description(row), "Machine",
                 [&command, name](const std::string& text) {
                     set_option(command.job.options, name, text);
                 });
    }
    add_interval_flag(app, command.checkpoints);
}

// A run goes on as it began: flags that stylize has are refused for that, not as unknown.
void refuse_other_options(const CLI::App& resume, const CLI::App& stylize) {
    for (const std::string& word : resume.remaining()) {
        const std::string flag = word.substr(0, word.find('='));
        if (flag.rfind("--", 0) == 0 && stylize.get_option_no_throw(flag))
            refuse("A run goes on with what it began with, so " + flag +
                   " cannot be given; start afresh with maniera stylize to change it.");
    }
}

void add_batch_flags(CLI::App& app, Batch& batch, std::string& recipe) {
    const std::string group = "Batch";
    app.add_option("pictures", batch.sources, "Pictures, and folders of them");
    app.add_option("--list", batch.list, "A file that names more, one a line; - = standard input")
        ->type_name("FILE")
        ->group(group);
    app.add_flag("--recursive", batch.recursive, "Folders in folders too, into such folders")
        ->group(group);
    app.add_option("-o,--output-dir", batch.output_folder, "Where the results go, by their names")
        ->take_last()
        ->type_name("FOLDER")
        ->group(group);
    app.add_option("--suffix", batch.suffix, "Put behind the names of results, before the ending")
        ->take_last()
        ->type_name("TEXT")
        ->group(group);
    app.add_option("--format", batch.format, "png, jpg, tif or webp [the picture's, else png]")
        ->take_last()
        ->type_name("FORMAT")
        ->group(group);
    app.add_flag("--resume", batch.resume, "Leave what is done and whole as it is")->group(group);
    add_each(app, "--shard", "I/N", "Paint part I, from 1 to N, of the pictures", group,
             [&batch](const std::string& text) { batch.shard = parse_shard(text); });
    app.add_option("--job", recipe, "Styles and options from a job file (see maniera help job)")
        ->type_name("FILE")
        ->group(group);
}

// Reads the recipe's file, if any, and checks that nothing is missing.
void complete_batch(Batch& batch, const std::string& recipe) {
    if (!recipe.empty()) {
        if (!batch.recipe.styles.empty())
            refuse("Styles come from --job or from --style, not from both.");
        Job read = read_recipe(recipe);
        lay_over(read.options, batch.recipe.options);
        batch.recipe = read;
    }
    if (batch.sources.empty() && batch.list.empty())
        refuse("Pictures are missing; name some, a folder of them, or a --list.");
    if (batch.recipe.styles.empty())
        refuse("A style is missing; name a painting with --style FILE.");
    if (batch.output_folder.empty())
        refuse("An output is missing; name a folder for the results with --output-dir FOLDER.");
}

std::string refusal(const CLI::ParseError& error) {
    std::string text = error.what();
    const auto replace = [&text](const std::string& from, const std::string& to) {
        const std::size_t at = text.find(from);
        if (at != std::string::npos)
            text.replace(at, from.size(), to);
    };
    replace("A subcommand is required", "A command is needed, such as maniera stylize");
    replace("1 required ", "a value is needed: ");
    return text + (text.empty() || text.back() != '.' ? "." : "") +
           " Run maniera --help to see how it is used.";
}

} // namespace

Command parse_command_line(const std::vector<std::string>& words) {
    Command command;
    Command measure; // its flags are those of stylize, with places of their own
    maniera_options_init(&command.job.options);
    maniera_options_init(&measure.job.options);
    maniera_options_init(&command.batch.recipe.options);

    CLI::App app("Paints photographs in the manner of paintings.", "maniera");
    app.set_version_flag("--version", "maniera " MANIERA_VERSION);
    app.set_help_flag("-h,--help", "Print this help");
    app.get_formatter()->column_width(34);
    app.allow_extras();
    app.footer("maniera COMMAND --help tells more, and so does maniera help TOPIC, on:\n  " +
               help_topic_names());

    CLI::App* stylize = add_command(app, "stylize", "Paint a picture in the manner of others");
    stylize->add_option("content", command.job.content.file, "The picture to repaint");
    add_each(*stylize, "-o,--output", "FILE", "The result: .png, .jpg, .tif or .webp", "Result",
             [&command](const std::string& file) { command.job.output.file = file; });
    add_style_flags(*stylize, command.job);
    add_option_flags(*stylize, command.job);
    add_checkpoint_flags(*stylize, command.checkpoints);
    add_json_flag(*stylize, command);

    CLI::App* resume =
        add_command(app, "resume", "Go on with a run that was cut off (see maniera help resume)");
    add_resume_flags(*resume, command);
    add_json_flag(*resume, command);

    CLI::App* estimate =
        add_command(app, "estimate", "Tell what stylize would take, with the same flags");
    estimate->add_option("content", command.job.content.file, "The picture to repaint");
    add_each(*estimate, "-o,--output", "FILE", "Not written", "Result",
             [&command](const std::string& file) { command.job.output.file = file; });
    add_style_flags(*estimate, command.job);
    add_option_flags(*estimate, command.job);
    add_checkpoint_flags(*estimate, command.checkpoints);
    add_json_flag(*estimate, command);

    CLI::App* batch =
        add_command(app, "batch", "Paint many pictures alike (see maniera help batch)");
    std::string recipe;
    add_batch_flags(*batch, command.batch, recipe);
    add_style_flags(*batch, command.batch.recipe);
    add_option_flags(*batch, command.batch.recipe, false);
    add_json_flag(*batch, command);

    CLI::App* look = add_command(app, "measure", "Evaluate the objective at a picture as it is");
    look->add_option("image", measure.picture, "The picture to look at");
    add_each(*look, "--content", "FILE", "The picture that was repainted", "Styles",
             [&measure](const std::string& file) { measure.job.content.file = file; });
    add_style_flags(*look, measure.job);
    add_option_flags(*look, measure.job);
    add_json_flag(*look, measure);

    CLI::App* run = add_command(app, "run", "Run a job file (see maniera help job)");
    std::string job_file;
    run->add_option("job", job_file, "The job, in JSON");
    add_checkpoint_flags(*run, command.checkpoints);
    add_json_flag(*run, command);

    CLI::App* serve =
        add_command(app, "serve", "Paint for another program (see maniera help serve)");

    CLI::App* models = add_command(app, "models", "List, check, fetch or import networks");
    models->require_subcommand(0, 1);
    CLI::App* list = add_command(*models, "list", "List the models that were found");
    add_json_flag(*list, command);
    CLI::App* verify = add_command(*models, "verify", "Read models and check every value");
    verify->add_option("name", command.words, "Models; all when none is named");
    CLI::App* fetch = add_command(*models, "fetch", "Get the default model, VGG-16");
    CLI::App* import = add_command(*models, "import", "Import weights from a file");
    std::string weights, name, into, hash;
    import->add_option("file", weights, "torchvision's .pth, MatConvNet's .mat, Keras' .h5");
    import->add_option("--name", name, "The model's name [vgg16 or vgg19]");
    import->add_option("--sha256", hash, "Refuse a file with another hash");
    for (CLI::App* each : {fetch, import})
        each->add_option("--into", into, "The models' folder");

    CLI::App* devices = add_command(app, "devices", "List the processors that can be used");
    add_json_flag(*devices, command);

    CLI::App* sample = add_command(app, "sample", "Write sample pictures that are made by code");
    sample->add_option("name", command.words, "A sample's name, or all")->expected(1);
    sample->add_option("-o,--output", command.output, "The file; a folder for all");

    CLI::App* help = add_command(app, "help", "Explain a topic");
    std::string topic;
    help->add_option("topic", topic, help_topic_names());

    const std::string overview = app.help(); // later it is the chosen command's
    try {
        std::vector<std::string> reversed(words.rbegin(), words.rend());
        app.parse(reversed);
    } catch (const CLI::CallForVersion&) {
        command.text = "maniera " MANIERA_VERSION "\n";
        return command;
    } catch (const CLI::CallForHelp&) {
        command.text = app.help();
        return command;
    } catch (const CLI::ParseError& error) {
        refuse(refusal(error));
    }

    const auto used = app.get_subcommands();
    if (used.empty()) {
        refuse_leftovers(app);
        refuse("A command is needed, such as maniera stylize; maniera --help lists them.");
    }
    refuse_leftovers(app);
    refuse_other_options(*resume, *stylize);
    refuse_leftovers(*used.front());
    for (const CLI::App* inner : used.front()->get_subcommands())
        refuse_leftovers(*inner);

    using Kind = Command::Kind;
    if (*help) {
        command.text = topic.empty() ? overview : help_topic(topic);
    } else if (*stylize) {
        command.kind = Kind::stylize;
    } else if (*resume) {
        command.kind = Kind::resume;
        if (command.checkpoints.file.empty())
            refuse("resume needs a checkpoint: maniera resume FILE.");
    } else if (*estimate) {
        command.kind = Kind::estimate;
    } else if (*batch) {
        command.kind = Kind::batch;
        complete_batch(command.batch, recipe);
    } else if (*look) {
        command = measure;
        command.kind = Kind::measure;
        if (command.picture.empty())
            refuse("measure needs a picture to look at: maniera measure IMAGE --content FILE "
                   "--style FILE.");
    } else if (*run) {
        command.kind = Kind::stylize;
        if (job_file.empty())
            refuse("run needs a job's file: maniera run JOB.json.");
        command.job = read_job(job_file);
    } else if (*serve) {
        command.kind = Kind::serve;
    } else if (*models) {
        command.kind = *verify             ? Kind::models_verify
                       : *fetch || *import ? Kind::models_import
                                           : Kind::models_list;
        if (*fetch)
            command.words = {"--fetch"};
        if (*import) {
            if (weights.empty())
                refuse("import needs a file of weights: maniera models import FILE.");
            command.words = {weights};
        }
        const std::pair<const char*, std::string> passed[] = {
            {"--name", name}, {"--sha256", hash}, {"--into", into}};
        for (const auto& [flag, value] : passed)
            if (!value.empty())
                command.words.insert(command.words.end(), {flag, value});
    } else if (*devices) {
        command.kind = Kind::devices;
    } else if (*sample) {
        command.kind = Kind::sample;
        if (command.words.empty() || command.output.empty())
            refuse("sample needs a name and an output: maniera sample landscape -o landscape.png, "
                   "or maniera sample all -o FOLDER.");
    }
    if (command.kind == Kind::stylize || command.kind == Kind::estimate ||
        command.kind == Kind::measure) {
        if (command.job.content.empty())
            refuse("A content picture is missing; name the photograph to repaint.");
        if (command.job.styles.empty())
            refuse("A style is missing; name a painting with --style FILE.");
        if (command.kind == Kind::stylize && command.job.output.empty())
            refuse("An output is missing; name the result with -o FILE.");
    }
    return command;
}

} // namespace maniera
