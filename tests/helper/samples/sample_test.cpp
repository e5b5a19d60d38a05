// SPDX-License-Identifier: GPL-3.0-or-later

#include "helper/samples/sample.h"

#include "core/error.h"
#include "core/image/pyramid.h"
#include "helper/samples/motion.h"
#include "tests/support/pictures.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace maniera {
namespace {

using test::mean_difference;

// Mean difference of horizontal and vertical neighbours: how much is going on at this size.
double texture(const Image& image) {
    double sum = 0;
    for (int y = 1; y < image.height; ++y)
        for (int x = 1; x < image.width; ++x)
            sum += std::abs(image.at(x, y)[1] - image.at(x - 1, y)[1]) +
                   std::abs(image.at(x, y)[1] - image.at(x, y - 1)[1]);
    return sum / (2.0 * image.width * image.height);
}

TEST(Sample, IsTheSameEveryTime) {
    for (const std::string& name : sample_names())
        EXPECT_EQ(make_sample(name, 67, 43).color.pixels, make_sample(name, 67, 43).color.pixels)
            << name;
}

TEST(Sample, HasAnySize) {
    for (const std::string& name : sample_names())
        for (const auto& [width, height] : {std::pair(1, 1), {1, 90}, {211, 13}, {97, 101}}) {
            const Picture picture = make_sample(name, width, height);
            EXPECT_EQ(picture.color.width, width);
            EXPECT_EQ(picture.color.height, height);
            EXPECT_TRUE(std::all_of(picture.color.pixels.begin(), picture.color.pixels.end(),
                                    [](float v) { return v >= 0 && v <= 1; }))
                << name;
        }
}

TEST(Sample, StylesHaveTextureAtEverySize) {
    for (const char* name : {"strokes", "glass", "ink", "painted-portrait"}) {
        const Image whole = make_sample(name, 320, 240).color;
        EXPECT_GT(texture(whole), 0.03) << name;
        EXPECT_GT(texture(resize(whole, {80, 60})), 0.03) << name;
        EXPECT_GT(texture(resize(whole, {20, 15})), 0.02) << name;
    }
}

TEST(Sample, TheLandscapeHasDetailAtEverySize) {
    const Image whole = make_sample("landscape", 321, 243).color;
    EXPECT_GT(texture(whole), 0.03);
    EXPECT_GT(texture(resize(whole, {80, 60})), 0.03);
    EXPECT_GT(texture(resize(whole, {20, 15})), 0.03);
}

TEST(Sample, IsColorful) {
    for (const char* name :
         {"landscape", "strokes", "glass", "ink", "portrait", "painted-portrait"}) {
        const Image image = make_sample(name, 121, 91).color;
        double saturation = 0;
        for (std::size_t i = 0; i < image.pixels.size(); i += 3) {
            const auto [low, high] =
                std::minmax({image.pixels[i], image.pixels[i + 1], image.pixels[i + 2]});
            saturation += 3.0 * (high - low) / static_cast<double>(image.pixels.size());
        }
        EXPECT_GT(saturation, 0.08) << name;
    }
}

TEST(Sample, NoTwoAreAlike) {
    const auto names = sample_names();
    ASSERT_EQ(names.size(), 7u);
    std::vector<Image> images;
    for (const std::string& name : names)
        images.push_back(make_sample(name, 80, 60).color);
    for (std::size_t i = 0; i < names.size(); ++i)
        for (std::size_t j = 0; j < i; ++j)
            EXPECT_GT(mean_difference(images[i], images[j]), 0.1)
                << names[i] << " and " << names[j];
}

// Where the colors of skin, hair and wall are, in a row of the face and one of the wall.
TEST(Sample, ThePortraitsHaveAFaceInFrontOfAWall) {
    for (const char* name : {"portrait", "painted-portrait"}) {
        const Image image = resize(make_sample(name, 161, 121).color, {32, 24});
        const float* const face = image.at(16, 9);
        const float* const wall = image.at(28, 6);
        EXPECT_GT(face[0], 1.3f * face[2]) << name;
        EXPECT_LT(wall[0], wall[2]) << name;
        EXPECT_GT(face[0], wall[0] + 0.15f) << name;
    }
}

TEST(Sample, TheMaskIsBlackAndWhite) {
    const Image mask = make_sample("sky-mask", 160, 120).color;
    double white = 0, gray = 0;
    for (std::size_t i = 0; i < mask.pixels.size(); i += 3) {
        white += mask.pixels[i] > 0.99f;
        gray += mask.pixels[i] > 0.01f && mask.pixels[i] < 0.99f;
    }
    EXPECT_GT(white, 0.15 * 160 * 120);
    EXPECT_LT(white, 0.6 * 160 * 120);
    EXPECT_LT(gray, 0.05 * 160 * 120); // edges alone
}

// The far range is the sky's border nearly everywhere, so the mask must follow it in the picture.
TEST(Sample, TheMaskEndsWhereTheMountainsBegin) {
    const Image mask = make_sample("sky-mask", 161, 121).color;
    const Image view = make_sample("landscape", 161, 121).color;
    int borders = 0, seen = 0;
    for (int x = 40; x < 145; ++x)
        for (int y = 3; y + 3 < mask.height; ++y)
            if (mask.at(x, y)[0] > 0.5f && mask.at(x, y + 1)[0] <= 0.5f) {
                double step = 0;
                for (int c = 0; c < 3; ++c)
                    step += std::abs(view.at(x, y - 1)[c] - view.at(x, y + 3)[c]);
                ++borders;
                seen += step > 0.15;
            }
    EXPECT_GE(borders, 105); // one in each column
    EXPECT_GT(seen, 0.8 * borders);
}

TEST(Sample, NamesTheNearestOne) {
    try {
        make_sample("stroke");
        FAIL() << "accepted";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::invalid_option);
        EXPECT_NE(std::string(error.what()).find("strokes"), std::string::npos);
    }
}

// Landscape and ball move as motion.h says, pixel by pixel.
TEST(Motion, MovesAsItSays) {
    const std::vector<Picture> frames = make_motion(3, 160, 120);
    ASSERT_EQ(frames.size(), 3u);
    const auto moved = [&](int left, int top, int size, int dx, int dy) {
        return mean_difference(crop(frames[1].color, left, top, size, size),
                               crop(frames[2].color, left + dx, top + dy, size, size));
    };
    EXPECT_EQ(moved(10, 4, 30, -6, -2), 0); // the sky
    EXPECT_GT(moved(10, 4, 30, 0, 0), 0.001);
    EXPECT_LT(moved(68, 45, 24, 7, -1), 1e-6); // the ball
    EXPECT_GT(moved(68, 45, 24, 0, 0), 0.01);
}

} // namespace
} // namespace maniera
