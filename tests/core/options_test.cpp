// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/options.h"

#include <gtest/gtest.h>

#include <clocale>
#include <cstring>
#include <set>
#include <string>

namespace {

class Options : public testing::Test {
protected:
    void SetUp() override { maniera_options_init(&options); }
    bool set(const char* name, const char* text) {
        return maniera_option_set(&options, name, text, message);
    }
    std::string get(const char* name) const {
        char text[MANIERA_TEXT_MAX];
        maniera_option_get(&options, name, text, sizeof text);
        return text;
    }
    bool said(const char* part) const { return std::strstr(message, part) != nullptr; }

    ManieraOptions options;
    char message[MANIERA_MESSAGE_MAX] = "";
};

TEST_F(Options, StartUnset) {
    std::size_t rows = 0;
    const ManieraOption* table = maniera_option_table(&rows);
    EXPECT_GT(rows, 20u);
    for (std::size_t i = 0; i < rows; ++i) {
        EXPECT_FALSE(maniera_option_is_set(&options, table[i].name)) << table[i].name;
        EXPECT_EQ(get(table[i].name), "");
    }
}

TEST_F(Options, RowsAreWhole) {
    std::size_t rows = 0;
    const ManieraOption* table = maniera_option_table(&rows);
    std::set<std::string> names;
    for (std::size_t i = 0; i < rows; ++i) {
        const ManieraOption& row = table[i];
        EXPECT_TRUE(names.insert(row.name).second) << row.name << " stands there twice";
        EXPECT_EQ(std::string(row.name).find_first_not_of("abcdefghijklmnopqrstuvwxyz-"),
                  std::string::npos)
            << row.name;
        EXPECT_TRUE(*row.label && *row.help && *row.group) << row.name;
        EXPECT_EQ(maniera_option_find(row.name), &row);
        const bool choice =
            row.kind == MANIERA_KIND_CHOICE || row.kind == MANIERA_KIND_CHOICE_OR_FILE;
        EXPECT_EQ(row.choices != nullptr, choice) << row.name;
        EXPECT_EQ(row.choice_labels != nullptr, choice) << row.name;
        for (int j = 0; choice && (row.choices[j] || row.choice_labels[j]); ++j)
            ASSERT_TRUE(row.choices[j] && row.choice_labels[j]) << row.name;
    }
    EXPECT_EQ(maniera_option_find("bananas"), nullptr);
}

TEST_F(Options, DefaultsArePlainValuesOfTheirKind) {
    ManieraOptions resolved;
    maniera_options_resolve(&options, &resolved);
    std::size_t rows = 0;
    const ManieraOption* table = maniera_option_table(&rows);
    for (std::size_t i = 0; i < rows; ++i)
        if (table[i].default_text) {
            EXPECT_TRUE(maniera_option_is_set(&resolved, table[i].name)) << table[i].name;
            EXPECT_TRUE(set(table[i].name, table[i].default_text)) << message;
        }
    EXPECT_EQ(resolved.quality, MANIERA_QUALITY_NORMAL);
    EXPECT_EQ(resolved.objective, MANIERA_OBJECTIVE_PAINTERLY);
    EXPECT_EQ(resolved.content_weight, 0.0033);
    EXPECT_EQ(resolved.wasserstein_rank, 128);
    EXPECT_STREQ(resolved.init, "recolored");
    EXPECT_EQ(resolved.style_layers.count, 5);
    EXPECT_FALSE(maniera_option_is_set(&resolved, "size"));
}

TEST_F(Options, PartsThatNobodyAskedForAreFoundWhereTheySuit) {
    const auto parts = [&](const std::vector<std::pair<const char*, const char*>>& settings,
                           bool one_painting = true) {
        maniera_options_init(&options);
        for (const auto& [name, value] : settings)
            EXPECT_TRUE(set(name, value)) << message;
        ManieraOptions resolved;
        maniera_options_resolve_for(&options, one_painting, &resolved);
        return resolved.parts;
    };
    EXPECT_EQ(parts({}), MANIERA_PARTS_AUTO);
    EXPECT_EQ(parts({{"quality", "high"}}), MANIERA_PARTS_AUTO);
    EXPECT_EQ(parts({}, false), MANIERA_PARTS_OFF);
    EXPECT_EQ(parts({{"quality", "draft"}}), MANIERA_PARTS_OFF);
    EXPECT_EQ(parts({{"objective", "gatys"}}), MANIERA_PARTS_OFF);
    EXPECT_EQ(parts({{"match-parts", "off"}}), MANIERA_PARTS_OFF);
    EXPECT_EQ(parts({{"tileable", "x"}}), MANIERA_PARTS_OFF);
    EXPECT_EQ(parts({{"parts", "off"}}), MANIERA_PARTS_OFF);
    const std::pair<const char*, const char*> asked{"parts", "auto"};
    for (const auto& other : {std::pair("quality", "draft"), {"match-parts", "off"}})
        EXPECT_EQ(parts({asked, other}, false), MANIERA_PARTS_AUTO) << other.first;
}

TEST_F(Options, StrengthMovesTheContentsWeightInEvenSteps) {
    ManieraOptions resolved;
    maniera_options_resolve(&options, &resolved);
    EXPECT_EQ(resolved.strength, 50);
    EXPECT_EQ(maniera_content_factor(50), 1);
    double before = maniera_content_factor(0);
    for (int strength = 1; strength <= 100; ++strength) {
        const double factor = maniera_content_factor(strength);
        EXPECT_LT(factor, before);
        EXPECT_GT(factor, before / 1.5) << strength;
        before = factor;
    }
    EXPECT_FALSE(set("strength", "101"));
    EXPECT_FALSE(set("strength", "-1"));
}

TEST_F(Options, ValuesReadBackAsTheyWereSet) {
    const std::pair<const char*, const char*> values[] = {
        {"size", "777"},
        {"quality", "high"},
        {"content-weight", "0.1"},
        {"style-weight", "12345.678"},
        {"iterations", "5,4,3"},
        {"style-layers", "relu1_1:0.25,conv3_2:7"},
        {"init", "a file, with spaces.png"},
        {"model", "vgg19"},
        {"averaging", "0"}};
    for (const auto& [name, value] : values) {
        ASSERT_TRUE(set(name, value)) << message;
        EXPECT_EQ(get(name), value);
    }
    ASSERT_TRUE(set("style-layers", "relu1_1,relu2_1:2"));
    EXPECT_EQ(options.style_layers.items[0].weight, 1);
}

TEST_F(Options, RefusesValuesOutOfRangeAndChangesNothing) {
    ASSERT_TRUE(set("size", "500"));
    const std::pair<const char*, const char*> bad[] = {{"size", "0"},
                                                       {"size", "31"},
                                                       {"size", "1e3"},
                                                       {"size", "99999999999"},
                                                       {"size", ""},
                                                       {"size", "12 "},
                                                       {"size", "0x40"},
                                                       {"style-weight", "-1"},
                                                       {"style-weight", "nan"},
                                                       {"style-weight", "inf"},
                                                       {"style-weight", "1e400"},
                                                       {"averaging", "1"},
                                                       {"iterations", ""},
                                                       {"iterations", "5,"},
                                                       {"iterations", "5,0"},
                                                       {"iterations", "5;4"},
                                                       {"style-layers", ""},
                                                       {"style-layers", "relu1_1:-1"},
                                                       {"style-layers", ":1"},
                                                       {"seed", "-1"}};
    for (const auto& [name, value] : bad) {
        EXPECT_FALSE(set(name, value)) << name << " took \"" << value << "\"";
        EXPECT_TRUE(said(name)) << message;
    }
    EXPECT_EQ(options.size, 500);
    EXPECT_EQ(get("style-layers"), "");
}

TEST_F(Options, RefusesListsAndTextsThatAreTooLong) {
    std::string list = "1";
    for (int i = 0; i < MANIERA_LIST_MAX; ++i)
        list += ",1";
    EXPECT_FALSE(set("iterations", list.c_str()));
    const std::string text(MANIERA_TEXT_MAX, 'a');
    EXPECT_FALSE(set("model", text.c_str()));
    EXPECT_TRUE(set("model", text.substr(1).c_str()));
    EXPECT_FALSE(set("style-layers", "a-layer-with-a-very-long-name:1"));
}

TEST_F(Options, NamesTheNearestNameAndChoice) {
    EXPECT_FALSE(set("qualty", "high"));
    EXPECT_TRUE(said("quality")) << message;
    EXPECT_FALSE(set("quality", "nromal"));
    EXPECT_TRUE(said("did you mean normal")) << message;
    EXPECT_FALSE(set("optimizer", "gradient descent"));
    EXPECT_TRUE(said("adam") && said("lbfgs")) << message;
    const char* const words[] = {"red", "green", "blue", nullptr};
    EXPECT_STREQ(maniera_nearest("gren", words), "green");
    EXPECT_EQ(maniera_nearest("elephant", words), nullptr);
}

TEST_F(Options, PresetsLieUnderWhatIsSet) {
    ASSERT_TRUE(set("objective", "gatys"));
    ASSERT_TRUE(set("content-weight", "7"));
    ManieraOptions resolved;
    maniera_options_resolve(&options, &resolved);
    EXPECT_EQ(resolved.content_weight, 7);
    EXPECT_EQ(resolved.style_weight, 10000);
    EXPECT_EQ(resolved.style_term, MANIERA_STYLE_TERM_GRAM);
    EXPECT_EQ(resolved.pooling, MANIERA_POOLING_AVERAGE);
    EXPECT_STREQ(resolved.content_layers.items[0].name, "conv4_2");
    ASSERT_TRUE(set("quality", "draft"));
    ManieraOptions draft;
    maniera_options_resolve(&options, &draft);
    EXPECT_LT(draft.iterations.values[0], resolved.iterations.values[0]);
    maniera_option_unset(&options, "objective");
    maniera_options_resolve(&options, &draft);
    EXPECT_EQ(draft.objective, MANIERA_OBJECTIVE_PAINTERLY);
    EXPECT_EQ(draft.style_term, MANIERA_STYLE_TERM_WASSERSTEIN);
}

TEST_F(Options, EveryPresetLineIsValid) {
    std::size_t count = 0;
    const ManieraPreset* presets = maniera_preset_table(&count);
    for (std::size_t i = 0; i < count; ++i) {
        EXPECT_TRUE(set(presets[i].name, presets[i].value)) << message;
        EXPECT_TRUE(!presets[i].objective || set("objective", presets[i].objective)) << message;
        EXPECT_TRUE(!presets[i].quality || set("quality", presets[i].quality)) << message;
    }
}

TEST_F(Options, HigherQualityTakesMoreSteps) {
    int before = 0;
    for (const char* quality : {"draft", "normal", "high"}) {
        ASSERT_TRUE(set("quality", quality));
        ManieraOptions resolved;
        maniera_options_resolve(&options, &resolved);
        int sum = 0;
        for (int i = 0; i < 4; ++i)
            sum += resolved.iterations.values[std::min(i, resolved.iterations.count - 1)];
        EXPECT_GT(sum, before) << quality;
        before = sum;
    }
}

TEST_F(Options, NumbersDoNotFollowTheLocale) {
    const char* const names[] = {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "fr_FR.utf8"};
    bool found = false;
    for (const char* name : names)
        found = found || std::setlocale(LC_NUMERIC, name);
    if (!found)
        GTEST_SKIP() << "no locale with a decimal comma is installed";
    EXPECT_TRUE(set("content-weight", "0.25"));
    EXPECT_EQ(options.content_weight, 0.25);
    EXPECT_EQ(get("content-weight"), "0.25");
    EXPECT_FALSE(set("content-weight", "0,25"));
    std::setlocale(LC_NUMERIC, "C");
}

} // namespace
