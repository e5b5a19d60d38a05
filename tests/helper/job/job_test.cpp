// SPDX-License-Identifier: GPL-3.0-or-later

#include "helper/job/job.h"

#include "core/error.h"
#include "tests/support/process.h"
#include "tests/support/refusal.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <functional>

namespace maniera {
namespace {

using nlohmann::json;
using test::contains;
using test::refusal;
using test::ScratchFolder;
using test::write_text;

class JobFile : public testing::Test {
protected:
    Job read(const std::string& text) {
        write_text(folder / "job.json", text);
        return read_job(folder / "job.json");
    }
    std::string refused(const std::string& text) {
        return refusal([&] { read(text); });
    }
    ScratchFolder folder;
};

TEST_F(JobFile, HoldsWhatACommandLineCanSay) {
    const Job job = read(R"({
        "inputs": {"content": "p.jpg", "styles": [
            {"file": "a.jpg", "weight": 0.25, "mask": "m.png"},
            {"file": "/elsewhere/b.jpg", "style-mask": "s.png", "style-scale": 0.5}]},
        "options": {"size": 512, "quality": "high", "iterations": [100, 50, 20],
                    "style-layers": {"relu1_1": 2, "relu2_1": 1}, "content-layers": ["relu4_2"],
                    "content-weight": 0.02, "init": "start.png", "preview": "preview.png"},
        "output": "out.png"})");
    EXPECT_EQ(job.content.file, folder / "p.jpg");
    EXPECT_EQ(job.output.file, folder / "out.png");
    ASSERT_EQ(job.styles.size(), 2u);
    EXPECT_EQ(job.styles[0].weight, 0.25);
    EXPECT_EQ(job.styles[0].mask.file, folder / "m.png");
    EXPECT_EQ(job.styles[1].picture.file, "/elsewhere/b.jpg");
    EXPECT_EQ(job.styles[1].style_mask.file, folder / "s.png");
    EXPECT_EQ(job.styles[1].scale, 0.5);
    EXPECT_FALSE(job.styles[1].weight);
    EXPECT_EQ(job.options.size, 512);
    EXPECT_EQ(job.options.quality, MANIERA_QUALITY_HIGH);
    ASSERT_EQ(job.options.iterations.count, 3);
    EXPECT_EQ(job.options.iterations.values[1], 50);
    ASSERT_EQ(job.options.style_layers.count, 2);
    EXPECT_EQ(job.options.style_layers.items[0].weight, 2);
    EXPECT_EQ(job.options.content_weight, 0.02);
    EXPECT_EQ(job.options.init, folder / "start.png");
    EXPECT_EQ(job.options.preview, folder / "preview.png");
}

TEST_F(JobFile, RefusesUnknownNamesWithTheNearest) {
    EXPECT_TRUE(contains(refused(R"({"input": {}})"), "inputs"));
    EXPECT_TRUE(contains(
        refused(R"({"inputs": {"content": "p", "styles": [{"fiel": "a"}]}, "output": "o.png"})"),
        "file"));
    EXPECT_TRUE(contains(refused(R"({"inputs": {"content": "p", "styles": [{"file": "a"}]},
                                     "options": {"sise": 5}, "output": "o.png"})"),
                         "size"));
}

TEST_F(JobFile, RefusesWhatIsNoJob) {
    EXPECT_TRUE(contains(refused("<html>"), "not JSON"));
    EXPECT_TRUE(contains(refused("[]"), "object"));
    EXPECT_TRUE(contains(refused("{}"), "inputs"));
    EXPECT_TRUE(contains(refused(R"({"inputs": {"styles": []}, "output": "o"})"), "content"));
    EXPECT_TRUE(contains(refused(R"({"inputs": {"content": "p"}})"), "output"));
    EXPECT_TRUE(
        contains(refused(R"({"inputs": {"content": 5}, "output": "o"})"), "must be a string"));
    EXPECT_TRUE(
        contains(refused(R"({"inputs": {"content": "p", "styles": {}}, "output": "o"})"), "list"));
    EXPECT_TRUE(contains(refused(R"({"inputs": {"content": "p", "styles": [{"file": "a",
                                     "weight": "heavy"}]}, "output": "o"})"),
                         "number"));
    EXPECT_TRUE(contains(refused(R"({"inputs": {"content": "p", "styles": []},
                                     "options": {"size": {"a": "b"}}, "output": "o"})"),
                         "size"));
    EXPECT_TRUE(contains(refusal([&] { read_job(folder / "none.json"); }), "cannot be opened"));
    EXPECT_TRUE(contains(refusal([&] { read_job(folder.path().string()); }), "cannot be opened"));
    EXPECT_TRUE(contains(refusal([&] { read_job("/proc/self/mem"); }), "cannot be opened"));
}

