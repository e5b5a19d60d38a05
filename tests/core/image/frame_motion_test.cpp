// SPDX-License-Identifier: GPL-3.0-or-later
// Motions that are known: windows over one larger picture.

#include "core/image/frame_motion.h"

#include "core/image/pyramid.h"

#include "tests/support/pictures.h"

#include <gtest/gtest.h>

#include <cmath>

namespace maniera {
namespace {

using test::make_picture;
using test::rms_difference;

constexpr int width = 96, height = 72;

Image view(int left, int top, std::uint32_t seed = 5) {
    return crop(make_picture(160, 120, seed).color, left, top, width, height);
}

// A square of another picture, laid on at this column.
Image with_square(Image under, int left) {
    const Image square = make_picture(24, 24, 77).color;
    for (int y = 0; y < 24; ++y)
        for (int x = 0; x < 24; ++x)
            for (int c = 0; c < 3; ++c)
                under.at(left + x, 24 + y)[c] = 1 - square.at(x, y)[c];
    return under;
}

TEST(FrameMotion, FindsWhereAPanCameFrom) {
    const FrameMotion motion = frame_motion(view(20, 20), view(23, 18));
    EXPECT_GT(motion.seen, 0.7);
    double error = 0;
    int count = 0;
    for (int y = 12; y < height - 12; ++y)
        for (int x = 12; x < width - 12; ++x, ++count)
            error += std::hypot(motion.offsets.at(x, y)[0] - 3, motion.offsets.at(x, y)[1] + 2);
    EXPECT_LT(error / count, 0.3);
}

TEST(FrameMotion, MovesAPaintingAsTheFramesMoved) {
    const FrameMotion motion = frame_motion(view(20, 20), view(23, 18));
    const Image painting = moved(view(20, 20, 6), motion); // another picture, of the same motion
    const Image inner = crop(painting, 8, 8, width - 16, height - 16);
    EXPECT_LT(rms_difference(inner, crop(view(23, 18, 6), 8, 8, width - 16, height - 16)),
              0.3 * rms_difference(inner, crop(view(20, 20, 6), 8, 8, width - 16, height - 16)));
}

TEST(FrameMotion, WeighsNothingWhatLayOutsideBefore) {
    const FrameMotion motion = frame_motion(view(20, 20), view(28, 20));
    double outside = 0, inside = 0;
    for (int y = 10; y < height - 10; ++y) {
        outside += *motion.weights.at(width - 4, y);
        inside += *motion.weights.at(width / 2, y);
    }
    EXPECT_EQ(outside, 0);
    EXPECT_GT(inside, 40);
}

TEST(FrameMotion, WeighsNothingWhatLayHiddenBefore) {
    const FrameMotion motion =
        frame_motion(with_square(view(20, 20), 40), with_square(view(20, 20), 32));
    double uncovered = 0, elsewhere = 0;
    for (int y = 28; y < 44; ++y)
        for (int x = 0; x < 6; ++x) {
            uncovered += *motion.weights.at(57 + x, y);
            elsewhere += *motion.weights.at(10 + x, y);
        }
    EXPECT_LT(uncovered, 0.25 * elsewhere);
}

TEST(FrameMotion, ShowsMotionsEdgesWithoutTrustingThem) {
    const FrameMotion motion =
        frame_motion(with_square(view(20, 20), 40), with_square(view(20, 20), 32));
    double shown = 0, weighed = 0;
    for (std::size_t i = 0; i < motion.shown.pixels.size(); ++i) {
        EXPECT_LE(motion.weights.pixels[i], motion.shown.pixels[i] + 1e-6f);
        shown += motion.shown.pixels[i];
        weighed += motion.weights.pixels[i];
    }
    EXPECT_GT(shown, 1.02 * weighed);
}

TEST(FrameMotion, SeesAllOfAStillAndNextToNothingAcrossACut) {
    EXPECT_GT(frame_motion(view(20, 20), view(20, 20)).seen, 0.95);
    EXPECT_LT(frame_motion(view(20, 20), view(20, 20, 91)).seen, 0.2);
}

TEST(FrameMotion, WeighsNothingWhatAnotherLightFallsOn) {
    Image lit = view(20, 20);
    for (int y = 0; y < height; ++y)
        for (int x = width / 2; x < width; ++x)
            for (int c = 0; c < 3; ++c)
                lit.at(x, y)[c] = 0.35f * lit.at(x, y)[c];
    const FrameMotion motion = frame_motion(view(20, 20), lit);
    EXPECT_EQ(*motion.weights.at(width * 3 / 4, height / 2), 0);
    EXPECT_EQ(*motion.weights.at(width / 4, height / 2), 1);
}

} // namespace
} // namespace maniera
