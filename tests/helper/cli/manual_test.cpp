// SPDX-License-Identifier: GPL-3.0-or-later

#include "helper/cli/manual.h"

#include "helper/cli/help.h"
#include "tests/support/process.h"
#include "tests/support/refusal.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

namespace maniera {
namespace {

using test::contains;
using test::Outcome;
using test::Process;
using test::ScratchFolder;
using test::write_text;

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);)
        lines.push_back(line);
    return lines;
}

bool has_program(const std::string& name) {
    return Process({"/bin/sh", "-c", "command -v " + name}).wait(std::chrono::seconds(10)).code ==
           0;
}

TEST(Manual, EscapesWhatRoffReadsOtherwise) {
    EXPECT_EQ(roff_text("--size"), "\\-\\-size");
    EXPECT_EQ(roff_text(".png\n'a\\b"), "\\&.png\n\\(aqa\\eb");
}

TEST(Manual, HasEveryLineOfEveryHelpTopic) {
    const std::vector<std::string> manual = lines_of(manual_page());
    for (const std::string& topic : help_topics()) {
        std::vector<std::string> page = lines_of(help_topic(topic));
        std::transform(page[0].begin(), page[0].end(), page[0].begin(), toupper);
        page[0] = ".SH \"" + page[0] + "\"";
        for (std::size_t i = 0; i < page.size(); ++i) {
            const std::string line = i == 0 ? page[0] : roff_text(page[i]);
            EXPECT_TRUE(line.empty() ||
                        std::find(manual.begin(), manual.end(), line) != manual.end())
                << topic << ": " << page[i];
        }
    }
}

TEST(Manual, HasEveryCommandAndOption) {
    const std::string manual = manual_page();
    for (const CommandHelp& command : all_commands())
        EXPECT_TRUE(contains(manual, ".B " + std::string(command.name) + "\n")) << command.name;
    std::size_t rows = 0;
    const ManieraOption* table = maniera_option_table(&rows);
    for (std::size_t i = 0; i < rows; ++i) {
        EXPECT_TRUE(contains(manual, ".BI " + roff_text("--" + std::string(table[i].name)) + " "))
            << table[i].name;
        EXPECT_TRUE(contains(manual, roff_text(option_description(table[i])))) << table[i].name;
    }
}

TEST(Manual, TheFormattersHaveNoComplaints) {
    const ScratchFolder folder;
    write_text(folder / "maniera.1", manual_page());
    bool checked = false;
    const std::pair<const char*, std::vector<std::string>> formatters[] = {
        {"groff", {"groff", "-man", "-Tutf8", "-ww", "-z", folder / "maniera.1"}},
        {"man", {"man", "--warnings", "-E", "UTF-8", "-l", "-P", "cat", folder / "maniera.1"}}};
    for (const auto& [name, words] : formatters) {
        if (!has_program(name))
            continue;
        const Outcome outcome = Process(words).wait(std::chrono::seconds(60));
        EXPECT_EQ(outcome.code, 0) << name;
        EXPECT_EQ(outcome.err, "") << name;
        checked = true;
    }
    if (!checked)
        GTEST_SKIP() << "neither groff nor man is installed";
}

} // namespace
} // namespace maniera
