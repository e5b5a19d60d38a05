// SPDX-License-Identifier: GPL-3.0-or-later
// The request `parts` of `maniera serve`, with a tiny model and pictures of two textures.

#include "tests/support/pictures.h"
#include "tests/support/serve_client.h"
#include "tests/support/tiny_model.h"
#include "tests/support/two_textures.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>

namespace maniera {
namespace {

using nlohmann::json;
using test::ServeClient;

bool left(double x, double) { return x < 0.4; }
bool below(double, double y) { return y > 0.5; }

// The content at 0, the style behind it, then a mask of the content, then maps.
constexpr int width = 192, height = 160, style_width = 160, style_height = 176, side = 96;
constexpr std::uint64_t style_at = width * height * 3 * sizeof(float);
constexpr std::uint64_t mask_at = style_at + style_width * style_height * 3 * sizeof(float);
constexpr std::uint64_t maps_at = mask_at + width * height * sizeof(float);
constexpr std::uint64_t slot = side * side;

json place(std::uint64_t offset, int w, int h, int channels) {
    return {{"offset", offset}, {"width", w}, {"height", h}, {"channels", channels}};
}

json question(json style, const json& options = {{"parts", "2"}}) {
    style["file"] = place(style_at, style_width, style_height, 3);
    json job = {
        {"inputs", {{"content", place(0, width, height, 3)}, {"styles", json::array({style})}}},
        {"options", {{"model", "tiny"}, {"threads", 1}}},
        {"output", place(0, width, height, 3)}};
    job["options"].update(options);
    return {{"job", job}, {"maps", {{"offset", maps_at}, {"side", side}}}};
}

class ServeParts : public testing::Test {
protected:
    ServeParts() {
        test::save_model(test::make_tiny_model(), folder_.path().string(), "tiny");
        client_ = std::make_unique<ServeClient>(
            MANIERA_PROGRAM, ServeClient::Settings{{"MANIERA_MODELS=" + folder_.path().string(),
                                                    "XDG_CACHE_HOME=" + cache_.path().string()},
                                                   0,
                                                   true});
        client_->resize_memory(maps_at + 2 * slot);
        client_->put_image(0, content_);
        client_->put_image(style_at, style_);
        client_->put_image(mask_at, test::make_mask(width, height, 0.7));
        const std::string none(2 * slot, '\x7f');
        client_->put(maps_at, none.data(), none.size());
        client_->ask(1, "hello", {{"protocol", 1}});
    }

    std::string map(std::size_t picture, const json& result) const {
        const json& found = result["maps"][picture];
        return client_->get(found["offset"].get<std::uint64_t>(),
                            found["width"].get<std::size_t>() * found["height"].get<std::size_t>());
    }

