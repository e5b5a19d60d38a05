// SPDX-License-Identifier: GPL-3.0-or-later
// A topic becomes a section: its paragraphs are filled, and its examples keep their shape.

#include "helper/cli/manual.h"

#include "helper/cli/help.h"

#include <algorithm>
#include <cctype>
#include <sstream>
#include <vector>

namespace maniera {
namespace {

constexpr const char* head = R"(.\" SPDX-License-Identifier: GPL-3.0-or-later
.\" Made by the build from helper/cli/help.cpp and core/options.c.
.TH MANIERA 1 "" "Maniera" "User Commands"
.nh
.ad l
.SH NAME
maniera \- paint photographs in the manner of paintings
.SH SYNOPSIS
.B maniera stylize
.I PHOTO
.B \-\-style
.IR PAINTING ...
.B \-o
.I RESULT
.RI [ OPTIONS ]
.br
.B maniera batch
.IR PICTURES ...
.B \-\-style
.IR PAINTING ...
.B \-\-output\-dir
.I FOLDER
.RI [ OPTIONS ]
.br
.B maniera resume
.I CHECKPOINT
.br
.B maniera
.IR COMMAND " [" OPTIONS ]
.SH DESCRIPTION
Neural style transfer on the processor or a GPU: the result has the photograph\(aqs content and the
brushwork and colors of one or more paintings. GIMP\(aqs filter
.I Artistic > Neural Style (Maniera)
runs this program too.
.PP
.B maniera
.I COMMAND
.B \-\-help
lists the options of a command.
.B maniera help
.I TOPIC
prints a section of this manual.
)";

std::string section(std::string title) {
    std::transform(title.begin(), title.end(), title.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return ".SH \"" + roff_text(title) + "\"\n";
}

std::string commands() {
    std::string text = section("Commands");
    for (const CommandHelp& command : all_commands())
        text += ".TP\n.B " + roff_text(command.name) + "\n" + roff_text(command.summary) + ".\n";
    return text;
}

std::string option(const ManieraOption& row) {
    return ".TP\n.BI \\-\\-" + roff_text(row.name) + " \" " + roff_text(option_value_name(row)) +
           "\"\n" + roff_text(option_description(row)) + ".\n";
}

std::string options() {
    std::size_t rows = 0;
    const ManieraOption* table = maniera_option_table(&rows);
    std::string text = section("Options of a run");
    for (const OptionHeading& heading : option_headings()) {
        text += ".SS " + roff_text(heading.heading) + "\n";
        for (std::size_t i = 0; i < rows; ++i)
            if (heading_of(table[i]) == heading.group)
                text += option(table[i]);
    }
    return text;
}

// Lines of one kind that follow each other: a paragraph, or lines that keep their shape.
struct Block {
    bool literal;
    std::string text;
};

std::vector<Block> blocks_of(std::istream& page) {
    std::vector<Block> blocks;
    bool begins = true;
    for (std::string line; std::getline(page, line);) {
        const bool literal = line.rfind("  ", 0) == 0;
        if (line.empty()) {
            begins = true;
            continue;
        }
        if (begins || literal != blocks.back().literal)
            blocks.push_back({literal, ""});
        begins = false;
        blocks.back().text += roff_text(line) + "\n";
    }
    return blocks;
}

std::string topic(const std::string& name) {
    std::istringstream page(help_topic(name));
    std::string title;
    std::getline(page, title);
    std::string text = section(title);
    for (const Block& block : blocks_of(page))
        text += block.literal ? ".PP\n.nf\n" + block.text + ".fi\n" : ".PP\n" + block.text;
    return text;
}

} // namespace

std::string roff_text(const std::string& text) {
    std::string escaped;
    bool line_begins = true;
    for (const char c : text) {
        if (line_begins && c == '.')
            escaped += "\\&";
        line_begins = c == '\n';
        switch (c) {
        case '\\': escaped += "\\e"; break;
        case '-': escaped += "\\-"; break;
        case '\'': escaped += "\\(aq"; break;
        case '`': escaped += "\\(ga"; break;
        case '"': escaped += "\\(dq"; break;
        case '^': escaped += "\\(ha"; break;
        case '~': escaped += "\\(ti"; break;
        default: escaped += c;
        }
    }
    return escaped;
}

std::string manual_page() {
    std::string page = head + commands() + options();
    for (const std::string& name : help_topics())
        page += topic(name);
    return page;
}

} // namespace maniera
