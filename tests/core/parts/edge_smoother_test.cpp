// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/parts/edge_smoother.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace maniera {
namespace {

// A picture whose gray is f(x, y).
template <typename F>
Image picture_of(int width, int height, const F& f) {
    Image picture(width, height, 3);
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x)
            std::fill_n(picture.at(x, y), 3, f(x, y));
    return picture;
}

// One 1 among zeros.
Image spot(Size size, int x, int y) {
    Image map(size.width, size.height, 1);
    *map.at(x, y) = 1;
    return map;
}

TEST(EdgeSmoother, KeepsWhatIsEvenAndTheSum) {
    const Image picture = picture_of(37, 23, [](int x, int y) { return x * y % 7 / 7.0f; });
    const EdgeSmoother smoother(picture);
    Image even(37, 23, 1);
    std::fill(even.pixels.begin(), even.pixels.end(), 0.4f);
    for (const float value : smoother.smoothed(even).pixels)
        EXPECT_NEAR(value, 0.4f, 1e-5);
    // The system is symmetric: what a pixel gives away, others take.
    const Image spread = smoother.smoothed(spot({37, 23}, 11, 5));
    EXPECT_NEAR(std::accumulate(spread.pixels.begin(), spread.pixels.end(), 0.0), 1, 1e-4);
}

// (1 + a L) v = u by hand, for three pixels in a row that differ so that their w are 1/900: L = [1
// -1 0; -1 2 -1; 0 -1 1] / 900, whose eigenvectors (1 1 1), (1 0 -1), (1 -2 1) have 0, 1 and 3 of
// that. Rounds have a = 900 * 1.5 * (16, 4, 1) / 63.
TEST(EdgeSmoother, SolvesARowAsByHand) {
    const auto step = static_cast<float>(0.03 * std::log(900) / std::sqrt(3));
    const EdgeSmoother smoother(picture_of(3, 1, [&](int x, int) { return x == 1 ? step : 0; }));
    double odd = 1.0 / 2, even = 1.0 / 6;
    for (const double share : {16, 4, 1}) {
        const double amount = 1.5 * share / 63;
        odd /= 1 + amount;
        even /= 1 + 3 * amount;
    }
    const Image spread = smoother.smoothed(spot({3, 1}, 0, 0));
    EXPECT_NEAR(*spread.at(0, 0), 1.0 / 3 + odd + even, 1e-5);
    EXPECT_NEAR(*spread.at(1, 0), 1.0 / 3 - 2 * even, 1e-5);
    EXPECT_NEAR(*spread.at(2, 0), 1.0 / 3 - odd + even, 1e-5);
}

TEST(EdgeSmoother, ReachesFarButOverNoEdge) {
    const Image picture = picture_of(81, 41, [](int x, int) { return x < 50 ? 0.8f : 0.2f; });
    const Image spread = EdgeSmoother(picture).smoothed(spot({81, 41}, 45, 20));
    EXPECT_GT(*spread.at(25, 20), 100 * *spread.at(50, 20));
    EXPECT_GT(*spread.at(49, 5), 100 * *spread.at(50, 5));
    float behind = 0;
    for (int y = 0; y < 41; ++y)
        for (int x = 50; x < 81; ++x)
            behind += *spread.at(x, y);
    EXPECT_LT(behind, 0.01f);
}

// Color alone is an edge too, of the same gray, in columns as in rows.
TEST(EdgeSmoother, SeesColors) {
    for (int above = 0; above < 3; ++above) {
        SCOPED_TRACE(above);
        Image picture(20, 20, 3);
        for (int y = 0; y < 20; ++y)
            for (int x = 0; x < 20; ++x)
                picture.at(x, y)[y < 10 ? above : (above + 1) % 3] = 0.6f;
        const Image spread = EdgeSmoother(picture).smoothed(spot({20, 20}, 10, 9));
        EXPECT_GT(*spread.at(10, 0), 100 * *spread.at(10, 10));
    }
}

} // namespace
} // namespace maniera
