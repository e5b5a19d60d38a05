// SPDX-License-Identifier: GPL-3.0-or-later
// `maniera serve` as a client meets it, with a tiny model: pictures in memory, stopping, previews,
// clients that lie, flood and die. What is said, line by line, is in tests/protocol.

#include "core/image/pyramid.h"
#include "helper/images/image_file.h"
#include "tests/support/pictures.h"
#include "tests/support/refusal.h"
#include "tests/support/serve_client.h"
#include "tests/support/tiny_model.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <limits>
#include <set>
#include <thread>

namespace maniera {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using test::contains;
using test::make_picture;
using test::ScratchFolder;
using test::ServeClient;
using test::write_text;
using Words = std::vector<std::string>;

const std::string program = MANIERA_PROGRAM;

// The content at 0, the style behind it, the preview behind that; the result over the content.
constexpr int width = 150, height = 97, style_side = 64, preview_side = 100;
constexpr std::uint64_t content_bytes = width * height * 3 * sizeof(float);
constexpr std::uint64_t style_at = content_bytes;
constexpr std::uint64_t preview_at = style_at + style_side * style_side * 3 * sizeof(float);
constexpr std::uint64_t memory_bytes = preview_at + 2 * preview_side * preview_side * 3;

json place(std::uint64_t offset, int w, int h, int channels) {
    return {{"offset", offset}, {"width", w}, {"height", h}, {"channels", channels}};
}

json job_in_memory(const json& options) {
    json job = {
        {"inputs",
         {{"content", place(0, width, height, 3)},
          {"styles", json::array({{{"file", place(style_at, style_side, style_side, 3)}}})}}},
        {"options", {{"model", "tiny"}, {"threads", 1}, {"precision", "fp32"}}},
        {"output", place(0, width, height, 3)}};
    job["options"].update(options);
    return job;
}

// Long enough that it never ends by itself within a test.
json endless() { return {{"iterations", 100000}}; }

class Serve : public testing::Test {
protected:
    Serve() { test::save_model(test::make_tiny_model(), folder.path().string(), "tiny"); }

    ServeClient::Settings settings() const {
        return {
            {"MANIERA_MODELS=" + folder.path().string(), "XDG_CACHE_HOME=" + cache.path().string()},
            0,
            true};
    }
    // A client that said hello and filled its memory.
    std::unique_ptr<ServeClient> client() { return client(settings()); }
    std::unique_ptr<ServeClient> client(const ServeClient::Settings& asked) {
        auto made = std::make_unique<ServeClient>(program, asked);
        if (asked.memory) {
            made->resize_memory(memory_bytes);
            made->put_image(0, content);
            made->put_image(style_at, style);
        }
        const json hello = made->ask(1000, "hello", {{"protocol", 1}});
        EXPECT_TRUE(hello.contains("result")) << hello;
        return made;
    }
    static std::string code_of(const json& reply) {
        return reply.contains("error") ? reply["error"]["code"].get<std::string>() : "no error";
    }

