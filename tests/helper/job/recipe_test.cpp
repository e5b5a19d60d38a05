// SPDX-License-Identifier: GPL-3.0-or-later
// Recipes of results: what they tell, and what a stranger's may decide.

#include "helper/job/recipe.h"

#include "core/base/sha256.h"
#include "core/error.h"
#include "tests/support/process.h"
#include "tests/support/refusal.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <random>

namespace maniera {
namespace {

using nlohmann::json;
using test::contains;
using test::refusal;
using test::ScratchFolder;
using test::write_text;

class RecipeOfAResult : public testing::Test {
protected:
    RecipeOfAResult() {
        for (const char* name : {"photo.jpg", "a.jpg", "b.jpg", "sky.png", "noise"})
            write_text(folder / name, std::string("bytes of ") + name);
        maniera_options_init(&job.options);
        job.content.file = folder / "photo.jpg";
        job.styles.resize(2);
        job.styles[0].picture.file = folder / "a.jpg";
        job.styles[0].weight = 3;
        job.styles[0].scale = 0.5;
        job.styles[1].picture.file = folder / "b.jpg";
        job.styles[1].mask.file = folder / "sky.png";
        set_option(job.options, "size", "512");
        set_option(job.options, "iterations", "9,5");
        set_option(job.options, "style-scale", "2");
        model.sha256 = std::string(64, 'a');
    }
    std::string text() const { return recipe_text(job, model); }
    std::string refused(const json& value) const {
        return refusal([&] { parse_recipe(value.dump()); });
    }

