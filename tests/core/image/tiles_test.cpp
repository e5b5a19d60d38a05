// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/image/tiles.h"

#include <gtest/gtest.h>

#include <string>

namespace maniera {
namespace {

const Size sizes[] = {{1, 1}, {16, 16}, {17, 15}, {97, 75}, {640, 33}, {31, 499}};

TEST(Tiles, CoverThePictureExactlyOnce) {
    for (const Size size : sizes)
        for (const int side : {16, 32, 48, 128, 1000}) {
            std::vector<int> seen(static_cast<std::size_t>(size.width) * size.height);
            for (const Window& tile : tiles(size, side, 16))
                for (int y = tile.y.begin; y < tile.y.end; ++y)
                    for (int x = tile.x.begin; x < tile.x.end; ++x)
                        ++seen[static_cast<std::size_t>(y) * size.width + x];
            for (const int times : seen)
                ASSERT_EQ(times, 1) << size.width << "x" << size.height << " by " << side;
        }
}

TEST(Tiles, BeginAndEndAtMultiplesOfTheStride) {
    for (const Size size : sizes)
        for (const int side : {16, 40}) // 40 is none: 48 is taken
            for (const Window& tile : tiles(size, side, 16))
                for (const Window& seen :
                     {tile, grown(tile, 0, 16, size), grown(tile, 58, 16, size),
                      grown(tile, 5000, 16, size)}) {
                    EXPECT_EQ(seen.x.begin % 16, 0);
                    EXPECT_EQ(seen.y.begin % 16, 0);
                    EXPECT_TRUE(seen.x.end % 16 == 0 || seen.x.end == size.width);
                    EXPECT_TRUE(seen.y.end % 16 == 0 || seen.y.end == size.height);
                    EXPECT_TRUE(seen.x.begin >= 0 && seen.x.end <= size.width);
                    EXPECT_TRUE(seen.y.begin >= 0 && seen.y.end <= size.height);
                }
}

TEST(Tiles, GrowByTheMarginAtLeastAndByLessThanTheStrideMore) {
    const Size size{4000, 3000};
    const Window tile{{512, 1024}, {1024, 1536}};
    const Window seen = grown(tile, 58, 16, size);
    EXPECT_EQ(seen, (Window{{448, 1088}, {960, 1600}}));
    EXPECT_EQ(grown(tile, 64, 16, size), seen);
    EXPECT_EQ(grown(tile, 64, 1, size), seen);
    EXPECT_EQ(grown({{0, 16}, {2992, 3000}}, 20, 16, size), (Window{{0, 48}, {2960, 3000}}));
}

// What the pools make of a part is a part of what they make of the whole.
TEST(Tiles, AtALayerTheyCoverItExactlyOnce) {
    for (const Size size : sizes)
        for (const int pools : {1, 2, 4}) {
            const Window layer = reduced(whole(size), pools);
            int pixels = 0;
            for (const Window& tile : tiles(size, 32, 16)) {
                const Window part = reduced(tile, pools);
                EXPECT_TRUE(part.x.begin >= 0 && part.x.end <= layer.x.end);
                EXPECT_EQ(part.x.begin << pools, tile.x.begin);
                pixels += part.x.length() * part.y.length();
            }
            EXPECT_EQ(pixels, (size.width >> pools) * (size.height >> pools));
        }
}

TEST(Tiles, AreFoundWithinTheirSurroundings) {
    const Window tile{{512, 1024}, {1024, 1500}};
    EXPECT_EQ(relative(tile, {{448, 1088}, {960, 1500}}), (Window{{64, 576}, {64, 540}}));
}

} // namespace
} // namespace maniera
