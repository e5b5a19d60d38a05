// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/image/scale_schedule.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace maniera {
namespace {

ManieraOptions with(const std::vector<std::pair<const char*, const char*>>& settings) {
    char message[MANIERA_MESSAGE_MAX];
    ManieraOptions options;
    maniera_options_init(&options);
    for (const auto& [name, value] : settings)
        EXPECT_TRUE(maniera_option_set(&options, name, value, message)) << message;
    return options;
}

TEST(ScaleSchedule, AMostSizeMakesLargePicturesSmallerAndNoneLarger) {
    const ResolvedOptions resolved = resolve(with({{"shrink", "512"}}));
    EXPECT_EQ(run_size({1024, 768}, resolved), (Size{512, 384}));
    EXPECT_EQ(run_size({768, 1024}, resolved), (Size{384, 512}));
    EXPECT_EQ(run_size({512, 100}, resolved), (Size{512, 100}));
    EXPECT_EQ(run_size({200, 511}, resolved), (Size{200, 511}));
}

TEST(ScaleSchedule, ComparesLargePicturesAtAPowerOfTwoLess) {
    const auto reduction = [](const char* quality, Size size) {
        return match_reduction(size, resolve(with({{"quality", quality}})));
    };
    for (const char* quality : {"normal", "high"}) {
        EXPECT_EQ(reduction(quality, {512, 3}), 1);
        EXPECT_EQ(reduction(quality, {300, 1025}), 2);
        EXPECT_EQ(reduction(quality, {4096, 4096}), 8);
    }
    EXPECT_EQ(reduction("draft", {255, 256}), 1);
    EXPECT_EQ(reduction("draft", {512, 384}), 2);
    EXPECT_EQ(reduction("draft", {1024, 768}), 4);
}

TEST(ScaleSchedule, LooksAtAllLayersOfSmallPicturesAndWhereThatIsAskedFor) {
    using Settings = std::vector<std::pair<const char*, const char*>>;
    const auto pools = [](const Settings& settings, int side) {
        return pools_at({side / 3, side}, resolve(with(settings)));
    };
    EXPECT_EQ(pools({{"quality", "draft"}}, 383), all_pools);
    EXPECT_EQ(pools({{"quality", "draft"}}, 384), 2);
    EXPECT_EQ(pools({}, 1023), all_pools);
    EXPECT_EQ(pools({}, 1024), 2);
    for (const Settings& all : {Settings{{"quality", "high"}},
                                {{"objective", "gatys"}},
                                {{"scales", "2"}},
                                {{"content-layers", "relu4_2"}},
                                {{"style-layers", "relu2_1,relu4_1"}}})
        EXPECT_EQ(pools(all, 5000), all_pools) << all[0].first;
}

TEST(ScaleSchedule, GoesOnAtItsLastScalesInHalfOfTheSteps) {
    const Size full{700, 500};
    ManieraOptions options = with({{"iterations", "9,7,6,5"}});
    const ResolvedOptions resolved = resolve(options);
    ASSERT_EQ(run_scales(full, resolved).size(), 4u);
    keep_last_scales(options, resolved, full, 2);
    const ResolvedOptions less = resolve(options);
    const std::vector<Size> sizes = run_scales(full, less);
    ASSERT_EQ(sizes.size(), 2u);
    EXPECT_EQ(sizes[1], full);
    EXPECT_EQ(steps_at(less, 0), 3); // of 6
    EXPECT_EQ(steps_at(less, 1), 3); // of 5
    keep_last_scales(options, resolved, full, 9);
    EXPECT_EQ(run_scales(full, resolve(options)).size(), 4u);
}

} // namespace
} // namespace maniera