    ScratchFolder folder;
    Job job;
    Manifest model;
};

// A recipe without a picture's hash could not be read again.
TEST_F(RecipeOfAResult, IsNoneWhereAPictureIsGone) {
    ASSERT_FALSE(text().empty());
    for (PictureLocation* picture : {&job.content, &job.styles[0].picture, &job.styles[0].mask}) {
        const PictureLocation kept = *picture;
        picture->file = folder / "gone";
        EXPECT_EQ(text(), "");
        *picture = kept;
    }
    set_option(job.options, "init", folder / "gone");
    EXPECT_EQ(text(), "");
}

TEST_F(RecipeOfAResult, NamesPicturesWithoutTheirFolders) {
    set_option(job.options, "init", folder / "noise");
    EXPECT_FALSE(contains(text(), folder / ""));
    EXPECT_TRUE(contains(text(), "photo.jpg"));
}

TEST_F(RecipeOfAResult, GivesTheJobBack) {
    set_option(job.options, "init", folder / "noise"); // a file that is named as a word
    const Recipe recipe = parse_recipe(text());
    EXPECT_TRUE(recipe.aside.empty());
    const Job found = find_pictures(recipe, {"/nowhere", folder / ""}, "");
    EXPECT_TRUE(std::filesystem::equivalent(found.content.file, job.content.file));
    ASSERT_EQ(found.styles.size(), 2u);
    EXPECT_EQ(found.styles[0].weight, 3);
    EXPECT_EQ(found.styles[0].scale, 0.5);
    EXPECT_FALSE(found.styles[1].weight);
    EXPECT_TRUE(std::filesystem::equivalent(found.styles[1].mask.file, job.styles[1].mask.file));
    EXPECT_TRUE(std::filesystem::equivalent(option_value(found.options, "init"), folder / "noise"));
    EXPECT_EQ(option_value(found.options, "iterations"), "9,5");
    EXPECT_EQ(recipe.model, model.sha256);
}

TEST_F(RecipeOfAResult, KeepsTheOutputOptionsThatCounted) {
    EXPECT_FALSE(contains(text(), "output-options"));
    job.saving.options = {{"subsample-mode", "on"}, {"Q", "5"}, {"Q", "30"}};
    const Recipe recipe = parse_recipe(text());
    job.saving = recipe.job.saving;
    EXPECT_EQ(job.saving.options, (std::vector<std::pair<std::string, std::string>>{
                                      {"Q", "30"}, {"subsample-mode", "on"}}));
    EXPECT_EQ(parse_recipe(text()).text, recipe.text); // so a result that is painted again has it
    json value = json::parse(text());
    for (const char* bad : {"a b", "../x", "$(x)", "a=b", "\u001b[31m"}) {
        value["output-options"] = {{"Q", bad}};
        EXPECT_TRUE(contains(refused(value), "output option")) << bad;
        value["output-options"] = {{bad, "5"}};
        EXPECT_TRUE(contains(refused(value), "output option")) << bad;
    }
    value["output-options"] = 5;
    EXPECT_TRUE(contains(refused(value), "output-options"));
}

TEST_F(RecipeOfAResult, IsACommandForAShell) {
    EXPECT_EQ(command_of(parse_recipe(text()).job, "my result.png"),
              "maniera stylize --style-scale 2 photo.jpg --style a.jpg --weight 3 --style-scale "
              "0.5 --style b.jpg --mask sky.png --size 512 --iterations 9,5 -o 'my result.png'");
    json value = json::parse(text());
    value["content"]["name"] = "--all-formats";
    value["styles"][0]["name"] = "a'; rm -rf $(pwd).jpg";
    const std::string command = command_of(parse_recipe(value.dump()).job, "-o.png");
    EXPECT_TRUE(contains(command, " ./--all-formats ")) << command;
    EXPECT_TRUE(contains(command, " 'a'\\''; rm -rf $(pwd).jpg' ")) << command;
    EXPECT_TRUE(contains(command, " -o ./-o.png")) << command;
}

TEST_F(RecipeOfAResult, LeavesOutWhatThisMachineDoesAndWhatIsWritten) {
    for (const auto& [name, value] : {std::pair("device", "cpu"),
                                      {"threads", "3"},
                                      {"memory", "900"},
                                      {"tile", "64"},
                                      {"preview", "p.png"},
                                      {"time-limit", "5"}})
        set_option(job.options, name, value);
    set_option(job.options, "model", folder / "net.json");
    const json options = json::parse(text())["options"];
    EXPECT_EQ(options.size(), 3u) << options;
    EXPECT_FALSE(contains(text(), "net.json"));
}

TEST_F(RecipeOfAResult, OfAStrangerDecidesNothingElse) {
    json value = json::parse(text());
    const char* const harmful[][2] = {
        {"preview", "/etc/passwd"}, {"device", "cuda"},   {"memory", "1"},
        {"threads", "900"},         {"tile", "32"},       {"time-limit", "1"},
        {"precision", "bf16"},      {"parts-file", "/x"}, {"preview-interval", "0"},
        {"output", "/etc/passwd"},  {"checkpoint", "/x"}, {"\u001b[31m", "x"}};
    for (const auto& [name, text] : harmful)
        value["options"][name] = text;
    value["output"] = "/etc/passwd";
    const Recipe recipe = parse_recipe(value.dump());
    EXPECT_EQ(recipe.aside.size(), std::size(harmful));
    EXPECT_TRUE(recipe.job.output.empty());
    job.options = recipe.job.options;
    EXPECT_EQ(json::parse(text())["options"].size(), 3u);
    for (const char* name : {"preview", "device", "memory", "threads", "precision", "parts-file"})
        EXPECT_FALSE(maniera_option_is_set(&recipe.job.options, name)) << name;
    for (const std::string& name : recipe.aside)
        EXPECT_FALSE(contains(name, "\x1b"));
    for (const char* bad : {"/tmp/net.json", "../net", "net.safetensors"}) {
        value["options"]["model"] = bad;
        EXPECT_TRUE(contains(refused(value), "one that is installed")) << bad;
    }
    value["options"]["model"] = "vgg19";
    value["options"]["init"] = "/etc/passwd";
    EXPECT_TRUE(contains(refused(value), "start picture"));
}

TEST_F(RecipeOfAResult, OfAStrangerNamesNoFolders) {
    for (const char* bad : {"/etc/passwd", "../a.jpg", "..", ".", "", "a/b", "a\nb", "a\x1b[31m"}) {
        for (const char* where : {"/content", "/styles/0", "/styles/1/mask"}) {
            json value = json::parse(text());
            value[json::json_pointer(std::string(where) + "/name")] = bad;
            EXPECT_NE(refused(value), "accepted") << bad << where;
        }
        json value = json::parse(text());
        value["init"] = {{"name", bad}, {"sha256", std::string(64, '0')}};
        EXPECT_NE(refused(value), "accepted") << bad;
    }
}

TEST_F(RecipeOfAResult, TakesNoNamesakeAndNamesWhatIsMissing) {
    const Recipe recipe = parse_recipe(text());
    write_text(folder / "b.jpg", "another picture");
    const auto find = [&] { find_pictures(recipe, {folder / ""}, ""); };
    EXPECT_TRUE(contains(refusal(find), "b.jpg")) << refusal(find);
    EXPECT_TRUE(contains(refusal(find), "only another one")) << refusal(find);
    ScratchFolder other;
    write_text(other / "b.jpg", "bytes of b.jpg");
    EXPECT_EQ(find_pictures(recipe, {folder / "", other / ""}, "").styles[1].picture.file,
              other / "b.jpg");
    EXPECT_EQ(find_pictures(recipe, {folder / "", other / ""}, "my.jpg").content.file, "my.jpg");
}

TEST_F(RecipeOfAResult, SurvivesGarbage) {
    for (const char* bad : {"", "{", "null", "[]", "{}", "3", R"({"content": 1, "styles": [1]})",
                            R"({"content": {}, "styles": []})"})
        EXPECT_NE(refusal([&] { parse_recipe(bad); }), "accepted") << bad;
    json many = json::parse(text());
    for (int i = 0; i < 100; ++i)
        many["styles"].push_back(many["styles"][0]);
    EXPECT_NE(refused(many), "accepted");
    std::mt19937 random(3);
    const std::string whole = text();
    for (int round = 0; round < 3000; ++round) {
        std::string bytes = whole;
        for (int i = 0; i < 2; ++i)
            bytes[random() % bytes.size()] = static_cast<char>(32 + random() % 95);
        try {
            parse_recipe(bytes);
        } catch (const Error& error) {
            EXPECT_NE(std::string(error.what()), "");
        }
    }
    EXPECT_NE(refusal([&] { parse_recipe(std::string(60000, '[')); }), "accepted");
}

} // namespace
} // namespace maniera
