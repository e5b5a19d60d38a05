// SPDX-License-Identifier: GPL-3.0-or-later
// Jobs and options as JSON.
#include "tests/plugin/talk.h"
#include "tests/support/refusal.h"

#include <gtest/gtest.h>

#include <clocale>
#include <cmath>
#include <cstring>

namespace maniera::test {
namespace {

// A value that is not the default, for every kind of row.
std::vector<std::string> values_for(const ManieraOption& row) {
    const auto number = [](double value) {
        char text[G_ASCII_DTOSTR_BUF_SIZE];
        return std::string(g_ascii_dtostr(text, sizeof text, value));
    };
    switch (row.kind) {
    case MANIERA_KIND_INT: return {number(row.min), number(std::min(row.max, row.min + 33))};
    case MANIERA_KIND_REAL:
        return {number(row.min), number(row.max), number(row.min + (row.max - row.min) / 3)};
    case MANIERA_KIND_CHOICE: {
        std::vector<std::string> all;
        for (const char* const* choice = row.choices; *choice; ++choice)
            all.push_back(*choice);
        return all;
    }
    case MANIERA_KIND_TEXT:
    case MANIERA_KIND_CHOICE_OR_FILE: return {"plain", "/home/me/B\u00e4ume \"2\"\\n.png"};
    case MANIERA_KIND_INT_LIST: return {"1", "40,20,10,5"};
    case MANIERA_KIND_LAYER_LIST: return {"relu1_1:1", "relu1_1:0.25,relu5_1:1e-05"};
    }
    return {};
}

TEST(JobWriter, PairsOfPartsComeWithTheirCopies) {
    JobPlan plan{}, copies{};
    ManieraOptions options;
    maniera_options_init(&options);
    const JobStyle style{{64, 40, 30, 4, "Style"}, nullptr, 1, 0, {}, {}};
    for (JobPlan* each : {&plan, &copies}) {
        each->styles = &style;
        each->style_count = 1;
        each->options = &options;
        each->content = {0, each == &plan ? 2000 : 1000, 500, 4, "Layer"};
    }
    EXPECT_FALSE(contains(print(Json(job_params(&plan)).get()), "\"parts\""));
    part_pairs_set(&plan.pairs, 3, 1, 3);
    part_pairs_set(&plan.pairs, 3, 2, PART_WHOLE);
    plan.copies = &copies;
    const std::string text = print(Json(job_params(&plan)).get());
    EXPECT_TRUE(contains(text, "\"counterparts\":[3,0,3]")) << text;
    EXPECT_TRUE(contains(text, "\"width\":1000")) << text;
}

TEST(PartPairs, AreNothingWhereEachPartHasItsOwn) {
    PartPairs pairs{};
    EXPECT_EQ(part_pairs_get(&pairs, 2), 2u);
    part_pairs_set(&pairs, 3, 2, 1);
    EXPECT_EQ(pairs.count, 3u);
    EXPECT_EQ(part_pairs_get(&pairs, 2), 1u);
    EXPECT_EQ(part_pairs_get(&pairs, 3), 3u);
    EXPECT_EQ(part_pairs_get(&pairs, 4), 4u);
    part_pairs_set(&pairs, 3, 2, 2);
    EXPECT_EQ(pairs.count, 0u);
}

TEST(PartPairs, GoToJsonAndBack) {
    const auto read = [](const std::string& list) {
        const Json object = parse("{\"counterparts\": " + list + "}");
        return part_pairs_from_json(json_object_get_member(object.get(), "counterparts"));
    };
    PartPairs pairs{};
    part_pairs_set(&pairs, 4, 1, 4);
    part_pairs_set(&pairs, 4, 3, PART_WHOLE);
    const Json object(json_object_new());
    json_object_set_array_member(object.get(), "counterparts", part_pairs_to_json(&pairs));
    EXPECT_TRUE(contains(print(object.get()), "[4,2,0,4]"));
    const PartPairs back = read("[4, 2, 0, 4]");
    ASSERT_EQ(back.count, 4u);
    for (guint part = 1; part <= 4; ++part)
        EXPECT_EQ(part_pairs_get(&back, part), part_pairs_get(&pairs, part));
    EXPECT_EQ(read("[1, 2, 3]").count, 0u);
    std::string many = "[0";
    for (int i = 0; i < PART_PAIRS_MOST; ++i)
        many += ", 0";
    for (const std::string& wrong :
         {std::string("[3, 1]"), std::string("[-1]"), std::string("[\"1\", 0]"),
          std::string("[null]"), std::string("5"), std::string("[]"), many + "]"})
        EXPECT_EQ(read(wrong).count, 0u) << wrong;
    EXPECT_EQ(part_pairs_from_json(nullptr).count, 0u);
}

TEST(JobWriter, EveryOptionGoesToJsonAndBack) {
    std::size_t count;
    const ManieraOption* rows = maniera_option_table(&count);
    for (std::size_t i = 0; i < count; ++i)
        for (const std::string& value : values_for(rows[i])) {
            ManieraOptions options, back;
            char message[MANIERA_MESSAGE_MAX];
            maniera_options_init(&options);
            maniera_options_init(&back);
            ASSERT_TRUE(maniera_option_set(&options, rows[i].name, value.c_str(), message))
                << message;
            const Json object(options_to_json(&options));
            EXPECT_EQ(json_object_get_size(object.get()), 1u);
            const Json read = parse(print(object.get())); // as it goes over the wire
            ASSERT_TRUE(read);
            g_autoptr(GError) error = nullptr;
            ASSERT_TRUE(options_from_json(read.get(), &back, &error)) << error->message;
            EXPECT_EQ(std::memcmp(&options, &back, sizeof options), 0)
                << print(object.get()) << " for " << rows[i].name << " " << value;
        }
}

TEST(JobWriter, AllOptionsAtOnceGoToJsonAndBack) {
    std::size_t count;
    const ManieraOption* rows = maniera_option_table(&count);
    ManieraOptions options, back;
    char message[MANIERA_MESSAGE_MAX];
    maniera_options_init(&options);
    maniera_options_init(&back);
    for (std::size_t i = 0; i < count; ++i)
        ASSERT_TRUE(
            maniera_option_set(&options, rows[i].name, values_for(rows[i]).back().c_str(), message))
            << message;
    const Json object(options_to_json(&options));
    EXPECT_EQ(json_object_get_size(object.get()), count);
    ASSERT_TRUE(options_from_json(parse(print(object.get())).get(), &back, nullptr));
    EXPECT_EQ(std::memcmp(&options, &back, sizeof options), 0);
}

TEST(JobWriter, NumbersAreNumbersWhateverTheLocale) {
    const char* had = std::setlocale(LC_NUMERIC, nullptr);
    const std::string before = had ? had : "C";
    const bool comma = std::setlocale(LC_NUMERIC, "de_DE.UTF-8") != nullptr;
    ManieraOptions options;
    char message[MANIERA_MESSAGE_MAX];
    maniera_options_init(&options);
    maniera_option_set(&options, "style-scale", "0.75", message);
    maniera_option_set(&options, "size", "512", message);
    const Json object(options_to_json(&options));
    const std::string text = print(object.get());
    std::setlocale(LC_NUMERIC, before.c_str());
    EXPECT_EQ(text, R"({"size":512,"style-scale":0.75})") << (comma ? "with a decimal comma" : "");
}

TEST(JobWriter, WhatIsNotSetIsNotWritten) {
    ManieraOptions options;
    maniera_options_init(&options);
    const Json object(options_to_json(&options));
    EXPECT_EQ(print(object.get()), "{}");
}

TEST(JobWriter, UnknownNamesAndValuesAreRefusedByName) {
    for (const char* text :
         {R"({"sise": 512})", R"({"size": 5})", R"({"size": 512.5})", R"({"quality": "drafty"})",
          R"({"size": null})", R"({"size": [512]})", R"({"size": true})", R"({"size": 1e999})"}) {
        ManieraOptions options;
        maniera_options_init(&options);
        g_autoptr(GError) error = nullptr;
        EXPECT_FALSE(options_from_json(parse(text).get(), &options, &error)) << text;
        ASSERT_NE(error, nullptr);
        EXPECT_EQ(error->code, PAINT_ERROR_INVALID_OPTION);
        EXPECT_TRUE(contains(error->message, "size") || contains(error->message, "quality"))
            << error->message;
        EXPECT_EQ(options.set, 0u);
    }
}

TEST(JobWriter, AJobIsWhatTheProtocolSays) {
    ManieraOptions options;
    char message[MANIERA_MESSAGE_MAX];
    maniera_options_init(&options);
    maniera_option_set(&options, "quality", "draft", message);
    JobStyle styles[2]{};
    styles[0].picture = {4096, 30, 20, 4, "Starry"};
    styles[0].weight = 2;
    styles[0].scale = 0.5;
    styles[0].mask = {8192, 51, 38, 1, "Sky"};
    styles[0].style_mask = {12288, 30, 20, 1, nullptr};
    styles[1].file = "/home/me/painting.jpg";
    styles[1].weight = NAN;
    JobPlan plan{};
    plan.content = {0, 51, 38, 4, "Background"};
    plan.styles = styles;
    plan.style_count = 2;
    plan.options = &options;
    plan.output = {0, 51, 38, 3, nullptr};
    plan.preview_offset = 16384;
    plan.preview_side = 256;
    const Json params(job_params(&plan));
    EXPECT_EQ(
        print(params.get()),
        R"({"job":{"inputs":{"content":{"offset":0,"width":51,"height":38,"channels":4,"name":"Background"},)"
        R"("styles":[{"file":{"offset":4096,"width":30,"height":20,"channels":4,"name":"Starry"},)"
        R"("weight":2.0,"style-scale":0.5,)"
        R"("mask":{"offset":8192,"width":51,"height":38,"channels":1,"name":"Sky"},)"
        R"("style-mask":{"offset":12288,"width":30,"height":20,"channels":1}},)"
        R"({"file":"/home/me/painting.jpg"}]},"options":{"quality":"draft"},)"
        R"("preview":{"offset":16384,"side":256},)"
        R"("output":{"offset":0,"width":51,"height":38,"channels":3}}})");
    plan.preview_side = 0;
    const Json without(job_params(&plan));
    EXPECT_FALSE(
        json_object_has_member(json_object_get_object_member(without.get(), "job"), "preview"));
}

TEST(JobWriter, NamesThatAreNoUtf8DoNotBreakTheLine) {
    ManieraOptions options;
    maniera_options_init(&options);
    JobStyle style{};
    style.file = "/tmp/caf\xe9.png";
    style.weight = 1;
    JobPlan plan{};
    plan.content = {0, 8, 8, 4, "two\nlines"};
    plan.styles = &style;
    plan.style_count = 1;
    plan.options = &options;
    plan.output = {0, 8, 8, 3, nullptr};
    const Json params(job_params(&plan));
    const std::string line = print(params.get());
    EXPECT_TRUE(g_utf8_validate(line.c_str(), -1, nullptr));
    EXPECT_EQ(line.find('\n'), std::string::npos);
}

} // namespace
} // namespace maniera::test
