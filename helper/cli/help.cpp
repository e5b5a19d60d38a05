// SPDX-License-Identifier: GPL-3.0-or-later
// What is made of tables: commands, options, and the page of presets.

#include "helper/cli/help.h"

#include "core/error.h"
#include "helper/cli/help_pages.h"

#include <cstdio>
#include <vector>

namespace maniera {
namespace {

std::string quality_page() {
    std::string page =
        "Quality and presets\n\n"
        "--quality and --objective choose these values, except where you set your own:\n\n";
    std::size_t count = 0;
    const ManieraPreset* presets = maniera_preset_table(&count);
    for (std::size_t i = 0; i < count; ++i) {
        char line[160];
        std::snprintf(line, sizeof line, "  %-10s %-7s %-18s %s\n",
                      presets[i].objective ? presets[i].objective : "",
                      presets[i].quality ? presets[i].quality : "", presets[i].name,
                      presets[i].value);
        page += line;
    }
    return page +
           "\niterations are the steps at each size, from small to full. The last number is used\n"
           "for all further sizes.\n";
}

const std::vector<CommandHelp> commands = {
    {"stylize", "Paint a picture in the manner of others"},
    {"texture", "Paint a texture in the manner of a picture, without a photograph"},
    {"resume", "Resume a run that was cut off (see maniera help resume)"},
    {"estimate", "Print the time and memory that stylize would take"},
    {"batch", "Paint many pictures in the same styles (see maniera help batch)"},
    {"frames", "Paint a moving picture without flicker (see maniera help frames)"},
    {"measure", "Evaluate the objective at a picture, term by term"},
    {"parts", "Find the parts that pictures have in common (see maniera help parts)"},
    {"sheet", "Draw a sheet of drafts to choose from (see maniera help sheet)"},
    {"pack", "Make a style pack of paintings (see maniera help pack)"},
    {"recipe", "Print how a result was painted (see maniera help recipe)"},
    {"again", "Paint a result again, by its recipe (see maniera help recipe)"},
    {"run", "Run a job file (see maniera help job)"},
    {"serve", "Paint for another program (see maniera help serve)"},
    {"models", "List, check, fetch or import networks"},
    {"devices", "List the processors that can be used"},
    {"sample", "Write sample pictures, drawn by code"},
    {"help", "Explain a topic"},
};

const std::vector<OptionHeading> headings = {{"result", "Result"},
                                             {"look", "Look"},
                                             {"solver", "Solver"},
                                             {"machine", "Machine"},
                                             {"command-line", "Preview"}};

std::string join(const char* const* choices) {
    std::string joined;
    for (; *choices; ++choices)
        joined += (joined.empty() ? "" : "|") + std::string(*choices);
    return joined;
}

} // namespace

const std::vector<CommandHelp>& all_commands() { return commands; }

std::string command_summary(const std::string& name) {
    for (const CommandHelp& command : commands)
        if (name == command.name)
            return command.summary;
    return {};
}

const std::vector<OptionHeading>& option_headings() { return headings; }

std::string heading_of(const ManieraOption& row) {
    const std::string name = row.name;
    return name == "shrink" || name == "tileable" ? "result" : row.group;
}

std::string option_value_name(const ManieraOption& row) {
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

std::string option_description(const ManieraOption& row) {
    std::string text = row.help;
    if (*row.unit)
        text += " (in " + std::string(row.unit) + ")";
    if (row.default_text)
        text += " [" + std::string(row.default_text) + "]";
    return text;
}

std::vector<std::string> help_topics() {
    std::vector<std::string> names;
    for (const HelpPage& page : help_pages())
        names.emplace_back(page.topic);
    return names;
}

std::string help_topic_names() {
    std::string names;
    for (const HelpPage& page : help_pages())
        names += (names.empty() ? "" : ", ") + std::string(page.topic);
    return names;
}

std::string help_topic(const std::string& name) {
    std::vector<const char*> words;
    for (const HelpPage& page : help_pages()) {
        if (name == page.topic)
            return page.text ? page.text : quality_page();
        words.push_back(page.topic);
    }
    words.push_back(nullptr);
    const char* nearest = maniera_nearest(name.c_str(), words.data());
    throw Error(ErrorCode::invalid_request,
                "There is no help on \"" + name.substr(0, 80) + "\"" +
                    (nearest ? std::string("; did you mean ") + nearest + "?"
                             : "; the topics are " + help_topic_names() + "."));
}

} // namespace maniera
