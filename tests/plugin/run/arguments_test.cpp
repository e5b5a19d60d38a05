// SPDX-License-Identifier: GPL-3.0-or-later
// What a script gives, without a GIMP.
#include "tests/support/fake_host.h"
#include "tests/support/refusal.h"

#include <gtest/gtest.h>

extern "C" {
#include "plugin/client/errors.h"
#include "plugin/run/arguments.h"
}

namespace maniera::test {
namespace {

class ArgumentsTest : public testing::Test {
protected:
    ArgumentsTest() {
        fake_host().clear();
        arguments_.image = 1;
        arguments_.drawable = fake_host().add_layer("Background");
        styles_[0] = fake_host().add_layer("Starry Night");
        styles_[1] = fake_host().add_layer("The Scream");
        FakeDrawable channel;
        channel.kind = HOST_CHANNEL;
        channel.name = "Sky";
        channel_ = fake_host().add(channel);
        arguments_.styles = styles_;
        arguments_.style_count = 2;
    }
    ~ArgumentsTest() override { fake_host().clear(); }

    std::string refusal() const {
        g_autoptr(GError) error = nullptr;
        g_autoptr(Request) request = arguments_to_request(&arguments_, &error);
        if (request)
            return "accepted";
        EXPECT_EQ(error->code, PAINT_ERROR_INVALID_REQUEST);
        return error->message;
    }

    int styles_[2];
    int channel_;
    Arguments arguments_{};
};

TEST_F(ArgumentsTest, MasksGoToTheirStyles) {
    const int masks[] = {channel_, -1}, style_masks[] = {-1, channel_};
    const double weights[] = {2, 0.5};
    arguments_.masks = masks;
    arguments_.style_masks = style_masks;
    arguments_.weights = weights;
    arguments_.mask_count = arguments_.style_mask_count = arguments_.weight_count = 2;
    g_autoptr(Request) request = arguments_to_request(&arguments_, nullptr);
    ASSERT_NE(request, nullptr);
    ASSERT_EQ(request->styles->len, 2u);
    for (int i = 0; i < 2; ++i) {
        const auto* style = static_cast<StyleChoice*>(g_ptr_array_index(request->styles, i));
        EXPECT_EQ(style->drawable, styles_[i]);
        EXPECT_EQ(style->mask, masks[i]);
        EXPECT_EQ(style->style_mask, style_masks[i]);
        EXPECT_EQ(style->weight, weights[i]);
    }
}

TEST_F(ArgumentsTest, WhatIsWrongIsNamed) {
    EXPECT_EQ(refusal(), "accepted");
    const int masks[] = {channel_, 4711};
    arguments_.masks = arguments_.style_masks = masks;
    arguments_.mask_count = 1;
    EXPECT_TRUE(contains(refusal(), "\nmasks: 1 values were given for 2 styles")) << refusal();
    arguments_.mask_count = 2;
    EXPECT_TRUE(contains(refusal(), "\nmasks: there is no drawable 4711")) << refusal();
    arguments_.mask_count = 0;
    arguments_.style_mask_count = 2;
    EXPECT_TRUE(contains(refusal(), "\nstyle-masks: there is no drawable 4711")) << refusal();
    arguments_.style_mask_count = 0;
    const double weights[] = {0, 0};
    arguments_.weights = weights;
    arguments_.weight_count = 2;
    EXPECT_TRUE(contains(refusal(), "\nweights: all are 0")) << refusal();
    arguments_.weight_count = 0;
    arguments_.style_count = 0;
    EXPECT_TRUE(contains(refusal(), "\nstyles: none are given")) << refusal();
}

TEST_F(ArgumentsTest, WeightsMayBeAText) {
    g_autoptr(GError) error = nullptr;
    g_autofree double* numbers = nullptr;
    ASSERT_TRUE(arguments_weights_text(&arguments_, nullptr, &numbers, &error));
    ASSERT_TRUE(arguments_weights_text(&arguments_, "", &numbers, &error));
    EXPECT_EQ(arguments_.weight_count, 0u);
    ASSERT_TRUE(arguments_weights_text(&arguments_, " 3, 0.25 ", &numbers, &error));
    ASSERT_EQ(arguments_.weight_count, 2u);
    EXPECT_EQ(arguments_.weights[0], 3);
    EXPECT_EQ(arguments_.weights[1], 0.25);
    g_autofree double* more = nullptr;
    EXPECT_FALSE(arguments_weights_text(&arguments_, "1,2", &more, &error));
    EXPECT_TRUE(contains(error->message, "weights-text: weights are given too"));
    for (const char* wrong : {"3;1", "3,", "a,b", "0x3,1"}) {
        g_autofree double* none = nullptr;
        g_autoptr(GError) why = nullptr;
        arguments_.weight_count = 0;
        EXPECT_FALSE(arguments_weights_text(&arguments_, wrong, &none, &why)) << wrong;
        ASSERT_NE(why, nullptr);
        EXPECT_TRUE(contains(why->message, "is not a number")) << why->message;
    }
}

TEST_F(ArgumentsTest, ALineOfOptionsIsReadAsInAShell) {
    g_autoptr(Request) request = request_new(1, 1);
    g_autoptr(GError) error = nullptr;
    ASSERT_TRUE(arguments_set_options(request, "size=512 quality='draft'", &error));
    EXPECT_EQ(request->options.size, 512);
    EXPECT_TRUE(arguments_set_options(request, "  ", &error));
    EXPECT_FALSE(arguments_set_options(request, "draft", &error));
    ASSERT_NE(error, nullptr);
    EXPECT_EQ(error->code, PAINT_ERROR_INVALID_OPTION);
}

TEST_F(ArgumentsTest, TheOutputIsSetByNamesToo) {
    g_autoptr(Request) request = request_new(1, 1);
    EXPECT_EQ(request->output.placement, PLACEMENT_NEW_LAYER);
    ASSERT_TRUE(
        arguments_set_options(request, "placement=hide-original layer-mode=inherited", nullptr));
    EXPECT_EQ(request->output.placement, PLACEMENT_HIDE_ORIGINAL);
    EXPECT_EQ(request->output.layer_mode, LAYER_MODE_INHERITED);
    g_autoptr(GError) error = nullptr;
    EXPECT_FALSE(arguments_set_options(request, "placement=above", &error));
    EXPECT_TRUE(contains(error->message, "placement cannot be \"above\"")) << error->message;
    EXPECT_TRUE(contains(error->message, "new-image")) << error->message;
}

TEST_F(ArgumentsTest, PathsAreTheLinesThatAreNotEmpty) {
    g_auto(GStrv) lines = arguments_lines("/a b.png\r\n\n/c.png");
    ASSERT_EQ(g_strv_length(lines), 2u);
    EXPECT_STREQ(lines[0], "/a b.png");
    EXPECT_STREQ(lines[1], "/c.png");
    g_auto(GStrv) none = arguments_lines(nullptr);
    EXPECT_EQ(g_strv_length(none), 0u);
}

} // namespace
} // namespace maniera::test
