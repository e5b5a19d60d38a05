// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/image/row_source.h"

#include "core/image/opencv_mat.h"
#include "core/image/pyramid.h"
#include "tests/support/pictures.h"

#include <gtest/gtest.h>
#include <opencv2/imgproc.hpp>

#include <algorithm>

namespace maniera {
namespace {

// A source that reads, as those of files do, and keeps what it was asked for.
RowSource read_from(const Image& picture, std::vector<Span>* asked = nullptr) {
    RowSource source = rows_of(picture);
    source.whole = {};
    if (asked)
        source.read = [read = source.read, asked](Span rows) {
            asked->push_back(rows);
            return read(rows);
        };
    return source;
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
                const PictureRows source{"alpha", read_from(picture.color),
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

TEST(CanvasRows, AreThoseOfTheWholeCanvas) {
    for (const Size size : {Size{23, 17}, {9, 31}})
        for (const int margin : {0, 1, 8, 16}) {
            const Image picture = test::make_noise(size.width, size.height, 3, 6);
            const Image whole = extend_by_reflection(picture, margin, margin, margin, margin);
            for (const int height : {1, 4, 13, 100})
                for (const Span rows : bands(whole.height, height)) {
                    std::vector<Span> asked;
                    const RowSource source = read_from(picture, &asked);
                    expect_rows_of(whole, rows, canvas_rows(source.read, size, margin, rows));
                    ASSERT_EQ(asked.size(), 1u);
                    EXPECT_GE(asked[0].begin, 0);
                    EXPECT_LE(asked[0].end, size.height);
                    EXPECT_LE(asked[0].length(), rows.length());
                }
        }
}

} // namespace
} // namespace maniera
