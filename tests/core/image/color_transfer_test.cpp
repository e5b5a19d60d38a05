// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/image/color_transfer.h"

#include "tests/support/pictures.h"

#include <gtest/gtest.h>

#include <cmath>

namespace maniera {
namespace {

double linear(double v) { return v <= 0.04045 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4); }

// CIE lightness of an sRGB colour, from its luminance.
double lightness(const float* rgb) {
    const double y = 0.2126 * linear(rgb[0]) + 0.7152 * linear(rgb[1]) + 0.0722 * linear(rgb[2]);
    return y > 0.008856 ? 116 * std::cbrt(y) - 16 : 903.3 * y;
}

struct Statistics {
    double mean[3] = {};
    double covariance[3][3] = {};
};

Statistics statistics(const Image& image) {
    Statistics s;
    const double count = static_cast<double>(image.pixels.size()) / 3;
    for (std::size_t i = 0; i < image.pixels.size(); ++i)
        s.mean[i % 3] += image.pixels[i] / count;
    for (std::size_t i = 0; i < image.pixels.size(); i += 3)
        for (int a = 0; a < 3; ++a)
            for (int b = 0; b < 3; ++b)
                s.covariance[a][b] +=
                    (image.pixels[i + a] - s.mean[a]) * (image.pixels[i + b] - s.mean[b]) / count;
    return s;
}

TEST(KeepColors, TakesLightnessFromThePainting) {
    const Image painting = test::make_picture(31, 23, 1).color;
    const Image content = test::make_picture(31, 23, 2).color;
    const Image kept = keep_colors(painting, content);
    for (int y = 0; y < 23; ++y)
        for (int x = 0; x < 31; ++x)
            EXPECT_NEAR(lightness(kept.at(x, y)), lightness(painting.at(x, y)), 0.7);
}

TEST(KeepColors, TakesColourFromTheContent) {
    Image painting(4, 4, 3), content(4, 4, 3);
    for (int i = 0; i < 16; ++i) {
        std::fill_n(&painting.pixels[3 * i], 3, 0.5f); // gray paint
        content.pixels[3 * i] = 0.7f;                  // a red photograph
        content.pixels[3 * i + 1] = 0.4f;
        content.pixels[3 * i + 2] = 0.4f;
    }
    const Image kept = keep_colors(painting, content);
    EXPECT_GT(kept.pixels[0], kept.pixels[1] + 0.15f);
    EXPECT_NEAR(kept.pixels[1], kept.pixels[2], 0.03);
}

TEST(KeepColors, APictureKeepsItself) {
    const Image image = test::make_picture(19, 17, 3).color;
    EXPECT_LT(test::largest_difference(keep_colors(image, image), image), 0.01);
}

TEST(MatchColors, GivesTheContentsMeanAndCovariance) {
    // Narrow distributions, so that nothing is clipped.
    Image style = test::make_noise(40, 30, 3, 1), content = test::make_noise(37, 29, 3, 2);
    for (std::size_t i = 0; i < style.pixels.size(); i += 3) {
        style.pixels[i] = 0.5f + 0.1f * (style.pixels[i] - 0.5f);
        style.pixels[i + 1] = 0.4f + 0.2f * (style.pixels[i + 1] - 0.5f);
        style.pixels[i + 2] = 0.5f * style.pixels[i] + 0.1f * style.pixels[i + 2];
    }
    for (std::size_t i = 0; i < content.pixels.size(); i += 3) {
        content.pixels[i] = 0.6f + 0.15f * (content.pixels[i] - 0.5f);
        content.pixels[i + 1] =
            0.3f + 0.5f * (content.pixels[i] - 0.6f) + 0.05f * (content.pixels[i + 1] - 0.5f);
        content.pixels[i + 2] = 0.5f + 0.1f * (content.pixels[i + 2] - 0.5f);
    }
    const Statistics wanted = statistics(content);
    const Statistics got =
        statistics(match_colors(style, sum_colors(style, {}), sum_colors(content, {})));
    for (int a = 0; a < 3; ++a) {
        EXPECT_NEAR(got.mean[a], wanted.mean[a], 1e-3);
        for (int b = 0; b < 3; ++b)
            EXPECT_NEAR(got.covariance[a][b], wanted.covariance[a][b], 1e-4);
    }
}

TEST(MatchColors, WeightsSayWhichPixelsCount) {
    Image style = test::make_noise(20, 10, 3, 4), content(20, 10, 3);
    for (int y = 0; y < 10; ++y)
        for (int x = 0; x < 20; ++x)
            std::fill_n(content.at(x, y), 3, x < 10 ? 0.2f : 0.8f);
    const Image left = test::make_mask(20, 10, 0.5);
    EXPECT_NEAR(
        test::mean(match_colors(style, sum_colors(style, {}), sum_colors(content, left)), 0), 0.2,
        0.02);
    EXPECT_NEAR(test::mean(match_colors(style, sum_colors(style, {}), sum_colors(content, {})), 0),
                0.5, 0.05);
}

TEST(ColorLine, IsThatOfGraysForGrays) {
    Image gray = test::make_picture(31, 23, 1).color;
    for (std::size_t i = 0; i < gray.pixels.size(); i += 3)
        gray.pixels[i + 1] = gray.pixels[i + 2] = gray.pixels[i];
    Image flat(8, 8, 3);
    std::fill(flat.pixels.begin(), flat.pixels.end(), 0.3f);
    for (const Image& image : {gray, flat}) {
        const auto line = color_line(sum_colors(image, {}));
        ASSERT_TRUE(line);
        const float red[] = {0.8f, 0.1f, 0.1f};
        const auto color = on_line(*line, red);
        EXPECT_EQ(color[0], color[1]);
        EXPECT_EQ(color[1], color[2]);
        EXPECT_NEAR(color[0], 0.299 * 0.8 + 0.701 * 0.1, 1e-6); // as light as red
    }
}

TEST(ColorLine, IsNoneForColorsAndForOneColor) {
    EXPECT_FALSE(color_line(sum_colors(test::make_picture(31, 23, 1).color, {})));
    Image red(8, 8, 3);
    for (std::size_t i = 0; i < red.pixels.size(); i += 3)
        red.pixels[i] = 1;
    EXPECT_FALSE(color_line(sum_colors(red, {})));
    EXPECT_FALSE(color_line(ColorSums()));
}

TEST(MatchColors, FlatPicturesWork) {
    Image flat(8, 8, 3), content = test::make_picture(8, 8, 5).color;
    std::fill(flat.pixels.begin(), flat.pixels.end(), 0.3f);
    for (float value : match_colors(flat, sum_colors(flat, {}), sum_colors(content, {})).pixels)
        EXPECT_TRUE(value >= 0 && value <= 1);
    for (float value : match_colors(content, sum_colors(content, {}), sum_colors(flat, {})).pixels)
        EXPECT_NEAR(value, 0.3, 0.02);
}

} // namespace
} // namespace maniera
