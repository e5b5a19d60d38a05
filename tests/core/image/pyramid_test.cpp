// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/image/pyramid.h"

#include "tests/support/pictures.h"

#include <gtest/gtest.h>

#include <cmath>

namespace maniera {
namespace {

TEST(Pyramid, FitsTheLongSide) {
    EXPECT_EQ(fit_long_side({1024, 768}, 512), (Size{512, 384}));
    EXPECT_EQ(fit_long_side({601, 801}, 97), (Size{73, 97}));
    EXPECT_EQ(fit_long_side({2000, 3}, 100), (Size{100, 1}));
}

TEST(Pyramid, StartsAt128AndGrowsByOneFactorNearTwo) {
    EXPECT_EQ(scale_sizes({512, 384}, 0), (std::vector<Size>{{128, 96}, {256, 192}, {512, 384}}));
    for (int full = 158; full < 3000; full += 37) {
        const auto sizes = scale_sizes({full, full}, 0);
        EXPECT_EQ(sizes.front().width, 128);
        EXPECT_EQ(sizes.back().width, full);
        const double factor = static_cast<double>(sizes[1].width) / sizes[0].width;
        EXPECT_LE(factor, 2.4) << full;
        EXPECT_GE(sizes.size() == 2 ? 2 : factor, 1.5) << full;
        for (std::size_t i = 1; i < sizes.size(); ++i)
            EXPECT_NEAR(static_cast<double>(sizes[i].width) / sizes[i - 1].width, factor, 0.02);
    }
}

TEST(Pyramid, StartsAtNoLessThanItsBounds) {
    for (const Size full : {Size{300, 200}, {97, 61}, {1600, 200}, {33, 40}, {4000, 3000}}) {
        const auto sizes = scale_sizes(full, 0);
        EXPECT_EQ(sizes.back(), full);
        const Size first = sizes.front();
        if (sizes.size() > 1) {
            EXPECT_GE(std::max(first.width, first.height), 128);
            EXPECT_GE(std::min(first.width, first.height), 32);
        }
    }
    EXPECT_EQ(scale_sizes({97, 61}, 0).size(), 1u);
}

TEST(Pyramid, TakesAsManyScalesAsAskedWhereTheyFit) {
    EXPECT_EQ(scale_sizes({512, 384}, 1), (std::vector<Size>{{512, 384}}));
    EXPECT_EQ(scale_sizes({512, 384}, 2), (std::vector<Size>{{256, 192}, {512, 384}}));
    const auto five = scale_sizes({512, 512}, 5);
    ASSERT_EQ(five.size(), 5u);
    EXPECT_EQ(five[1].width, 181);
    EXPECT_EQ(scale_sizes({131, 131}, 30).size(), 4u); // 128, 129, 130, 131
}

TEST(Resize, ShrinkingDoesNotAlias) {
    Image stripes(90, 60, 3); // every second column white: nothing but gray may be left
    for (int y = 0; y < 60; ++y)
        for (int x = 0; x < 90; x += 2)
            std::fill_n(stripes.at(x, y), 3, 1.0f);
    const Image small = resize(stripes, {30, 20});
    for (float value : small.pixels)
        EXPECT_NEAR(value, 0.5, 0.17 + 1e-6); // three columns hold one or two white ones
    EXPECT_NEAR(test::mean(small, 0), 0.5, 0.01);
}

TEST(Resize, KeepsTheMeanAndTheRange) {
    const Picture picture = test::make_picture(83, 59, 3);
    for (const Size size : {Size{41, 29}, {127, 97}, {83, 30}}) {
        const Image resized = resize(picture.color, size);
        EXPECT_EQ(resized.width, size.width);
        EXPECT_EQ(resized.height, size.height);
        for (int c = 0; c < 3; ++c)
            EXPECT_NEAR(test::mean(resized, c), test::mean(picture.color, c), 0.01);
        for (float value : resized.pixels)
            EXPECT_TRUE(value >= 0 && value <= 1);
    }
}

TEST(Resize, TheSameSizeIsACopy) {
    const Image image = test::make_noise(13, 7, 1, 1);
    EXPECT_EQ(resize(image, {13, 7}).pixels, image.pixels);
}

TEST(Resize, EnlargingIsSmooth) {
    Image ramp(16, 8, 1);
    for (int y = 0; y < 8; ++y)
        for (int x = 0; x < 16; ++x)
            *ramp.at(x, y) = x / 15.0f;
    const Image large = resize(ramp, {48, 24});
    for (int x = 5; x < 43; ++x)
        EXPECT_NEAR(*large.at(x, 12), (x + 0.5 - 1.5) / 45, 3e-3);
}

TEST(Resize, TransparentPixelsHaveNoSay) {
    Picture picture;
    picture.color = Image(40, 20, 3);
    picture.alpha = test::make_mask(40, 20, 0.525); // an odd number of columns is seen
    for (int y = 0; y < 20; ++y)
        for (int x = 0; x < 40; ++x)
            std::fill_n(picture.color.at(x, y), 3, *picture.alpha.at(x, y) > 0 ? 0.2f : 1.0f);
    const Picture small = resize(picture, {10, 5});
    for (int x = 0; x < 10; ++x)
        if (*small.alpha.at(x, 2) > 0.05f) {
            EXPECT_NEAR(small.color.at(x, 2)[0], 0.2, 1e-3) << x;
        }
}

} // namespace
} // namespace maniera