// The job of a request, with a content in memory; `more` replaces or adds members of the content.
json request(const json& more) {
    json content = {{"offset", 0}, {"width", 64}, {"height", 48}, {"channels", 3}};
    content.update(more);
    return {{"inputs",
             {{"content", content},
              {"styles",
               {{{"file", {{"offset", 36864}, {"width", 40}, {"height", 33}, {"channels", 4}}}}}}}},
            {"output", {{"offset", 0}, {"width", 64}, {"height", 48}, {"channels", 3}}}};
}

std::string refused_message(const json& value) {
    return refusal([&] { job_from_message(value); });
}

// "out.png\0.txt" would be checked as one file and written as another.
TEST_F(JobFile, SaysHowTheResultIsSaved) {
    const auto job = [&](const std::string& more) {
        return read(R"({"inputs": {"content": "a.png", "styles": [{"file": "b.png"}]},
                        "output": "c.png", )" +
                    more + "}");
    };
    const Job given = job(R"("output-options": {"Q": 80, "lossless": true}, "metadata": "strip")");
    const Job back = job_from_json(to_json(given)); // as a checkpoint has it
    for (const Job& each : {given, back}) {
        ASSERT_EQ(each.saving.options.size(), 2u);
        EXPECT_EQ(each.saving.options[0], std::make_pair(std::string("Q"), std::string("80")));
        EXPECT_EQ(each.saving.options[1].second, "true");
        EXPECT_EQ(each.saving.metadata(), MetadataChoice::strip);
    }
    Saving saving = given.saving, over;
    lay_over(saving, over);
    EXPECT_EQ(saving.options.size(), 2u);
    over.options = {parse_output_option("Q=5")};
    lay_over(saving, over);
    EXPECT_EQ(saving.options, over.options);
    EXPECT_EQ(saving.metadata(), MetadataChoice::strip);
    EXPECT_TRUE(contains(refusal([&] { job(R"("metadata": "some")"); }), "keep, profile or strip"));
    EXPECT_TRUE(contains(refusal([&] { job(R"("output-options": {"Q": [8]})"); }), "option Q"));
    EXPECT_TRUE(contains(refusal([&] { parse_output_option("=5"); }), "NAME=VALUE"));
}

TEST_F(JobFile, HasASizeOrAMostSize) {
    const auto job = [&](const std::string& options) {
        return read(R"({"inputs": {"content": "a.png", "styles": [{"file": "b.png"}]},
                         "output": "c.png", "options": {)" +
                    options + "}}");
    };
    EXPECT_TRUE(contains(refusal([&] { job(R"("size": 64, "shrink": 64)"); }), "keep one"));
    ManieraOptions options = job(R"("size": 64)").options, over{};
    set_option(over, "shrink", "128"); // as of a command line with a job
    lay_over(options, over);
    EXPECT_EQ(option_value(options, "shrink"), "128");
    EXPECT_EQ(option_value(options, "size"), "");
    set_option(options, "shrink", "96");
}

TEST_F(JobFile, HasNoControlCharactersInNames) {
    const std::string valid = R"({"inputs": {"content": "p.jpg", "styles": [{"file": "a.jpg"}]},
                                  "output": "o.png"})";
    EXPECT_EQ(refused(valid), "accepted");
    const auto with = [&](const std::string& name, const std::string& instead) {
        std::string text = valid;
        text.replace(text.find(name), name.size(), instead);
        return refused(text);
    };
    for (const char* bad :
         {"\\u0000", "\\n", "\\u001b", "\\u007f", "\\u009b", "\\u2028", "\\u202e", "\\u2066"})
        for (const char* name : {"p.jpg", "a.jpg", "o.png"})
            EXPECT_TRUE(contains(with(name, name + std::string(bad)), "control character")) << name;
    EXPECT_TRUE(contains(with(R"("output")", R"("options": {"init": "a\u0000.png"}, "output")"),
                         "control character U+0000"));
    EXPECT_TRUE(contains(with(R"("output")", R"("options": {"model": "a\n.json"}, "output")"),
                         "control character U+000A"));
    const std::string turned = with("p.jpg", R"(photo\u202Egpj.exe)"); // seen as photoexe.jpg
    EXPECT_TRUE(contains(turned, R"("photo\u{202E}gpj.exe")")) << turned;
}

TEST(JobOfAMessage, NamesPicturesInMemory) {
    json value = request({{"name", "Background"}, {"channels", 4}});
    value["inputs"]["styles"].push_back({{"file", "/home/me/painting.jpg"}});
    value["preview"] = {{"offset", 100000}, {"side", 256}};
    const Job job = job_from_message(value);
    ASSERT_TRUE(job.content.memory);
    EXPECT_EQ(job.content.memory->name, "Background");
    EXPECT_EQ(job.content.memory->channels, 4);
    ASSERT_TRUE(job.styles[0].picture.memory);
    EXPECT_EQ(job.styles[0].picture.memory->offset, 36864u);
    EXPECT_EQ(job.styles[0].picture.memory->height, 33);
    EXPECT_EQ(job.styles[1].picture.file, "/home/me/painting.jpg");
    EXPECT_EQ(job.output.memory->width, 64);
    EXPECT_EQ(job.preview->side, 256);
}

