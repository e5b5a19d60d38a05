// SPDX-License-Identifier: GPL-3.0-or-later
// CLI11 splits the words; the option table says what they mean.

#include "helper/cli/command_line.h"

#include "core/error.h"
#include "helper/cli/help.h"
#include "helper/cli/subcommands.h"

namespace maniera {
namespace {

[[noreturn]] void refuse(const std::string& why) { throw Error(ErrorCode::invalid_request, why); }

// A run is resumed as it began: flags that stylize has are refused for that, not as unknown.
void refuse_other_options(const CLI::App& resume, const CLI::App& stylize) {
    for (const std::string& word : resume.remaining()) {
        const std::string flag = word.substr(0, word.find('='));
        if (flag.rfind("--", 0) == 0 && stylize.get_option_no_throw(flag))
            refuse("A run is resumed with the options it began with, so " + flag +
                   " cannot be given; start from scratch with maniera stylize to change it.");
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
    bool names_alone = false; // what follows "--" is no option, whatever it begins with
    for (const std::string& word : app.remaining()) {
        if (!names_alone && word == "--") {
            names_alone = true;
            continue;
        }
        if (names_alone || word.size() < 2 || word[0] != '-')
            refuse("\"" + word + "\" is one word too many for " + app.get_name() +
                   "; a style is named with --style, the output with -o, and names with spaces "
                   "need quotes.");
        const std::string nearest = nearest_flag(app, word);
        refuse("There is no option " + word.substr(0, 80) +
               (nearest.empty() ? "; maniera " + app.get_name() + " --help lists them."
                                : "; did you mean " + nearest + "?"));
    }
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

void describe_program(CLI::App& app) {
    app.set_version_flag("--version", "maniera " MANIERA_VERSION);
    app.set_help_flag("-h,--help", "Print this help");
    app.get_formatter()->column_width(34);
    app.allow_extras();
    app.footer("For more, run maniera COMMAND --help, or maniera help TOPIC with one of these "
               "topics:\n  " +
               help_topic_names());
}

// A command, perhaps of a command (models import), that words begin with, and the words after it.
struct Chosen {
    std::vector<CLI::App*> apps; // the program's own first
    std::vector<std::string> words;
};

Chosen choose(CLI::App& program, const std::vector<std::string>& words) {
    Chosen chosen{{&program}, words};
    while (!chosen.words.empty()) {
        const std::vector<CLI::App*> next = chosen.apps.back()->get_subcommands(
            [&](CLI::App* app) { return app->get_name() == chosen.words.front(); });
        if (next.empty())
            break;
        chosen.apps.push_back(next.front());
        chosen.words.erase(chosen.words.begin());
    }
    return chosen;
}

// Reads the words. True: they ask for help or the version, which is now `text`.
// The command reads its words by itself: CLI11 would take each of them that is another command's
// name for that command, whatever file or topic it names.
bool parse(const Chosen& chosen, std::string& text) {
    CLI::App& app = *chosen.apps.back();
    try {
        app.parse(std::vector<std::string>(chosen.words.rbegin(), chosen.words.rend()));
        return false;
    } catch (const CLI::CallForVersion&) {
        text = "maniera " MANIERA_VERSION "\n";
    } catch (const CLI::CallForHelp&) {
        std::string before;
        for (std::size_t i = 0; i + 1 < chosen.apps.size(); ++i)
            before += (i > 0 ? " " : "") + chosen.apps[i]->get_name();
        text = app.help(before);
    } catch (const CLI::ParseError& error) {
        refuse(refusal(error));
    }
    return true;
}

} // namespace

Command parse_command_line(const std::vector<std::string>& words) {
    Command command;
    maniera_options_init(&command.job.options);
    maniera_options_init(&command.batch.recipe.options);
    maniera_options_init(&command.frames.recipe.options);
    CLI::App app("Paints photographs in the manner of paintings.", "maniera");
    describe_program(app);
    const std::vector<Subcommand> commands = add_subcommands(app, command);
    const Chosen chosen = choose(app, words);
    if (parse(chosen, command.text))
        return command;

    refuse_leftovers(app);
    if (chosen.apps.size() < 2)
        refuse("A command is needed, such as maniera stylize; maniera --help lists them.");
    refuse_other_options(*app.get_subcommand("resume"), *app.get_subcommand("stylize"));
    refuse_leftovers(*chosen.apps.back());
    for (const Subcommand& each : commands)
        if (each.app == chosen.apps[1])
            each.finish();
    return command;
}

} // namespace maniera
