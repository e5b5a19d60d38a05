// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/estimate.h"

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
        return estimate({1654, 1654}, {{{800, 600}, 0}}, options, Calibration());
    }
    ManieraOptions options;
};

// Peaks that were measured on a machine of two cores, in fp32, with the styles and sizes here.
TEST_F(Estimates, AgreeWithPeaksThatWereMeasured) {
    EXPECT_NEAR(at("512").bytes / 1048576.0, 1001, 100);
    EXPECT_NEAR(at("768").bytes / 1048576.0, 1389, 139);
    EXPECT_NEAR(at("1024").bytes / 1048576.0, 2011, 201);
}

TEST_F(Estimates, TellSizesAndScales) {
    set("size", "512");
    const Estimate e = estimate({1000, 750}, {{{800, 600}, 0}}, options, Calibration());
    EXPECT_EQ(e.width, 512);
    EXPECT_EQ(e.height, 384);
    EXPECT_EQ(e.scales, 3);
    EXPECT_EQ(e.tiles, 1);
    set("size", "32");
    EXPECT_TRUE(test::contains(test::refusal([&] {
                                   estimate({1000, 750}, {}, options, Calibration());
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
    const Estimate two =
        estimate({1654, 1654}, {{{800, 600}, 0}, {{4000, 3000}, 2}}, options, Calibration());
    EXPECT_GT(two.bytes, plain.bytes);
}

TEST_F(Estimates, FindTheLargestSizeThatFits) {
    const std::int64_t budget = std::int64_t{4} << 30;
    const int size = largest_size({1654, 1654}, {{{800, 600}, 0}}, options, Calibration(), budget);
    EXPECT_GT(size, 1024);
    EXPECT_LE(at(std::to_string(size).c_str()).bytes, budget);
    EXPECT_GT(at(std::to_string(size + 1).c_str()).bytes, budget);
    EXPECT_EQ(largest_size({1654, 1654}, {}, options, Calibration(), 1000), 0);
}

} // namespace
} // namespace maniera
