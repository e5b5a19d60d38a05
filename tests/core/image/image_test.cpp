// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/image/image.h"

#include "core/error.h"
#include "tests/support/pictures.h"

#include <gtest/gtest.h>

namespace maniera {
namespace {

TEST(Image, StartsBlack) {
    const Image image(7, 3, 3);
    EXPECT_EQ(image.pixels.size(), 63u);
    EXPECT_EQ(image.pixels[62], 0);
    EXPECT_FALSE(image.empty());
    EXPECT_TRUE(Image().empty());
    EXPECT_TRUE(ImageView(Image()).empty());
}

TEST(Image, AddressesPixelsInRows) {
    Image image(5, 4, 3);
    image.at(3, 2)[1] = 0.5f;
    EXPECT_EQ(image.pixels[(2 * 5 + 3) * 3 + 1], 0.5f);
    EXPECT_EQ(ImageView(image).at(3, 2)[1], 0.5f);
}

TEST(Image, RefusesSizesThatCannotBeHad) {
    for (const auto& [width, height] : {std::pair(2147483647, 2147483647), {-1, 5}, {5, -1}})
        try {
            const Image image(width, height, 3);
            ADD_FAILURE() << width << "x" << height << " was accepted";
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), ErrorCode::out_of_memory);
        }
}

TEST(FillTransparent, SpreadsColoursOfTheNearestNeighbours) {
    Picture picture;
    picture.color = Image(9, 5, 3);
    picture.alpha = Image(9, 5, 1);
    for (int y = 0; y < 5; ++y)
        for (int x = 0; x < 9; ++x) {
            const bool seen = x < 3;
            *picture.alpha.at(x, y) = seen ? 1.0f : 0.0f;
            std::fill_n(picture.color.at(x, y), 3, seen ? 0.25f : 0.9f);
        }
    fill_transparent(picture);
    for (float value : picture.color.pixels)
        EXPECT_FLOAT_EQ(value, 0.25f);
    EXPECT_EQ(*picture.alpha.at(8, 4), 0.0f);
}

TEST(FillTransparent, LeavesOpaqueAndHalfOpaquePixels) {
    Picture picture = test::make_picture(11, 6, 1);
    const Image before = picture.color;
    fill_transparent(picture);
    EXPECT_EQ(picture.color.pixels, before.pixels);
    picture.alpha = Image(11, 6, 1);
    std::fill(picture.alpha.pixels.begin(), picture.alpha.pixels.end(), 0.01f);
    fill_transparent(picture);
    EXPECT_EQ(picture.color.pixels, before.pixels);
}

} // namespace
} // namespace maniera
