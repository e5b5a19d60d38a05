// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/memory/cost_estimate.h"

#include "core/error.h"
#include "tests/support/refusal.h"

#include <gtest/gtest.h>

namespace maniera {
namespace {

class Estimates : public testing::Test {
protected:
    Estimates() { maniera_options_init(&options); }
    void set(const char* name, const char* text) {
        char message[MANIERA_MESSAGE_MAX];
        ASSERT_TRUE(maniera_option_set(&options, name, text, message)) << message;
    }
    Estimate at(const char* size) {
        set("size", size);
        return estimate({1654, 1654}, {{{800, 600}, 0}}, options, Calibration(), plenty);
    }
    ResolvedOptions with_scales(const char* scales) {
        set("scales", scales);
        return resolve(options);
    }
    ManieraOptions options;
    const Means plenty = {std::int64_t{1} << 50, {}};
};

// Peaks that were measured on a machine of two cores, in fp32, with the styles and sizes here.
TEST_F(Estimates, AgreeWithPeaksThatWereMeasured) {
    set("quality", "high"); // all layers at all sizes
    set("match-parts", "off");
    EXPECT_NEAR(at("512").bytes / 1048576.0, 1001, 100);
    EXPECT_NEAR(at("768").bytes / 1048576.0, 1389, 139);
    EXPECT_NEAR(at("1024").bytes / 1048576.0, 2011, 201);
}

TEST_F(Estimates, AgreeWithPeaksOfLargePicturesInOnePiece) {
    set("quality", "high");
    set("match-parts", "off");
    const struct {
        const char *optimizer, *size;
        double peak; // MiB
    } rows[] = {{"lbfgs", "512", 710},  {"adam", "512", 698},     {"lbfgs", "2048", 4506},
                {"adam", "2048", 4176}, {"lbfgs", "4096", 15585}, {"adam", "4096", 14096}};
    for (const auto& row : rows) {
        set("optimizer", row.optimizer);
        set("size", row.size);
        const int side = options.size;
        const Estimate e =
            estimate({side, side * 2 / 3}, {{{1071, 712}, 0}}, options, Calibration(), plenty);
        EXPECT_NEAR(e.bytes / 1048576.0, row.peak, 0.1 * row.peak) << row.optimizer << row.size;
    }
}

// Of golden gate with kandinsky, with all of L-BFGS's pairs. Seldom less than a run takes, which
// then fails, and not so much more that one is refused for nothing.
TEST_F(Estimates, AgreeWithPeaksOfEachPrecision) {
    set("parts", "off");
    const struct {
        const char *matched, *size;
        int value_bytes;
        double peak; // MiB
    } rows[] = {{"auto", "128", 2, 359},  {"auto", "256", 2, 399},   {"auto", "512", 2, 583},
                {"auto", "768", 2, 809},  {"auto", "1024", 2, 1162}, {"off", "512", 2, 534},
                {"off", "1024", 2, 1047}, {"auto", "256", 4, 483},   {"auto", "512", 4, 805},
                {"auto", "1024", 4, 1708}};
    for (const auto& row : rows) {
        Calibration calibration;
        calibration.network.value_bytes = row.value_bytes;
        set("match-parts", row.matched);
        set("size", row.size);
        const Estimate e = estimate({979, 734}, {{{1071, 712}, 0}}, options, calibration, plenty);
        const double over = static_cast<double>(e.bytes) / 1048576 / row.peak;
        EXPECT_GT(over, 0.93) << row.matched << row.size;
        EXPECT_LT(over, 1.2) << row.matched << row.size;
    }
}

TEST_F(Estimates, TellMoreForEachMask) {
    set("size", "1024");
    const auto bytes = [&](const std::vector<StyleSize>& styles) {
        return estimate({1024, 768}, styles, options, Calibration(), plenty).bytes;
    };
    const StyleSize plain{{800, 600}, 0}, masked{{800, 600}, 0, {64, 48}};
    const StyleSize large{{800, 600}, 0, {4096, 3072}}, both{{800, 600}, 0, {64, 48}, {4096, 3072}};
    // A region's weights are of the content's size, whatever the mask's.
    EXPECT_GT(bytes({masked, plain}), bytes({plain, plain}) + 8 * 1024 * 768);
    EXPECT_GT(bytes({masked, masked}), bytes({masked, plain}) + 8 * 1024 * 768);
    EXPECT_GT(bytes({large, plain}), bytes({masked, plain}) + 4 * 4000 * 3000);
    EXPECT_NEAR(bytes({both, plain}), bytes({large, plain}), 1e5);
}

// Less of a large piece stays in a processor's caches.
TEST_F(Estimates, TellMoreForParts) {
    set("parts", "off");
    const Estimate off = at("512");
    maniera_option_unset(&options, "parts");
    const Estimate found = at("512"); // as they are by default
    EXPECT_GT(found.seconds, 1.25 * off.seconds);
    EXPECT_LT(found.seconds, 1.6 * off.seconds);
    EXPECT_GT(found.bytes, off.bytes + (60 << 20)); // what the search leaves, and masks
    EXPECT_LT(static_cast<double>(found.bytes), 1.15 * static_cast<double>(off.bytes));
    const std::vector<StyleSize> two(2, {{800, 600}});
    const Estimate blended = estimate({1654, 1654}, two, options, Calibration(), plenty);
    set("parts", "off");
    EXPECT_EQ(blended.seconds, estimate({1654, 1654}, two, options, Calibration(), plenty).seconds);
}

TEST_F(Estimates, TellMoreTimeAPixelForLargerPieces) {
    Calibration calibration;
    calibration.start_seconds = calibration.step_seconds = 0;
    const auto step = [&](int side) {
        const auto seconds = scale_seconds({side, side}, {}, with_scales("1"), calibration, plenty);
        return seconds.back() / side / side;
    };
    EXPECT_GT(step(2048), 1.2 * step(400));
    EXPECT_LT(step(2048), 1.6 * step(400));
    calibration.growth = 0;
    EXPECT_NEAR(step(2048), step(400), 0.1 * step(400)); // the margin's share of the canvas
}

TEST_F(Estimates, TellSizesAndScales) {
    set("size", "512");
    const Estimate e = estimate({1000, 750}, {{{800, 600}, 0}}, options, Calibration(), plenty);
    EXPECT_EQ(e.width, 512);
    EXPECT_EQ(e.height, 384);
    EXPECT_EQ(e.scales, 3);
    EXPECT_EQ(e.tiles, 1);
    set("size", "32");
    EXPECT_TRUE(test::contains(test::refusal([&] {
                                   estimate({1000, 750}, {}, options, Calibration(), plenty);
                               }),
                               "at least 32"));
}

TEST_F(Estimates, GrowWithSizeStepsAndStyles) {
    const Estimate plain = at("512");
    EXPECT_GT(at("700").bytes, plain.bytes);
    EXPECT_GT(at("700").seconds, plain.seconds);
    set("quality", "high");
    EXPECT_GT(at("512").seconds, 2 * plain.seconds);
    EXPECT_EQ(at("512").bytes, plain.bytes);
    set("quality", "normal");
    set("time-limit", "1");
    EXPECT_LE(at("512").seconds, 1);
    const Estimate two = estimate({1654, 1654}, {{{800, 600}, 0}, {{4000, 3000}, 2}}, options,
                                  Calibration(), plenty);
    EXPECT_GT(two.bytes, plain.bytes);
}

TEST_F(Estimates, CountTheLayersThatAreLookedAt) {
    set("quality", "draft");
    const Estimate shallow = at("768");
    set("content-layers", "relu4_2"); // the default, but asked for: all layers at all sizes
    const Estimate deep = at("768");
    EXPECT_LT(shallow.seconds, 0.75 * deep.seconds);
    EXPECT_GT(shallow.seconds, 0.4 * deep.seconds);
    EXPECT_LT(shallow.bytes, deep.bytes);
}

TEST_F(Estimates, FindTheLargestSizeThatFits) {
    const std::int64_t budget = std::int64_t{4} << 30;
    set("tile", "100000"); // in one piece
    const int size =
        largest_size({1654, 1654}, {{{800, 600}, 0}}, options, Calibration(), {budget, {}});
    EXPECT_GT(size, 1024);
    EXPECT_LE(at(std::to_string(size).c_str()).bytes, budget);
    EXPECT_GT(at(std::to_string(size + 1).c_str()).bytes, budget);
    maniera_option_unset(&options, "tile");
    EXPECT_GT(largest_size({1654, 1654}, {{{800, 600}, 0}}, options, Calibration(), {budget, "/x"}),
              2 * size);
    EXPECT_EQ(largest_size({1654, 1654}, {}, options, Calibration(), {1000, {}}), 0);
}

TEST_F(Estimates, KnowTilesByTheBudget) {
    set("quality", "high"); // all layers at all sizes: tiles see much around them
    set("size", "2048");
    const Estimate whole = estimate({1654, 1654}, {}, options, Calibration(), plenty);
    const Estimate parts =
        estimate({1654, 1654}, {}, options, Calibration(), {whole.bytes / 3, "/x"});
    EXPECT_GT(parts.tiles, 1);
    EXPECT_GT(parts.seconds, 1.3 * whole.seconds);
    EXPECT_LE(parts.bytes, whole.bytes / 3);
    EXPECT_FALSE(estimate({1654, 1654}, {}, options, Calibration(), {100, "/x"}).fits);
}

// A calibration made beside other programs is mended by the first run without them, and a busy run
// does not spoil a good one.
TEST_F(Estimates, LearnFromRunsAndMostlyFromQuickOnes) {
    set("size", "1024");
    const Size content{1654, 1654};
    Calibration calibration;
    const ResolvedOptions resolved = resolve(options);
    std::vector<double> taken = scale_seconds(content, {}, resolved, calibration, plenty);
    const double good = estimate(content, {}, options, calibration, plenty).seconds;
    calibration.pixel_seconds *= 3;
    calibration.step_seconds *= 3;
    EXPECT_TRUE(refine(calibration, content, {}, resolved, plenty, taken));
    EXPECT_NEAR(estimate(content, {}, options, calibration, plenty).seconds, good, 0.02 * good);
    for (double& seconds : taken)
        seconds *= 2;
    EXPECT_TRUE(refine(calibration, content, {}, resolved, plenty, taken));
    EXPECT_NEAR(estimate(content, {}, options, calibration, plenty).seconds, good, 0.15 * good);
    taken.pop_back(); // a run that was stopped
    EXPECT_FALSE(refine(calibration, content, {}, resolved, plenty, taken));
}

} // namespace
} // namespace maniera
