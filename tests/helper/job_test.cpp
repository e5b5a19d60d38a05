// SPDX-License-Identifier: GPL-3.0-or-later

#include "helper/job.h"

#include "core/error.h"
#include "tests/support/process.h"
#include "tests/support/refusal.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

namespace maniera {
namespace {

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
    void save(const std::string& name, int width, int height, float level) {
        Picture picture;
        picture.color = Image(width, height, 3);
        for (std::size_t i = 0; i < picture.color.pixels.size(); ++i)
            picture.color.pixels[i] = level * (0.5f + 0.5f * std::sin(0.1f * i));
        save_picture(picture, {}, folder / name);
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
    EXPECT_EQ(job.content, folder / "p.jpg");
    EXPECT_EQ(job.output, folder / "out.png");
    ASSERT_EQ(job.styles.size(), 2u);
    EXPECT_EQ(job.styles[0].weight, 0.25);
    EXPECT_EQ(job.styles[0].mask, folder / "m.png");
    EXPECT_EQ(job.styles[1].file, "/elsewhere/b.jpg");
    EXPECT_EQ(job.styles[1].style_mask, folder / "s.png");
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
    EXPECT_TRUE(contains(refused(R"({"inputs": {"content": 5}, "output": "o"})"), "text"));
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
}

TEST_F(JobFile, LoadsItsPictures) {
    save("p.png", 64, 48, 1);
    save("a.png", 40, 33, 1);
    Job job;
    job.content = folder / "p.png";
    job.styles.push_back({folder / "a.png", folder / "p.png", "", 2.0, 0.5});
    const JobInputs loaded = load_inputs(job);
    EXPECT_EQ(loaded.inputs.content.color.width, 64);
    EXPECT_EQ(loaded.inputs.content.name, job.content);
    ASSERT_EQ(loaded.inputs.styles.size(), 1u);
    EXPECT_EQ(loaded.inputs.styles[0].picture.color.height, 33);
    EXPECT_EQ(loaded.inputs.styles[0].mask.channels, 1);
    EXPECT_EQ(loaded.inputs.styles[0].weight, 2);
    EXPECT_EQ(loaded.inputs.styles[0].scale, 0.5);
}

TEST_F(JobFile, LoadsAStartPicture) {
    save("p.png", 64, 48, 1);
    Job job;
    job.content = folder / "p.png";
    job.styles.push_back({folder / "p.png", "", "", {}, 0});
    set_option(job.options, "init", folder / "p.png");
    EXPECT_EQ(load_inputs(job).inputs.initial.width, 64);
    set_option(job.options, "init", folder / "none.png");
    EXPECT_TRUE(contains(refusal([&] { load_inputs(job); }), "does not exist"));
}

TEST_F(JobFile, RefusesCountsOfWeightsThatDoNotMatch) {
    save("p.png", 64, 48, 1);
    Job job;
    job.content = folder / "p.png";
    job.styles.push_back({folder / "p.png", "", "", 1.0, 0});
    job.styles.push_back({folder / "p.png", "", "", {}, 0});
    ErrorCode code{};
    EXPECT_TRUE(contains(refusal([&] { load_inputs(job); }, &code), "2 styles"));
    EXPECT_EQ(code, ErrorCode::invalid_option);
    job.styles[1].mask = folder / "p.png"; // a region's weight is its own
    EXPECT_EQ(refusal([&] { load_inputs(job); }), "accepted");
}

} // namespace
} // namespace maniera
