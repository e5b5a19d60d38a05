// SPDX-License-Identifier: GPL-3.0-or-later
// Copies of requests, and whether they have masks.
#include <gtest/gtest.h>

extern "C" {
#include "plugin/client/request.h"
}

namespace maniera::test {
namespace {

StyleChoice* add_style(Request* request, const char* file) {
    StyleChoice* style = style_choice_new();
    style->file = g_strdup(file);
    g_ptr_array_add(request->styles, style);
    return style;
}

TEST(Request, ACopyHasStylesAndOptionsOfItsOwn) {
    g_autoptr(Request) request = request_new(3, 7);
    char message[MANIERA_MESSAGE_MAX];
    ASSERT_TRUE(maniera_option_set(&request->options, "size", "512", message)) << message;
    add_style(request, "/a.png")->mask = 5;
    g_autoptr(Request) copy = request_copy(request);
    g_ptr_array_set_size(request->styles, 0);
    maniera_options_init(&request->options);
    EXPECT_EQ(copy->image, 3);
    EXPECT_EQ(copy->content, 7);
    EXPECT_EQ(copy->options.size, 512);
    ASSERT_EQ(copy->styles->len, 1u);
    const auto* style = static_cast<StyleChoice*>(g_ptr_array_index(copy->styles, 0));
    EXPECT_STREQ(style->file, "/a.png");
    EXPECT_EQ(style->mask, 5);
}

TEST(Request, AStyleMaskIsNoMask) {
    g_autoptr(Request) request = request_new(1, 2);
    StyleChoice* style = add_style(request, "/a.png");
    EXPECT_FALSE(request_has_masks(request));
    style->style_mask = 4;
    EXPECT_FALSE(request_has_masks(request));
    style->mask = 4;
    EXPECT_TRUE(request_has_masks(request));
}

} // namespace
} // namespace maniera::test