    test::ScratchFolder folder_, cache_;
    const Image content_ = test::make_two_textures(width, height, left, 0.3f).color;
    const Image style_ = test::make_two_textures(style_width, style_height, below, 0.35f).color;
    std::unique_ptr<ServeClient> client_;
};

// The share of a map's pixels with a label that lies in a part of the picture.
double share_in(const std::string& map, const json& size, char label,
                bool (*inside)(double, double)) {
    const int w = size["width"], h = size["height"];
    double in = 0, all = 0;
    for (int y = 0; y < h; ++y)
        for (int x = 0; x < w; ++x)
            if (map[static_cast<std::size_t>(y * w + x)] == label) {
                ++all;
                in += inside((x + 0.5) / w, (y + 0.5) / h);
            }
    return all > 0 ? in / all : 0;
}

TEST_F(ServeParts, AreMappedInEachPicture) {
    const json reply = client_->ask(2, "parts", question(json::object()));
    ASSERT_TRUE(reply.contains("result")) << reply;
    const json& result = reply["result"];
    EXPECT_EQ(result["parts"], json({"part1", "part2"}));
    EXPECT_EQ(result["maps"], json({{{"offset", maps_at}, {"width", 96}, {"height", 80}},
                                    {{"offset", maps_at + slot}, {"width", 87}, {"height", 96}}}));
    const std::string in_content = map(0, result), in_style = map(1, result);
    EXPECT_LE(*std::max_element(in_content.begin(), in_content.end()), 2);
    // The same number is the same texture.
    const char stripes = share_in(in_content, result["maps"][0], 1, left) > 0.5 ? char{1} : char{2};
    EXPECT_GT(share_in(in_content, result["maps"][0], stripes, left), 0.9);
    EXPECT_GT(share_in(in_style, result["maps"][1], stripes, below), 0.9);
    EXPECT_GT(std::count(in_style.begin(), in_style.end(), stripes), 87 * 96 / 4);
    // Nothing is painted.
    EXPECT_EQ(client_->get_image(0, width, height, 3).pixels, content_.pixels);
}

TEST_F(ServeParts, EndWhereTheirStyleDoes) {
    const json masked = {{"mask", place(mask_at, width, height, 1)}};
    const json reply = client_->ask(2, "parts", question(masked));
    ASSERT_TRUE(reply.contains("result")) << reply;
    const std::string labels = map(0, reply["result"]);
    const auto beyond = [](double x, double) { return x > 0.72; };
    EXPECT_EQ(share_in(labels, reply["result"]["maps"][0], 1, beyond), 0);
    EXPECT_EQ(share_in(labels, reply["result"]["maps"][0], 2, beyond), 0);
    EXPECT_GT(std::count(labels.begin(), labels.end(), '\0'), 96 * 80 / 5);
}

// So little of the content has too few places to say anything.
TEST_F(ServeParts, OfPicturesThatHaveNothingInCommonAreNone) {
    client_->put_image(mask_at, test::make_mask(width, height, 0.01));
    const json masked = {{"mask", place(mask_at, width, height, 1)}};
    const json reply = client_->ask(2, "parts", question(masked, {{"parts", "auto"}}));
    ASSERT_TRUE(reply.contains("result")) << reply;
    EXPECT_EQ(reply["result"]["parts"], json::array());
    for (std::size_t i = 0; i < 2; ++i) {
        const std::string labels = map(i, reply["result"]);
        EXPECT_EQ(std::count(labels.begin(), labels.end(), '\0'),
                  static_cast<std::ptrdiff_t>(labels.size()));
    }
}

constexpr std::uint64_t painting_at = maps_at + 2 * slot;

// A painting whose parts are paired so; [] = as they are found.
json painted(const json& counterparts, const char* parts = "2") {
    json job =
        question(json::object(), {{"parts", parts}, {"size", 96}, {"iterations", "6"}})["job"];
    job["output"] = place(painting_at, width, height, 3);
    if (!counterparts.empty()) {
        job["inputs"]["parts"] = job["inputs"];
        job["inputs"]["parts"]["counterparts"] = counterparts;
    }
    return {{"job", job}};
}

class PairedParts : public ServeParts {
protected:
    PairedParts() { client_->resize_memory(painting_at + width * height * 3 * sizeof(float)); }

    Image paint(const json& params) {
        const json reply = client_->ask(++asked_, "stylize", params);
        EXPECT_TRUE(reply.contains("result")) << reply;
        return client_->get_image(painting_at, width, height, 3);
    }

    int asked_ = 1;
};

TEST_F(PairedParts, ArePaintedAsAsked) {
    const Image own = paint(painted(json::array()));
    EXPECT_EQ(paint(painted({1, 2})).pixels, own.pixels); // they are found in the same copies
    EXPECT_GT(test::largest_difference(paint(painted({2, 1})), own), 0.1);
    const Image whole = paint(painted(json::array(), "off"));
    EXPECT_LT(test::largest_difference(paint(painted({0, 0})), whole), 0.02);
    EXPECT_GT(test::largest_difference(own, whole), 0.1);
    EXPECT_EQ(paint(painted({2, 1}, "off")).pixels, whole.pixels); // there are no parts to pair
}

TEST_F(PairedParts, LieWithinTheMemory) {
    json params = painted({2, 1});
    params["job"]["inputs"]["parts"]["content"]["offset"] = painting_at + 8;
    const json reply = client_->ask(2, "stylize", params);
    ASSERT_TRUE(reply.contains("error")) << reply;
    EXPECT_EQ(reply["error"]["code"], "invalid-request");
}

TEST_F(ServeParts, AreStopped) {
    json asked = question(json::object());
    for (int i = 0; i < 60; ++i) // so that the stop comes before the end
        asked["job"]["inputs"]["styles"].push_back(asked["job"]["inputs"]["styles"][0]);
    client_->resize_memory(maps_at + 62 * slot);
    client_->send({{"id", 2}, {"method", "parts"}, {"params", asked}});
    client_->send({{"method", "stop"}, {"params", {{"id", 2}, {"keep", true}}}});
    const json reply = client_->reply(2);
    ASSERT_TRUE(reply.contains("error")) << reply;
    EXPECT_EQ(reply["error"]["code"], "stopped");
    // It goes on to serve.
    EXPECT_TRUE(client_->ask(3, "parts", question(json::object())).contains("result"));
}

} // namespace
} // namespace maniera
