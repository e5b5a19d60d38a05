// SPDX-License-Identifier: GPL-3.0-or-later

#include "helper/cli/contact_sheet.h"

#include "helper/images/caption.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace maniera {
namespace {

Image white(int width, int height) {
    Image image(width, height, 3);
    std::fill(image.pixels.begin(), image.pixels.end(), 1.0f);
    return image;
}

float darkest(const Image& image, int top, int bottom) {
    return *std::min_element(image.at(0, top), image.at(0, bottom));
}

TEST(Caption, FitsItsWidthWhateverTheTextIs) {
    const int whole = caption("starry-night.jpg", 1000).width;
    EXPECT_GT(whole, 60);
    EXPECT_EQ(caption("starry-night.jpg", whole).width, whole);
    for (const std::string& text :
         {std::string(3000, 'W'), std::string("a <b> & c"), std::string("\xff\xfe broken"),
          std::string("line\nbreak\x1b[31m"), std::string("星月夜と赤い帽子の女性.jpg"),
          std::string(90, 'i')}) {
        const Image image = caption(text, 120);
        EXPECT_GT(image.width, 10) << text;
        EXPECT_LE(image.width, 120) << text;
        EXPECT_LT(image.height, 30) << text;
    }
    EXPECT_TRUE(caption("", 100).empty());
}

TEST(ContactSheet, HasANameBelowEveryPicture) {
    std::vector<SheetCell> cells(5, {white(200, 100), "a.jpg", "strength 25"});
    cells[3] = {{}, "gone.jpg", ""};
    const Image row = contact_sheet(cells, 5), two = contact_sheet(cells, 3);
    EXPECT_EQ(row.width, 2 * 20 + 5 * 200 + 4 * 20);
    EXPECT_EQ(two.width, 2 * 20 + 3 * 200 + 2 * 20);
    EXPECT_GT(two.height, row.height);
    EXPECT_LT(darkest(row, 20 + 100, 20 + 100 + 26), 0.5); // the names
    EXPECT_LT(darkest(row, 20 + 100 + 26, row.height), 0.7);
    const Image narrow = contact_sheet({{white(30, 90), std::string(200, 'n'), ""}}, 1);
    EXPECT_EQ(narrow.width, 2 * 20 + 160);
}

} // namespace
} // namespace maniera
