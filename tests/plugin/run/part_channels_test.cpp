// SPDX-License-Identifier: GPL-3.0-or-later
// The pixels of parts' channels, in a GIMP that is a fake.
#include "tests/support/fake_host.h"

#include <gtest/gtest.h>

#include <algorithm>

extern "C" {
#include "plugin/run/part_channels.h"
}

namespace maniera::test {
namespace {

// A layer somewhere in an image, and a map whose left half is part 1 and whose right half is part 2
// but for its last row, which is none.
class PartChannels : public testing::Test {
protected:
    static void SetUpTestSuite() { gegl_init(nullptr, nullptr); }

    PartChannels() { fake_host().clear(); }
    ~PartChannels() override { fake_host().clear(); }

    void place(int width, int height, int x, int y, std::pair<int, int> canvas) {
        layer_ = fake_host().add_layer("Woman", 1, width, height);
        fake_host().drawables.at(layer_).x = x;
        fake_host().drawables.at(layer_).y = y;
        fake_host().canvases[1] = canvas;
    }

    bool save(int width, int height) {
        labels_.clear();
        for (int row = 0; row < height; ++row)
            for (int column = 0; column < width; ++column)
                labels_.push_back(row == height - 1 ? 0 : column < width / 2 ? 1 : 2);
        const PartMap map{width, height, labels_.data()};
        return part_channels_save(layer_, &map, 2);
    }

    const FakeDrawable& channel(const std::string& name) const {
        const FakeDrawable* found = nullptr;
        for (const auto& [id, drawable] : fake_host().drawables)
            if (drawable.kind == HOST_CHANNEL && drawable.name == name)
                found = &drawable;
        return found ? *found : throw std::runtime_error("no channel " + name);
    }

    float at(const std::string& name, int x, int y) const {
        const FakeDrawable& drawable = channel(name);
        return drawable.pixels.at(static_cast<std::size_t>(y) * drawable.width + x);
    }

    long count() const {
        return std::count_if(fake_host().drawables.begin(), fake_host().drawables.end(),
                             [](const auto& entry) { return entry.second.kind == HOST_CHANNEL; });
    }

    int layer_ = -1;
    std::vector<guint8> labels_;
};

TEST_F(PartChannels, EachIsWhiteWhereItsPartLiesAndNowhereElse) {
    place(40, 40, 10, 5, {70, 61});
    ASSERT_TRUE(save(4, 4)); // a pixel of the map is 10 of the layer
    ASSERT_EQ(count(), 2);
    EXPECT_EQ(std::pair(channel("Part 1").width, channel("Part 1").height), std::pair(70, 61));
    EXPECT_EQ(at("Part 1", 12, 10), 1);
    EXPECT_EQ(at("Part 1", 12 + 30, 10), 0);
    EXPECT_EQ(at("Part 2", 12 + 30, 10), 1);
    EXPECT_EQ(at("Part 2", 12, 10), 0);
    for (const char* name : {"Part 1", "Part 2"}) {
        EXPECT_FALSE(channel(name).visible);
        EXPECT_TRUE(channel(name).in_image);
        EXPECT_EQ(at(name, 25, 5 + 38), 0) << "of no part";
        EXPECT_EQ(at(name, 9, 20), 0) << "left of the layer";
        EXPECT_EQ(at(name, 50, 20), 0) << "right of the layer";
        EXPECT_EQ(at(name, 30, 4), 0) << "above the layer";
        EXPECT_EQ(at(name, 30, 45), 0) << "below the layer";
    }
    EXPECT_EQ(at("Part 1", 10, 5), 1) << "the layer's first pixel";
    EXPECT_EQ(at("Part 2", 49, 5), 1);
}

// The two share the edge: together they are 1 there.
TEST_F(PartChannels, AnEdgeIsAsSoftAsAPixelOfTheMap) {
    place(40, 40, 10, 5, {70, 61});
    ASSERT_TRUE(save(4, 4));
    int soft = 0;
    for (int x = 0; x < 40; ++x) {
        const float one = at("Part 1", 10 + x, 10), two = at("Part 2", 10 + x, 10);
        EXPECT_NEAR(one + two, 1, 1e-6) << x;
        soft += one > 0 && one < 1;
        EXPECT_GE(one, at("Part 1", 10 + x + 1, 10)) << x;
    }
    EXPECT_EQ(soft, 10);
    EXPECT_NEAR(at("Part 1", 10 + 19, 10), 0.55, 1e-6); // half a pixel left of the edge
    EXPECT_NEAR(at("Part 1", 10 + 12, 5 + 30), 0.45, 1e-6);
}

TEST_F(PartChannels, OddSizesFit) {
    place(37, 301, 0, 0, {37, 301}); // taller than a band of rows
    ASSERT_TRUE(save(6, 49));
    EXPECT_EQ(at("Part 1", 0, 0), 1);
    EXPECT_EQ(at("Part 2", 36, 280), 1);
    EXPECT_NEAR(at("Part 1", 18, 100), 0.5, 1e-6); // the middle column
    EXPECT_EQ(at("Part 1", 3, 300), 0);
    // A map may be larger than the layer.
    place(5, 3, 1, 1, {9, 7});
    ASSERT_TRUE(save(320, 192));
    EXPECT_EQ(at("Part 1", 1, 1), 1);
    EXPECT_EQ(at("Part 2", 5, 3), 1);
    EXPECT_EQ(at("Part 2", 6, 3), 0);
}

TEST_F(PartChannels, WhatHangsOverTheImageIsCutOff) {
    place(40, 40, -20, -10, {30, 20});
    ASSERT_TRUE(save(4, 4));
    EXPECT_NEAR(at("Part 1", 0, 0), 0.45, 1e-6); // the layer's middle
    EXPECT_EQ(at("Part 2", 10, 14), 1);
    EXPECT_NEAR(at("Part 2", 10, 19), 0.55, 1e-6); // the parts' lower edge
    EXPECT_EQ(at("Part 2", 19, 0), 1);
    EXPECT_EQ(at("Part 2", 20, 0), 0);
}

TEST_F(PartChannels, AreOneStepOfUndo) {
    place(40, 40, 0, 0, {40, 40});
    ASSERT_TRUE(save(4, 4));
    EXPECT_EQ(fake_host().undo_steps, 1);
    EXPECT_EQ(fake_host().undo_depth, 0);
}

TEST_F(PartChannels, AnImageThatTakesNoneIsTold) {
    place(40, 40, 0, 0, {40, 40});
    fake_host().full.insert(1);
    EXPECT_FALSE(save(4, 4));
    EXPECT_EQ(count(), 0);
    EXPECT_EQ(fake_host().undo_depth, 0);
    layer_ = 4711;
    EXPECT_FALSE(save(4, 4));
}

} // namespace
} // namespace maniera::test