// A request with parts that are paired, in a copy of the content and of its style.
json pairing(const json& counterparts) {
    json value = request(json::object());
    json copies = value["inputs"];
    copies["counterparts"] = counterparts;
    value["inputs"]["parts"] = copies;
    return value;
}

TEST(JobOfAMessage, PairsParts) {
    const Job job = job_from_message(pairing({2, 0, 3}));
    EXPECT_EQ(job.pairing.counterparts, (std::vector<std::size_t>{2, 0, 3}));
    EXPECT_EQ(job.pairing.content.memory->height, 48);
    ASSERT_EQ(job.pairing.styles.size(), 1u);
    EXPECT_EQ(job.pairing.styles[0].picture.memory->width, 40);
    EXPECT_TRUE(job_from_message(request(json::object())).pairing.counterparts.empty());
}

TEST(JobOfAMessage, RefusesPairsThatCannotBe) {
    for (const json& wrong :
         {json({4, 1, 2}), json({-1}), json({1.5}), json({"1"}), json({nullptr})})
        EXPECT_TRUE(contains(refused_message(pairing(wrong)),
                             "counterparts of parts are numbers of parts, from 1"))
            << wrong;
    for (const json& wrong : {json(1), json::array(), json(std::vector<int>(256, 1))})
        EXPECT_TRUE(contains(refused_message(pairing(wrong)), "a list of 1 to 255")) << wrong;
    json lacking = pairing({1});
    lacking["inputs"]["parts"].erase("content");
    EXPECT_TRUE(contains(refused_message(lacking), "parts has no content"));
    lacking = pairing({1});
    lacking["inputs"]["parts"]["styles"].clear();
    EXPECT_TRUE(contains(refused_message(lacking), "as many styles as inputs"));
    json misspelt = pairing({1});
    misspelt["inputs"]["parts"]["counterpart"] = 1;
    EXPECT_TRUE(contains(refused_message(misspelt), "did you mean counterparts?"));
}

TEST(JobOfAMessage, RefusesPlacesThatCannotBe) {
    const std::pair<json, const char*> wrong[] = {{{{"width", 0}}, "width"},
                                                  {{{"width", -5}}, "width"},
                                                  {{{"width", 1e9}}, "width"},
                                                  {{{"height", 2.5}}, "height"},
                                                  {{{"height", nullptr}}, "height"},
                                                  {{{"height", 1ull << 40}}, "height"},
                                                  {{{"channels", 2}}, "channels"},
                                                  {{{"channels", 5}}, "channels"},
                                                  {{{"offset", -1}}, "offset"},
                                                  {{{"offset", 18446744073709551615ull}}, "offset"},
                                                  {{{"offset", "0"}}, "offset"},
                                                  {{{"widht", 5}}, "width"},
                                                  {{{"name", 5}}, "name"}};
    for (const auto& [members, part] : wrong)
        EXPECT_TRUE(contains(refused_message(request(members)), part)) << members;
    json value = request(json::object());
    value["output"]["channels"] = 4;
    EXPECT_TRUE(contains(refused_message(value), "3 channels"));
    value = request(json::object());
    value["preview"] = {{"offset", 0}, {"side", 100000}};
    EXPECT_TRUE(contains(refused_message(value), "side"));
}

// The client's folder is not the helper's.
TEST(JobOfAMessage, WantsWholePaths) {
    json value = request(json::object());
    value["inputs"]["styles"][0]["file"] = "painting.jpg";
    EXPECT_TRUE(contains(refused_message(value), "full path"));
    value = request(json::object());
    value["options"]["init"] = "start.png";
    EXPECT_TRUE(contains(refused_message(value), "full path"));
    value["options"]["init"] = "/start.png";
    EXPECT_EQ(refused_message(value), "accepted");
    value["options"]["init"] = "noise";
    EXPECT_EQ(refused_message(value), "accepted");
    value["options"]["preview"] = "preview.png";
    EXPECT_TRUE(contains(refused_message(value), "full path"));
}

TEST_F(JobFile, HasNoMemory) {
    EXPECT_TRUE(contains(refused(request(json::object()).dump()), "only serve"));
    EXPECT_TRUE(contains(refused(R"({"inputs": {"content": "p", "styles": [{"file": "a"}]},
                                     "output": "o", "preview": {"offset": 0, "side": 64}})"),
                         "preview"));
}

} // namespace
} // namespace maniera
