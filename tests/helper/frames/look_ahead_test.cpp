// SPDX-License-Identifier: GPL-3.0-or-later
// What is taken from a painting of a frame to come.

#include "helper/frames/look_ahead.h"

#include "core/image/pyramid.h"
#include "tests/support/pictures.h"
#include "tests/support/process.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace maniera {
namespace {

constexpr int width = 160, height = 120, step = 2; // pixels a frame to the right

// A window over waves, which optical flow can follow anywhere; other waves in another shot.
Image frame(std::size_t number, float shot = 1) {
    Image picture(width, height, 3);
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x) {
            const float u = shot * static_cast<float>(x + step * static_cast<int>(number)),
                        v = shot * static_cast<float>(y);
            picture.at(x, y)[0] = 0.5f + 0.2f * std::sin(u / 5 + v / 9) + 0.2f * std::sin(v / 4);
            picture.at(x, y)[1] = 0.5f + 0.4f * std::sin(u / 13 - v / 6);
            picture.at(x, y)[2] = 0.5f + 0.2f * std::cos(u / 7) + 0.2f * std::cos(v / 5 - u / 31);
        }
    return picture;
}

TEST(LookAhead, GoesAsFarAsAShotAndTheFramesGo) {
    const auto pan = [](std::size_t number) { return frame(number); };
    const Distance far = how_far(frame(0), 1, 30, pan);
    EXPECT_EQ(far.number, 8u);
    EXPECT_GT(far.unseen, step * 8.0 / width - 0.01);
    EXPECT_LT(far.unseen, 2.5 * step * 8 / width);
    EXPECT_EQ(how_far(frame(0), 1, 6, pan).number, 5u);
    EXPECT_EQ(how_far(frame(4), 5, 6, pan).number, 0u) << "there is none behind the last";
    const auto cut = [](std::size_t number) { return frame(number, number < 4 ? 1 : 2.7f); };
    EXPECT_EQ(how_far(frame(0), 1, 30, cut).number, 3u);
    const auto still = [](std::size_t) { return frame(0); };
    EXPECT_LT(how_far(frame(0), 1, 30, still).unseen, 0.001);
    const auto other_size = [](std::size_t) { return Image(40, 40, 3); };
    EXPECT_EQ(how_far(frame(0), 1, 30, other_size).number, 0u);
}

// A painting as other as can be: the negative.
Image negative(Image picture) {
    for (float& value : picture.pixels)
        value = 1 - value;
    return picture;
}

TEST(LookAhead, WhatIsOwedIsTakenFromWhereItLiesThere) {
    LookAhead ahead;
    ahead.number = 6;
    ahead.frame = frame(6);
    ahead.painting = negative(frame(6));
    const Image now = frame(2);
    TemporalTarget target;
    target.painting = Image(width, height, 3);
    target.shown = Image(width, height, 1);
    Image owed(width, height, 1);
    for (int y = 0; y < height; ++y)
        for (int x = width - 10; x < width; ++x)
            owed.at(x, y)[0] = 1;
    for (int y = 0; y < height; ++y)
        owed.at(0, y)[0] = 1; // gone there
    take_from(ahead, 2, now, target, owed);
    const Image right = negative(now);
    for (int y = 10; y < height - 10; ++y) {
        for (int x = width - 8; x < width - 2; ++x) {
            EXPECT_NEAR(target.painting.at(x, y)[1], right.at(x, y)[1], 0.05) << x << ' ' << y;
            EXPECT_LT(owed.at(x, y)[0], 0.01) << x << ' ' << y;
            EXPECT_GT(target.shown.at(x, y)[0], 0.99) << x << ' ' << y;
        }
        EXPECT_EQ(owed.at(0, y)[0], 1) << y;
        EXPECT_EQ(target.painting.at(0, y)[1], 0) << y;
        EXPECT_EQ(target.painting.at(width / 2, y)[1], 0) << "it is not owed";
    }
}

TEST(LookAhead, TheFrameItselfPaysAll) {
    LookAhead ahead;
    ahead.number = 3;
    ahead.painting = negative(frame(3));
    TemporalTarget target;
    target.painting = Image(width, height, 3);
    target.shown = Image(width, height, 1);
    Image owed(width, height, 1);
    std::fill(owed.pixels.begin(), owed.pixels.end(), 1.0f);
    LookAhead passed = ahead;
    passed.number = 2;
    take_from(passed, 3, frame(3), target, owed);
    EXPECT_EQ(owed.pixels[100], 1) << "its frame is over";
    take_from(ahead, 3, frame(3), target, owed);
    EXPECT_EQ(owed.pixels, std::vector<float>(owed.pixels.size(), 0));
    EXPECT_EQ(test::largest_difference(target.painting, ahead.painting), 0);
}

TEST(LookAhead, NumbersAreReadBackOrNone) {
    const test::ScratchFolder folder;
    LookAhead ahead;
    ahead.number = 12;
    ahead.again = 13;
    save_numbers(ahead, folder / "numbers");
    EXPECT_EQ(load_numbers(folder / "numbers").number, 12u);
    EXPECT_EQ(load_numbers(folder / "numbers").again, 13u);
    for (const char* text : {"", "x", "4", "4 x", "-"}) {
        test::write_text(folder / "numbers", text);
        EXPECT_EQ(load_numbers(folder / "numbers").number, 0u) << text;
        EXPECT_EQ(load_numbers(folder / "numbers").again, 0u) << text;
    }
    EXPECT_EQ(load_numbers(folder / "none").number, 0u);
}

} // namespace
} // namespace maniera