    ScratchFolder folder, cache; // the launcher keeps OpenBLAS's quickest kernel there
    const Image content = make_picture(width, height, 3).color;
    const Image style = make_picture(style_side, style_side, 8).color;
};

TEST_F(Serve, PaintsInMemory) {
    const auto c = client();
    const json reply = c->ask(1, "stylize", {{"job", job_in_memory({{"quality", "draft"}})}});
    ASSERT_TRUE(reply.contains("result")) << reply;
    const json& result = reply["result"];
    EXPECT_EQ(result["complete"], true);
    EXPECT_EQ(result["width"], width);
    EXPECT_EQ(result["height"], height);
    EXPECT_EQ(result["device"], "cpu");
    EXPECT_EQ(result["precision"], "fp32");
    EXPECT_EQ(result["model"]["name"], "tiny");
    EXPECT_EQ(result["model"]["sha256"].get<std::string>().size(), 64u);
    EXPECT_GT(result["steps"], 1);
    EXPECT_GT(result["seconds"], 0);
    const Image painted = c->get_image(0, width, height, 3);
    EXPECT_GT(test::mean_difference(painted, content), 0.02);
    EXPECT_EQ(c->get_image(style_at, style_side, style_side, 3).pixels, style.pixels);
    // The second run is the same, and nothing of the first is left over.
    c->put_image(0, content);
    c->ask(2, "stylize", {{"job", job_in_memory({{"quality", "draft"}})}});
    EXPECT_EQ(c->get_image(0, width, height, 3).pixels, painted.pixels);
}

// One job in three ways. PNGs of 16 bits hold what floats of these values hold.
TEST_F(Serve, PaintsAsRunAndStylizeDo) {
    Image coarse = content;
    for (Image* image : {&coarse, const_cast<Image*>(&style)})
        for (float& value : image->pixels)
            value = static_cast<float>(static_cast<int>(value * 255 + 0.5f)) / 255;
    Picture picture;
    picture.color = coarse;
    save_picture(picture, {}, folder / "content.png");
    picture.color = style;
    save_picture(picture, {}, folder / "style.png");
    const json options = {{"quality", "draft"},  {"model", "tiny"}, {"threads", 1},
                          {"precision", "fp32"}, {"size", 120},     {"colors", "match"},
                          {"style-scale", 0.75}};
    const json file_job = {{"inputs",
                            {{"content", folder / "content.png"},
                             {"styles", json::array({{{"file", folder / "style.png"}}})}}},
                           {"options", options},
                           {"output", folder / "run.png"}};
    write_text(folder / "job.json", file_job.dump());
    const Words environment = settings().environment;
    EXPECT_EQ(test::run({program, "run", folder / "job.json"}, environment).code, 0);
    const auto outcome = test::run({program,
                                    "stylize",
                                    folder / "content.png",
                                    "--style",
                                    folder / "style.png",
                                    "-o",
                                    folder / "stylize.png",
                                    "--quality",
                                    "draft",
                                    "--model",
                                    "tiny",
                                    "--threads",
                                    "1",
                                    "--precision",
                                    "fp32",
                                    "--size",
                                    "120",
                                    "--colors",
                                    "match",
                                    "--style-scale",
                                    "0.75"},
                                   environment);
    EXPECT_EQ(outcome.code, 0) << outcome.err;

    const auto c = client();
    c->put_image(0, coarse);
    c->put_image(style_at, style);
    json job = job_in_memory(options);
    job["output"] = place(0, 120, 78, 3);
    ASSERT_TRUE(c->ask(1, "stylize", {{"job", job}}).contains("result"));
    job = file_job;
    job["output"] = folder / "serve.png";
    ASSERT_TRUE(c->ask(2, "stylize", {{"job", job}}).contains("result"));

    const Image run = load_picture(folder / "run.png").picture.color;
    ASSERT_EQ(run.width, 120);
    EXPECT_EQ(load_picture(folder / "stylize.png").picture.color.pixels, run.pixels);
    EXPECT_EQ(load_picture(folder / "serve.png").picture.color.pixels, run.pixels);
    EXPECT_LE(test::largest_difference(c->get_image(0, 120, 78, 3), run), 0.51 / 255);
}

TEST_F(Serve, ResamplesToTheOutput) {
    const auto c = client();
    json job = job_in_memory({{"iterations", 3}, {"size", 75}});
    ASSERT_TRUE(c->ask(1, "stylize", {{"job", job}}).contains("result"));
    const Image large = c->get_image(0, width, height, 3);
    c->put_image(0, content);
    job["output"] = place(0, 75, 49, 3);
    const json reply = c->ask(2, "stylize", {{"job", job}});
    EXPECT_EQ(reply["result"]["width"], 75);
    const Image small = c->get_image(0, 75, 49, 3);
    EXPECT_LT(test::largest_difference(large, resize(small, {width, height})), 1e-6);
}

// A second try: the painting lies behind the preview, with alpha.
TEST_F(Serve, GoesOnFromAPainting) {
    const auto c = client();
    c->resize_memory(memory_bytes + width * height * 4 * sizeof(float));
    json job = job_in_memory({{"size", 400}, {"strength", 20}}); // three scales
    const json first = c->ask(1, "stylize", {{"job", job}});
    ASSERT_TRUE(first.contains("result")) << first;
    const Image painted = c->get_image(0, width, height, 3);
    Image with_alpha(width, height, 4);
    for (std::size_t i = 0; i < painted.pixels.size(); ++i)
        with_alpha.pixels[i / 3 * 4 + i % 3] = painted.pixels[i];
    const auto set_alpha = [&](float alpha) {
        for (std::size_t i = 3; i < with_alpha.pixels.size(); i += 4)
            with_alpha.pixels[i] = alpha;
        c->put_image(0, content);
        c->put_image(memory_bytes, with_alpha);
    };
    set_alpha(1);
    job["inputs"]["painting"] = place(memory_bytes, width, height, 4);
    job["options"]["strength"] = 90;
    const json estimate = c->ask(2, "estimate", {{"job", job}});
    EXPECT_EQ(estimate["result"]["scales"], 2) << estimate;
    const json second = c->ask(3, "stylize", {{"job", job}});
    ASSERT_TRUE(second.contains("result")) << second;
    EXPECT_LT(second["result"]["steps"], first["result"]["steps"]);
    const Image further = c->get_image(0, width, height, 3);
    const double change = test::mean_difference(further, painted);
    EXPECT_GT(change, 0.005);
    // Where it is transparent it counts for nothing: this begins with the photograph.
    set_alpha(0);
    ASSERT_TRUE(c->ask(4, "stylize", {{"job", job}}).contains("result"));
    const Image from_content = c->get_image(0, width, height, 3);
    EXPECT_GT(test::mean_difference(from_content, painted), change);
    job["inputs"]["painting"] = folder / "painting.png";
    EXPECT_EQ(code_of(c->ask(5, "estimate", {{"job", job}})), "invalid-request");
    job["inputs"]["painting"] = place(memory_bytes * 9, width, height, 3);
    EXPECT_EQ(code_of(c->ask(6, "stylize", {{"job", job}})), "invalid-request");
}

// Settings that change while it paints: how much is left is the client's to say.
TEST_F(Serve, GoesOnAtTheScaleWhereAPaintingWasStopped) {
    const auto c = client();
    json job = job_in_memory({{"size", 400}, {"iterations", {9, 7, 5}}}); // three scales
    job["inputs"]["painting"] = place(0, width, height, 3);
    const auto steps_with = [&](const json& unfinished) {
        job["inputs"]["unfinished"] = unfinished;
        c->put_image(0, content);
        const json reply = c->ask(1, "stylize", {{"job", job}});
        return reply.contains("result") ? reply["result"]["steps"].get<int>() : -1;
    };
    const auto lacking = [](const json& scales, const json& steps) {
        return json{{"scales", scales}, {"steps", steps}};
    };
    EXPECT_EQ(steps_with(lacking(0, 0)), 4 + 3) << "as without it";
    EXPECT_EQ(steps_with(lacking(1, 1)), 4 + 3) << "the scale before is painted over too";
    EXPECT_EQ(steps_with(lacking(1, 4)), 4 + 4);
    EXPECT_EQ(steps_with(lacking(2, 6)), 6 + 5);
    EXPECT_EQ(steps_with(lacking(2, 1)), 4 + 5) << "at least half of the steps";
    EXPECT_EQ(steps_with(lacking(3, 8)), 8 + 7 + 5);
    EXPECT_EQ(steps_with(lacking(7, 1000)), 9 + 7 + 5) << "no more than there are";
    for (const json& wrong :
         {lacking(-1, 1), lacking(1, 1e9), lacking("two", 1), json(3), json{{"scales", 1}},
          json{{"scales", 1}, {"steps", 1}, {"seconds", 1}}})
        EXPECT_EQ(steps_with(wrong), -1) << wrong;
}

TEST_F(Serve, TellsAboutProgressAndShowsIt) {
    const auto c = client();
    json job = job_in_memory({{"iterations", 150}, {"preview-interval", 0.05}});
    job["preview"] = {{"offset", preview_at}, {"side", preview_side}};
    c->send({{"id", 5}, {"method", "stylize"}, {"params", {{"job", job}}}});
    const auto start = std::chrono::steady_clock::now();
    std::vector<json> seen;
    std::set<std::uint64_t> slots;
    json reply;
    while (reply.is_null()) {
        const json message = c->next();
        if (message.contains("id")) {
            reply = message;
            continue;
        }
        if (message["method"] != "progress")
            continue;
        seen.push_back(message["params"]);
        if (!seen.back().contains("preview"))
            continue;
        const json& preview = seen.back()["preview"];
        const auto offset = preview["offset"].get<std::uint64_t>();
        EXPECT_TRUE(slots.empty() || preview_at == offset ||
                    preview_at + 3 * preview_side * preview_side == offset);
        slots.insert(offset);
        EXPECT_LE(std::max(preview["width"].get<int>(), preview["height"].get<int>()),
                  preview_side);
        // The picture, not the zeros that lay there.
        const std::string bytes = c->get(offset, 3 * preview["width"].get<std::size_t>() *
                                                     preview["height"].get<std::size_t>());
        EXPECT_GT(std::set<char>(bytes.begin(), bytes.end()).size(), 20u);
    }
    const double seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    EXPECT_EQ(reply["id"], 5);
    EXPECT_TRUE(reply.contains("result")) << reply;
    ASSERT_GE(seen.size(), 2u);
    EXPECT_LE(static_cast<double>(seen.size()), 10 * seconds + 2);
    EXPECT_EQ(slots.size(), 2u);
    EXPECT_TRUE(seen.front().contains("preview")) << "from the first step on";
    for (std::size_t i = 0; i < seen.size(); ++i) {
        EXPECT_EQ(seen[i]["id"], 5);
        EXPECT_GE(seen[i]["scale"], 1);
        EXPECT_LE(seen[i]["scale"], seen[i]["scales"]);
        EXPECT_LE(seen[i]["step"], seen[i]["steps"]);
        EXPECT_TRUE(i == 0 || seen[i]["fraction"] > seen[i - 1]["fraction"]);
    }
}

TEST_F(Serve, StopsAndKeeps) {
    const auto c = client();
    c->send({{"id", 1}, {"method", "stylize"}, {"params", {{"job", job_in_memory(endless())}}}});
    c->notification("progress");
    c->send({{"method", "stop"}, {"params", {{"id", 1}, {"keep", true}}}});
    const json reply = c->reply(1);
    ASSERT_TRUE(reply.contains("result")) << reply;
    EXPECT_EQ(reply["result"]["complete"], false);
    EXPECT_GT(test::mean_difference(c->get_image(0, width, height, 3), content), 0.005);
    // It goes on to serve.
    EXPECT_TRUE(
        c->ask(2, "stylize", {{"job", job_in_memory({{"iterations", 2}})}}).contains("result"));
}

TEST_F(Serve, StopsAndWritesNothing) {
    const auto c = client();
    json job = job_in_memory(endless());
    job["output"] = folder / "out.png";
    c->send({{"id", 1}, {"method", "stylize"}, {"params", {{"job", job}}}});
    c->notification("progress");
    c->send({{"method", "stop"}, {"params", {{"id", 1}, {"keep", false}}}});
    EXPECT_EQ(code_of(c->reply(1)), "stopped");
    c->send({{"id", 2}, {"method", "stylize"}, {"params", {{"job", job_in_memory(endless())}}}});
    c->notification("progress");
    c->send({{"method", "stop"}, {"params", {{"id", 2}}}}); // without keep, nothing is kept
    EXPECT_EQ(code_of(c->reply(2)), "stopped");
    EXPECT_EQ(c->get_image(0, width, height, 3).pixels, content.pixels);
    EXPECT_EQ(folder.names(), (Words{"tiny.json", "tiny.safetensors"}));
}

TEST_F(Serve, StopsWhatWaitsAndOnlyThat) {
    const auto c = client();
    const json running = job_in_memory(endless()), brief = job_in_memory({{"iterations", 1}});
    c->send({{"id", 1}, {"method", "stylize"}, {"params", {{"job", running}}}});
    c->send({{"id", 2}, {"method", "stylize"}, {"params", {{"job", brief}}}});
    c->send({{"id", 3}, {"method", "stylize"}, {"params", {{"job", brief}}}});
    c->notification("progress");
    c->send({{"method", "stop"}, {"params", {{"id", 2}, {"keep", true}}}});
    c->send({{"method", "stop"}, {"params", {{"id", 77}, {"keep", true}}}});
    c->send({{"method", "stop"}, {"params", {{"id", 1}, {"keep", true}}}});
    EXPECT_EQ(c->reply(1)["result"]["complete"], false);
    EXPECT_EQ(code_of(c->reply(2)), "stopped");
    EXPECT_EQ(c->reply(3)["result"]["complete"], true);
}

TEST_F(Serve, EndsWithItsClient) {
    // Idle, before hello, and in the middle of a run.
    ServeClient fresh(program, settings());
    fresh.close_input();
    EXPECT_LT(fresh.ends(milliseconds(5000)), 3);
    EXPECT_EQ(fresh.exit_code(), 0);
    const auto c = client();
    json job = job_in_memory(endless());
    job["output"] = folder / "out.png";
    job["options"]["preview"] = folder / "preview.png";
    job["options"]["preview-interval"] = 0.05;
    c->send({{"id", 1}, {"method", "stylize"}, {"params", {{"job", job}}}});
    c->notification("progress");
    c->close_input();
    EXPECT_LT(c->ends(milliseconds(5000)), 0.5);
    for (const std::string& name : folder.names())
        EXPECT_EQ(name.find(".maniera"), std::string::npos) << name;
}

TEST_F(Serve, EndsAtATerminationSignal) {
    const auto c = client();
    c->send({{"id", 1}, {"method", "stylize"}, {"params", {{"job", job_in_memory(endless())}}}});
    c->notification("progress");
    kill(c->pid(), SIGTERM);
    EXPECT_LT(c->ends(milliseconds(5000)), 0.5);
    EXPECT_EQ(c->exit_code(), 128 + SIGTERM);
}

TEST_F(Serve, GivesSignsOfLifeInTheMiddleOfWork) {
    const auto c = client();
    c->send({{"id", 1}, {"method", "stylize"}, {"params", {{"job", job_in_memory(endless())}}}});
    for (int i = 0; i < 2; ++i)
        c->notification("alive");
}

// A client may say what it likes about its memory.
TEST_F(Serve, SurvivesLiesAboutTheMemory) {
    const auto c = client();
    int id = 0;
    const auto refused = [&](const json& job) {
        const json reply = c->ask(++id, "stylize", {{"job", job}});
        EXPECT_EQ(code_of(reply), "invalid-request") << reply;
        EXPECT_EQ(c->get_image(0, width, height, 3).pixels, content.pixels);
    };
    for (const json& lie :
         {json(memory_bytes), json(memory_bytes - 4), json(std::int64_t{1} << 62), json(-4),
          json("0"), json(0.5), json(std::numeric_limits<std::uint64_t>::max())}) {
        for (const char* which : {"content", "output"}) {
            json job = job_in_memory({{"iterations", 1}});
            (std::string(which) == "content" ? job["inputs"] : job)[which]["offset"] = lie;
            refused(job);
        }
        json job = job_in_memory({{"iterations", 1}});
        job["inputs"]["styles"][0]["mask"] = place(0, 50, 50, 1);
        job["inputs"]["styles"][0]["mask"]["offset"] = lie;
        refused(job);
        job = job_in_memory({{"iterations", 1}});
        job["preview"] = {{"offset", lie}, {"side", preview_side}};
        refused(job);
    }
    for (const json& side : {json(1 << 24), json(16777217), json(0), json(2147483648)}) {
        json job = job_in_memory({{"iterations", 1}});
        job["inputs"]["content"]["width"] = side;
        job["inputs"]["content"]["height"] = side;
        refused(job);
    }
    c->resize_memory(content_bytes);
    refused(job_in_memory({{"iterations", 1}}));
}

// Pages of a file that shrinks under a mapping end a process with a bus error.
TEST_F(Serve, SurvivesAMemoryThatShrinksInTheMiddle) {
    const auto c = client();
    json job = job_in_memory({{"iterations", 100000}, {"preview-interval", 0.05}});
    job["preview"] = {{"offset", preview_at}, {"side", preview_side}};
    c->send({{"id", 1}, {"method", "stylize"}, {"params", {{"job", job}}}});
    c->notification("progress");
    c->resize_memory(100);
    const json log = c->notification("log");
    EXPECT_EQ(log["params"]["level"], "warning");
    c->send({{"method", "stop"}, {"params", {{"id", 1}, {"keep", true}}}});
    const json reply = c->reply(1);
    EXPECT_EQ(code_of(reply), "invalid-request") << reply;
    EXPECT_EQ(c->get(0, 100).size(), 100u);
    EXPECT_ANY_THROW(c->get(0, 101)) << "the helper enlarged it";
}

TEST_F(Serve, WarnsOfValuesThatAreNoNumbers) {
    const auto c = client();
    Image odd = content;
    odd.pixels[5] = std::numeric_limits<float>::quiet_NaN();
    odd.pixels[700] = 40; // of a layer in high dynamic range
    c->put_image(0, odd);
    json job = job_in_memory({{"iterations", 1}});
    job["inputs"]["content"]["name"] = "Lights";
    c->send({{"id", 1}, {"method", "stylize"}, {"params", {{"job", job}}}});
    std::vector<json> seen;
    EXPECT_TRUE(c->reply(1, &seen).contains("result"));
    ASSERT_FALSE(seen.empty());
    EXPECT_EQ(seen[0]["method"], "log");
    EXPECT_TRUE(contains(seen[0]["params"]["text"], "Lights has 1 values")) << seen[0];
    const Image painted = c->get_image(0, width, height, 3);
    EXPECT_TRUE(std::all_of(painted.pixels.begin(), painted.pixels.end(),
                            [](float v) { return v >= 0 && v <= 1; }));
}

TEST_F(Serve, NeedsNoMemoryForFiles) {
    auto asked = settings();
    asked.memory = false;
    const auto c = client(asked);
    EXPECT_EQ(code_of(c->ask(1, "stylize", {{"job", job_in_memory(json::object())}})),
              "invalid-request");
    Picture picture;
    picture.color = content;
    save_picture(picture, {}, folder / "content.png");
    json job = job_in_memory({{"iterations", 1}});
    job["inputs"]["content"] = folder / "content.png";
    job["inputs"]["styles"][0]["file"] = folder / "content.png";
    job["output"] = folder / "out.png";
    EXPECT_TRUE(c->ask(2, "stylize", {{"job", job}}).contains("result"));
    EXPECT_EQ(load_picture(folder / "out.png").picture.color.width, width);
}

TEST_F(Serve, AnswersAFloodOnceEach) {
    const auto c = client();
    c->send({{"id", 1}, {"method", "stylize"}, {"params", {{"job", job_in_memory(endless())}}}});
    c->notification("progress");
    constexpr int many = 500;
    for (int i = 0; i < many; ++i)
        c->send({{"id", 2000 + i}, {"method", "nonsense"}});
    for (int i = 0; i < many; ++i)
        c->send("garbage " + std::to_string(i));
    c->send({{"method", "stop"}, {"params", {{"id", 1}, {"keep", false}}}});
    std::multiset<int> replies;
    int without_id = 0;
    while (replies.size() < many + 1 || without_id < many) {
        const json message = c->next();
        if (!message.contains("id"))
            continue;
        EXPECT_TRUE(message.contains("error"));
        if (message["id"].is_null())
            ++without_id;
        else
            replies.insert(message["id"].get<int>());
    }
    EXPECT_EQ(without_id, many);
    EXPECT_EQ(std::set<int>(replies.begin(), replies.end()).size(), replies.size());
    EXPECT_TRUE(c->ask(9, "hello", {{"protocol", 1}}).contains("result"));
}

// It neither waits for a client that does not read, nor keeps what it would say forever.
TEST_F(Serve, EndsWhenNobodyReads) {
    const auto c = client();
    const std::string garbage(1000, 'x');
    EXPECT_ANY_THROW({
        for (int i = 0; i < 400000; ++i)
            c->send(garbage);
    });
    c->ends(milliseconds(5000));
    EXPECT_TRUE(contains(c->errors(), "does not read")) << c->errors();
}

TEST_F(Serve, SaysWhereItLookedForAModel) {
    const auto c = client();
    const json reply = c->ask(1, "stylize", {{"job", job_in_memory({{"model", "nowhere"}})}});
    EXPECT_EQ(code_of(reply), "no-model");
    EXPECT_TRUE(contains(reply["error"]["message"], folder.path().string())) << reply;
}

TEST_F(Serve, NamesTheNearestOption) {
    const auto c = client();
    const json reply = c->ask(1, "stylize", {{"job", job_in_memory({{"qualty", "draft"}})}});
    EXPECT_EQ(code_of(reply), "invalid-option");
    EXPECT_TRUE(contains(reply["error"]["message"], "did you mean quality")) << reply;
}

TEST_F(Serve, EstimatesWithoutReadingAPixel) {
    const auto c = client();
    json job = job_in_memory({{"size", 75}});
    job["inputs"]["content"]["offset"] = 0;
    c->resize_memory(0); // there are no pixels yet
    const json reply = c->ask(1, "estimate", {{"job", job}});
    ASSERT_TRUE(reply.contains("result")) << reply;
    EXPECT_EQ(reply["result"]["width"], 75);
    EXPECT_EQ(reply["result"]["height"], 49);
    EXPECT_EQ(reply["result"]["tiles"], 1);
    EXPECT_GT(reply["result"]["bytes"], 100 << 20);
    EXPECT_GT(reply["result"]["seconds"], 0);
    // A torn cache is measured anew.
    const std::string kept = cache / "maniera/calibration.json";
    const std::string whole = test::read_text(kept);
    EXPECT_TRUE(contains(whole, "pixel-seconds"));
    write_text(kept, whole.substr(0, whole.size() / 2));
    EXPECT_TRUE(c->ask(2, "estimate", {{"job", job}}).contains("result"));
    EXPECT_TRUE(json::accept(test::read_text(kept)));
    // One that opens but cannot be read, as on a disk that fails.
    std::filesystem::remove(kept);
    std::filesystem::create_symlink("/proc/self/mem", kept);
    EXPECT_TRUE(c->ask(3, "estimate", {{"job", job}}).contains("result"));
}

TEST_F(Serve, RefusesWhatNoMachineHoldsBeforeAnyWork) {
    const auto c = client();
    const json reply = c->ask(1, "stylize", {{"job", job_in_memory({{"size", 500000}})}});
    EXPECT_EQ(code_of(reply), "out-of-memory") << reply;
    EXPECT_TRUE(contains(reply["error"]["message"], "would fit")) << reply;
}

TEST_F(Serve, PaintsInTilesWhereTheProcessMayHaveLess) {
    auto asked = settings();
    asked.address_space = std::size_t{3} << 30;
    const json large = job_in_memory({{"size", 4000}});
    EXPECT_EQ(client()->ask(1, "estimate", {{"job", large}})["result"]["tiles"], 1);
    EXPECT_GT(client(asked)->ask(1, "estimate", {{"job", large}})["result"]["tiles"], 1);
}

// Asked for more memory than the process may have: an allocation fails in the middle.
TEST_F(Serve, SaysThatMemoryIsShortAndGoesOn) {
    auto asked = settings();
    asked.address_space = std::size_t{3} << 30;
    const auto c = client(asked);
    const json reply =
        c->ask(1, "stylize",
               {{"job", job_in_memory({{"size", 9000}, {"scales", 1}, {"memory", 100000}})}});
    EXPECT_EQ(code_of(reply), "out-of-memory") << reply;
    EXPECT_TRUE(
        c->ask(2, "stylize", {{"job", job_in_memory({{"iterations", 1}})}}).contains("result"));
}

} // namespace
} // namespace maniera
