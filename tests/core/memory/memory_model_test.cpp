// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/memory/memory_model.h"

#include "tests/support/tiny_model.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace maniera {
namespace {

constexpr std::int64_t mebibyte = 1048576;

class Budgets : public testing::Test {
protected:
    Budgets() { set("quality", "normal"); }
    void set(const char* name, const char* text) {
        char message[MANIERA_MESSAGE_MAX];
        ManieraOptions asked = options;
        ASSERT_TRUE(maniera_option_set(&asked, name, text, message)) << message;
        options = resolve(asked);
    }
    Choice choose(Size picture, std::int64_t mib, const char* folder = "/scratch") const {
        const ScaleLoad load = scale_load(picture, {{{800, 600}, 0}}, options, picture);
        return choose_plan(load, options, NetworkCost(), mib * mebibyte, folder);
    }
    static int files(const MemoryPlan& plan) {
        return plan.pairs_in_file + plan.targets_in_file + plan.vectors_in_file;
    }
    ResolvedOptions options{ManieraOptions{}};
};

const Size pictures[] = {{512, 384},   {2048, 1536},  {4096, 4096},
                         {6000, 4000}, {11547, 8660}, {37, 20011}};

TEST_F(Budgets, KeepToTheBudgetOrSayThatTheyDoNot) {
    for (const char* optimizer : {"lbfgs", "adam"}) {
        set("optimizer", optimizer);
        for (const Size picture : pictures)
            for (std::int64_t mib = 300; mib < 40000; mib = mib * 5 / 4) {
                const Choice choice = choose(picture, mib);
                EXPECT_EQ(choice.fits, choice.bytes <= mib * mebibyte);
                EXPECT_EQ(choice.bytes,
                          plan_bytes(choice.plan,
                                     scale_load(picture, {{{800, 600}, 0}}, options, picture),
                                     options, NetworkCost()));
            }
    }
}

TEST_F(Budgets, MoreMemoryNeverMeansSmallerTilesOrMoreFiles) {
    for (const char* folder : {"/scratch", ""})
        for (const Size picture : pictures) {
            Choice before = choose(picture, 300, folder);
            for (std::int64_t mib = 320; mib < 80000; mib = mib * 16 / 15) {
                const Choice now = choose(picture, mib, folder);
                if (before.fits) {
                    EXPECT_TRUE(now.fits);
                    EXPECT_TRUE(now.plan.tile == 0 ||
                                (before.plan.tile != 0 && now.plan.tile >= before.plan.tile));
                    EXPECT_LE(files(now.plan), files(before.plan));
                }
                before = now;
            }
            EXPECT_EQ(choose(picture, 1000000, folder).plan.tile, 0);
            EXPECT_EQ(files(choose(picture, 1000000, folder).plan), 0);
        }
}

TEST_F(Budgets, TakeNoFilesWithoutAFolder) {
    EXPECT_EQ(files(choose({6000, 4000}, 300, "").plan), 0);
    EXPECT_EQ(files(choose({6000, 4000}, 300).plan), 3);
}

TEST_F(Budgets, TakeTheTileThatWasAskedFor) {
    set("tile", "352");
    for (const std::int64_t mib : {300, 2000, 100000})
        EXPECT_EQ(choose({4000, 3000}, mib).plan.tile, 352);
}

TEST_F(Budgets, PaintPicturesThatAreManyTimesAsLargeAsTheirMemory) {
    const Choice choice = choose({6000, 4000}, 8192);
    EXPECT_TRUE(choice.fits);
    EXPECT_GT(choice.plan.tile, 0);
    EXPECT_GT(choose({6000, 4000}, 1000000).bytes, std::int64_t{24} << 30);
    EXPECT_FALSE(choose({6000, 4000}, 300).fits);
}

// The network's own arithmetic, written out: relu5_1 sees 58 pixels far, and the way back as many.
TEST_F(Budgets, CountWhatATileLooksAt) {
    const NetworkCost cost;
    const Size picture{4096, 4096};
    const PassCost all = pass_cost(cost, whole(picture), picture, true);
    EXPECT_NEAR(all.values, 266.0 * 4096 * 4096, 1);
    const Window tile{{1024, 1536}, {1024, 1536}};
    const PassCost part = pass_cost(cost, tile, picture, true);
    EXPECT_NEAR(part.values,
                128.0 * 768 * 768 + 64.0 * 768 * 768 + 48.0 * 736 * 736 + 24.0 * 736 * 736 +
                    2.0 * 672 * 672,
                part.values * 0.02);
    EXPECT_EQ(tiling_factor(cost, 0, picture), 1);
    EXPECT_GT(tiling_factor(cost, 512, picture), 1.5);
    EXPECT_LT(tiling_factor(cost, 512, picture), 3);
    EXPECT_GT(tiling_factor(cost, 128, picture), tiling_factor(cost, 512, picture));
}

// RowPartition begin where tiles do: five rows of tiles are three and two, not two and a half.
TEST_F(Budgets, CountTheBandOfOneOfSeveralProcesses) {
    const NetworkCost cost;
    const Size picture{900, 5 * 512 - 2 * 8};
    ScaleLoad load = scale_load(picture, {{{800, 600}, 0}}, options, picture);
    const auto height = [&](int ranks, int tile) {
        load.ranks = ranks;
        return band_load(load, tile, cost).canvas.height;
    };
    EXPECT_EQ(height(1, 512), 5 * 512);
    EXPECT_EQ(height(2, 512), 3 * 512 + 2 * 58);
    EXPECT_EQ(height(2, 0), 5 * 512 / 2 + 2 * 58);
    EXPECT_EQ(height(5, 512), 512 + 2 * 58);
    EXPECT_EQ(height(9, 512), 512 + 2 * 58);
    EXPECT_EQ(height(9, 0), 288 + 2 * 58); // a ninth, in whole sixteens
    // No process reads the photograph whole, and all read the painting.
    EXPECT_EQ(band_load(load, 0, cost).loaded, 800 * 600);

    MemoryPlan plan;
    plan.tile = 512;
    std::int64_t before = 0;
    for (int ranks : {9, 5, 3, 2, 1}) {
        load.ranks = ranks;
        const std::int64_t bytes = plan_bytes(plan, load, options, cost);
        EXPECT_GE(bytes, before);
        before = bytes;
    }
    load.ranks = 5;
    const std::int64_t a_fifth = plan_bytes(plan, load, options, cost);
    load.ranks = 2;
    EXPECT_GT(plan_bytes(plan, load, options, cost) - a_fifth,
              1.9 * 900 * 512 * 4); // at least a picture of what is between them
}

TEST_F(Budgets, KnowANetworkByItsLayers) {
    const NetworkCost tiny = network_cost(test::make_tiny_model(), options);
    ASSERT_EQ(tiny.blocks.size(), 5u);
    EXPECT_EQ(tiny.reach, 58);
    EXPECT_EQ(tiny.blocks[0].values, 12);
    EXPECT_EQ(tiny.blocks[4].reach, 42);
    EXPECT_EQ(tiny.blocks[1].products, 9 * (6 * 8 + 8 * 8));
    set("match-parts", "off"); // takes relu4_1
    set("style-layers", "relu2_1");
    set("content-layers", "relu2_2");
    EXPECT_EQ(network_cost(test::make_tiny_model(), options).blocks.size(), 2u);
}

TEST_F(Budgets, KnowTheShallowPartOfANetwork) {
    const NetworkCost part = up_to(network_cost(test::make_tiny_model(), options), 2);
    set("match-parts", "off");
    set("style-layers", "relu1_1,relu3_1");
    set("content-layers", "relu2_1");
    const NetworkCost wanted = network_cost(test::make_tiny_model(), options);
    ASSERT_EQ(part.blocks.size(), wanted.blocks.size());
    for (std::size_t i = 0; i < part.blocks.size(); ++i) {
        EXPECT_EQ(part.blocks[i].values, wanted.blocks[i].values) << i;
        EXPECT_EQ(part.blocks[i].products, wanted.blocks[i].products) << i;
        EXPECT_EQ(part.blocks[i].layers, wanted.blocks[i].layers) << i;
    }
    EXPECT_EQ(part.reach, wanted.reach);
    EXPECT_EQ(up_to(wanted, 2).reach, wanted.reach);
}

TEST_F(Budgets, ShrinkToAnEnd) {
    MemoryPlan plan;
    int times = 0;
    while (shrink(plan, {4000, 3000}, "/scratch"))
        ASSERT_LT(++times, 20);
    EXPECT_EQ(plan.tile, 64);
    EXPECT_EQ(files(plan), 3);
}

TEST_F(Budgets, SayWhatWasChosen) {
    const std::string small = describe(choose({512, 384}, 4096), {528, 400}, 4096 * mebibyte);
    EXPECT_NE(small.find("in one piece"), std::string::npos) << small;
    const std::string large = describe(choose({6000, 4000}, 4096), {6016, 4016}, 4096 * mebibyte);
    EXPECT_NE(large.find("tiles of"), std::string::npos) << large;
    EXPECT_NE(large.find("of 4.0 GiB"), std::string::npos) << large;
}

} // namespace
} // namespace maniera
