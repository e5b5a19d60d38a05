// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/image/row_source.h"

#include "core/image/opencv_mat.h"
#include "core/image/pyramid.h"
#include "tests/support/pictures.h"

#include <gtest/gtest.h>
#include <opencv2/imgproc.hpp>

#include <algorithm>
#include <utility>
#include <vector>

namespace maniera {
namespace {

// A source that reads, as those of files do, and keeps what it was asked for.
RowSource read_from(const Image& picture, std::vector<Span>* asked = nullptr) {
    return {size_of(picture), picture.channels, [&picture, asked](Span rows) {
                if (asked)
                    asked->push_back(rows);
                return copy(rows_in(picture, rows));
            }};
}

// Both axes shrink, grow, or one each; by whole factors and others, to one row and from one.
const std::pair<Size, Size> changes[] = {
    {{61, 47}, {30, 23}},      {{61, 47}, {123, 97}}, {{61, 47}, {29, 97}}, {{61, 47}, {101, 13}},
    {{60, 48}, {30, 24}},      {{60, 48}, {120, 96}}, {{61, 47}, {61, 20}}, {{61, 47}, {61, 90}},
    {{61, 47}, {40, 47}},      {{61, 47}, {90, 47}},  {{61, 47}, {61, 47}}, {{61, 47}, {7, 1}},
    {{400, 1001}, {151, 377}}, {{17, 1}, {40, 5}},
};

void expect_rows_of(const Image& whole, Span rows, const Image& band) {
    ASSERT_EQ(band.width, whole.width);
    ASSERT_EQ(band.height, rows.length());
    ASSERT_EQ(band.channels, whole.channels);
    EXPECT_TRUE(std::equal(band.pixels.begin(), band.pixels.end(), whole.at(0, rows.begin)))
        << "rows " << rows.begin << " to " << rows.end << " of " << whole.width << "x"
        << whole.height;
}

std::vector<Span> bands(int height, int each) {
    std::vector<Span> all;
    for (int begin = 0; begin < height; begin += each)
        all.push_back({begin, std::min(height, begin + each)});
    return all;
}

TEST(RowSource, ResizesAsOpenCvDoes) {
    for (const auto& [from, to] : changes) {
        const Image picture = test::make_noise(from.width, from.height, 3, 1);
        cv::Mat wanted = as_mat(picture).clone();
        // The shrinking axes first.
        for (const Size size :
             {Size{std::min(from.width, to.width), std::min(from.height, to.height)}, to})
            cv::resize(wanted.clone(), wanted, {size.width, size.height}, 0, 0,
                       size == to && !(wanted.cols > to.width || wanted.rows > to.height)
                           ? cv::INTER_CUBIC
                           : cv::INTER_AREA);
        wanted = cv::min(cv::max(wanted, 0), 1);
        Image expected(to.width, to.height, 3);
        wanted.copyTo(as_mat(expected));
        // OpenCV's cubic positions are floats: off by 4e-6 of a row at row 47.
        EXPECT_LE(test::largest_difference(resize(picture, to), expected), 5e-6)
            << from.width << "x" << from.height << " to " << to.width << "x" << to.height;
    }
}

TEST(RowSource, BandsHaveTheBitsOfTheWhole) {
    for (const int channels : {1, 3})
        for (const auto& [from, to] : changes) {
            const Image picture = test::make_noise(from.width, from.height, channels, 2);
            const Image whole = resize(picture, to);
            for (const int height : {1, 2, 5, 16, 1000})
                for (const Span rows : bands(to.height, height)) {
                    expect_rows_of(whole, rows, resized_rows(read_from(picture), to, rows));
                    expect_rows_of(whole, rows, resized_rows(rows_of(picture), to, rows));
                    if (HasFailure())
                        return;
                }
        }
}

TEST(RowSource, ReadsOnceWhatABandNeeds) {
    const Image picture = test::make_noise(500, 3001, 3, 3); // 17 MiB
    std::vector<Span> asked;
    resized_rows(read_from(picture, &asked), {250, 1501}, {500, 1000});
    ASSERT_GT(asked.size(), 1u); // strips
    EXPECT_EQ(asked.front().begin, 999);
    EXPECT_EQ(asked.back().end, 2000);
    for (std::size_t i = 0; i < asked.size(); ++i) {
        EXPECT_LE(asked[i].length() * 500 * 3, 1 << 18);
        if (i > 0) {
            EXPECT_EQ(asked[i].begin, asked[i - 1].end);
        }
    }
}

TEST(RowSource, BandsOfPicturesWithAlphaHaveTheBitsOfTheWhole) {
    Picture picture = test::make_picture(301, 407, 4);
    picture.alpha = test::make_mask(301, 407, 0.6, 0.3);
    for (int y = 0; y < 407; ++y)
        *picture.alpha.at(100, y) = static_cast<float>(y % 5) / 4;
    for (const Size size : {Size{101, 137}, {400, 611}, {200, 500}}) {
        const Picture whole = resize(picture, size);
        for (const int height : {7, 100})
            for (const Span rows : bands(size.height, height)) {
                const PictureSource source{"alpha", read_from(picture.color),
                                           read_from(picture.alpha)};
                const Picture band = resized_rows(source, size, rows);
                EXPECT_EQ(band.name, "alpha");
                expect_rows_of(whole.color, rows, band.color);
                expect_rows_of(whole.alpha, rows, band.alpha);
            }
    }
}

TEST(RowSource, ThePictureInMemoryIsRead) {
    const Image picture = test::make_noise(13, 11, 1, 5);
    const RowSource source = rows_of(picture);
    EXPECT_EQ(source.size, (Size{13, 11}));
    EXPECT_EQ(source.channels, 1);
    expect_rows_of(picture, {3, 8}, source.read({3, 8}));
    EXPECT_TRUE(rows_of(Image()).empty());
}

TEST(RowSource, GivesItsPictureAwayWhereNobodySharesIt) {
    const Image picture = test::make_noise(13, 11, 3, 5);
    RowSource alone = picture;
    const float* const pixels = alone.whole.pixels;
    RowSource shared = alone;
    EXPECT_EQ(shared.whole.pixels, pixels); // copies take no memory
    const Image copied = take_whole(std::move(shared));
    EXPECT_NE(copied.pixels.data(), pixels);
    const Image moved = take_whole(std::move(alone));
    EXPECT_EQ(moved.pixels.data(), pixels);
    for (const Image& image :
         {copied, moved, take_whole(rows_of(picture)), take_whole(read_from(picture))})
        EXPECT_EQ(image.pixels, picture.pixels);
    EXPECT_TRUE(take_whole(RowSource()).empty());
    EXPECT_TRUE(RowSource(Image()).empty());
}

// The whole canvas, by its definition.
Image extended(const Image& picture, int margin) {
    Image canvas(picture.width + 2 * margin, picture.height + 2 * margin, picture.channels);
    cv::Mat to = as_mat(canvas);
    cv::copyMakeBorder(as_mat(picture), to, margin, margin, margin, margin, cv::BORDER_REFLECT_101);
    return canvas;
}

Image canvas_of(const Image& picture, int margin) {
    return canvas_rows([&](Span rows) { return copy(rows_in(picture, rows)); }, size_of(picture),
                       margin, {0, picture.height + 2 * margin});
}

TEST(CanvasRows, MirrorWithoutRepeatingTheEdge) {
    Image row(3, 1, 1);
    row.pixels = {1, 2, 3};
    const Image canvas = canvas_of(row, 2);
    EXPECT_EQ(canvas.height, 5);
    for (int y = 0; y < 5; ++y)
        EXPECT_EQ(std::vector<float>(canvas.at(0, y), canvas.at(0, y) + 7),
                  (std::vector<float>{3, 2, 1, 2, 3, 2, 1}));
    // Wider than the picture: back and forth.
    const Image wide = canvas_of(row, 6);
    EXPECT_EQ(std::vector<float>(wide.at(6, 0), wide.at(6, 0) + 9),
              (std::vector<float>{1, 2, 3, 2, 1, 2, 3, 2, 1}));
}

TEST(CanvasRows, CroppingGivesThePictureBack) {
    const Image image = test::make_noise(11, 7, 3, 2);
    EXPECT_EQ(crop(canvas_of(image, 20), 20, 20, 11, 7).pixels, image.pixels);
}

TEST(CanvasRows, AreThoseOfTheWholeCanvas) {
    for (const Size size : {Size{23, 17}, {9, 31}})
        for (const int margin : {0, 1, 8, 16}) {
            const Image picture = test::make_noise(size.width, size.height, 3, 6);
            const Image whole = extended(picture, margin);
            for (const int height : {1, 4, 13, 100})
                for (const Span rows : bands(whole.height, height)) {
                    std::vector<Span> asked;
                    const RowSource source = read_from(picture, &asked);
                    expect_rows_of(
                        whole, rows,
                        canvas_rows([&](Span s) { return source.read(s); }, size, margin, rows));
                    ASSERT_EQ(asked.size(), 1u);
                    EXPECT_GE(asked[0].begin, 0);
                    EXPECT_LE(asked[0].end, size.height);
                    EXPECT_LE(asked[0].length(), rows.length());
                }
        }
}

} // namespace
} // namespace maniera
