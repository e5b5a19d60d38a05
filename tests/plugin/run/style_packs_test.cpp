// SPDX-License-Identifier: GPL-3.0-or-later
// Style packs as styles: which files they are, and what is refused for want of the painting.
#include "tests/support/fake_host.h"
#include "tests/support/process.h"
#include "tests/support/refusal.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <sys/stat.h>

extern "C" {
#include "plugin/client/errors.h"
#include "plugin/run/run_plan.h"
#include "plugin/run/style_packs.h"
}

namespace maniera::test {
namespace {

const std::string begin_of_a_pack =
    std::string("\x40\x01\0\0\0\0\0\0", 8) +
    R"({"__metadata__":{"format":"Maniera style 1","name":"waves"}})";

class StylePacks : public testing::Test {
protected:
    StylePacks() {
        fake_host().clear();
        request_ = request_new(1, fake_host().add_layer("Photograph"));
        layer_ = fake_host().add_layer("Painting");
        pack_ = add(folder_ / "waves.maniera-style");
    }

    ~StylePacks() override {
        request_free(request_);
        fake_host().clear();
    }

    StyleChoice* add(const std::string& file) {
        StyleChoice* style = style_choice_new();
        style->file = file.empty() ? nullptr : g_strdup(file.c_str());
        if (file.empty())
            style->drawable = layer_;
        g_ptr_array_add(request_->styles, style);
        return style;
    }

    void set(const char* name, const char* value) {
        char message[MANIERA_MESSAGE_MAX];
        ASSERT_TRUE(maniera_option_set(&request_->options, name, value, message)) << message;
    }

    // What estimates, drafts and paintings answer.
    std::string refusal() {
        RunPlan plan = {};
        g_autoptr(GError) error = nullptr;
        const bool made = run_plan_make(&plan, nullptr, request_, 0, &error);
        run_plan_clear(&plan);
        EXPECT_EQ(made, error == nullptr);
        if (error) {
            EXPECT_EQ(error->code, PAINT_ERROR_INVALID_REQUEST);
            EXPECT_TRUE(contains(error->message, "waves.maniera-style has none")) << error->message;
        }
        return error ? error->message : "accepted";
    }

    const ScratchFolder folder_;
    Request* request_;
    StyleChoice* pack_;
    int layer_;
};

TEST_F(StylePacks, AreKnownByTheirNameOrTheirBeginning) {
    EXPECT_TRUE(is_style_pack("/nowhere/waves.maniera-style"));
    const std::string other = folder_ / "waves.pack", cut = folder_ / "cut.pack",
                      picture = folder_ / "waves.png", pipe = folder_ / "pipe";
    write_text(other, begin_of_a_pack);
    write_text(cut, begin_of_a_pack.substr(0, 40));
    write_text(picture, "\x89PNG\r\n\x1a\n and more than a pack's beginning would be");
    EXPECT_TRUE(is_style_pack(other.c_str()));
    EXPECT_FALSE(is_style_pack(cut.c_str()));
    EXPECT_FALSE(is_style_pack(picture.c_str()));
    EXPECT_FALSE(is_style_pack((folder_ / "missing").c_str()));
    EXPECT_FALSE(is_style_pack(nullptr));
    ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
    EXPECT_FALSE(is_style_pack(pipe.c_str())); // and does not wait
}

// A file with the header's text and, after it, six bytes.
std::string pack_of(const std::string& header) {
    const std::string text = R"({"__metadata__":{"format":"Maniera style 1"},)" + header + "}";
    const std::uint64_t length = text.size();
    return std::string(reinterpret_cast<const char*>(&length), sizeof length) + text + "abcdef";
}

TEST_F(StylePacks, ShowTheirOwnThumbnail) {
    const std::string file = folder_ / "waves.maniera-style";
    write_text(file, pack_of(R"("thumbnail":{"dtype":"U8","shape":[2,1,3],"data_offsets":[0,6]})"));
    int width = 0, height = 0;
    g_autoptr(GBytes) bytes = style_pack_thumbnail(file.c_str(), &width, &height);
    ASSERT_TRUE(bytes);
    EXPECT_EQ(width, 1);
    EXPECT_EQ(height, 2);
    EXPECT_EQ(std::string(static_cast<const char*>(g_bytes_get_data(bytes, nullptr)), 6), "abcdef");
}

TEST_F(StylePacks, ShowNothingOfABrokenFile) {
    const std::string file = folder_ / "waves.maniera-style";
    const std::string good = R"("thumbnail":{"shape":[2,1,3],"data_offsets":[0,6]})";
    for (const std::string& text :
         {std::string(), std::string("short"), std::string("\xff\xff\xff\xff\xff\xff\xff\xff{}"),
          std::string("\2\0\0\0\0\0\0\0[]abcdef", 16),
          pack_of("\"deep\":" + std::string(500000, '[') + std::string(500000, ']') + "," + good),
          pack_of(R"("thumbnail":7)"), pack_of(R"("other":{})"),
          pack_of(good).substr(0, pack_of(good).size() - 1),
          pack_of(R"("thumbnail":{"shape":[2,1,3],"data_offsets":[1,7]})"),
          pack_of(R"("thumbnail":{"shape":[2,1,3],"data_offsets":[-1,5]})"),
          pack_of(R"("thumbnail":{"shape":[2,1,3],"data_offsets":[9223372036854775807,6]})"),
          pack_of(R"("thumbnail":{"shape":[2,1],"data_offsets":[0,6]})"),
          pack_of(R"("thumbnail":{"shape":["2",1,3],"data_offsets":[0,6]})"),
          pack_of(R"("thumbnail":{"shape":[0,1,3],"data_offsets":[0,6]})"),
          pack_of(R"("thumbnail":{"shape":[1,2,1],"data_offsets":[0,6]})"),
          pack_of(R"("thumbnail":{"shape":[4611686018427387904,4,3],"data_offsets":[0,6]})")}) {
        write_text(file, text);
        int width = 0, height = 0;
        EXPECT_FALSE(style_pack_thumbnail(file.c_str(), &width, &height)) << text.substr(0, 200);
    }
    std::filesystem::remove(file);
    int width = 0, height = 0;
    EXPECT_FALSE(style_pack_thumbnail(file.c_str(), &width, &height));
}

TEST_F(StylePacks, PaintAsTheyAre) {
    add("");
    pack_->weight = 2;
    pack_->scale = 0.5;
    pack_->mask = layer_;
    set("colors", "content");
    EXPECT_EQ(refusal(), "accepted");
}

TEST_F(StylePacks, WhatNeedsThePaintingIsRefusedByItsLabel) {
    pack_->style_mask = layer_;
    EXPECT_TRUE(contains(refusal(), "A style mask needs a painting")) << refusal();
    pack_->style_mask = -1;
    const struct {
        const char *option, *value, *label;
    } all[] = {{"parts", "auto", "\"Parts\""},
               {"parts-file", "/parts.json", "\"Parts\""},
               {"colors", "match", "\"Colors\""},
               {"init", "style", "\"Start picture\""}};
    for (const auto& each : all) {
        set(each.option, each.value);
        EXPECT_TRUE(contains(refusal(), each.label)) << refusal();
        maniera_option_unset(&request_->options, each.option);
    }
    EXPECT_EQ(refusal(), "accepted");
}

TEST_F(StylePacks, BesidesPaintingsRefuseTheSameButForTheStart) {
    add("");
    std::swap(request_->styles->pdata[0], request_->styles->pdata[1]);
    set("init", "style"); // the first style's
    EXPECT_EQ(refusal(), "accepted");
    set("parts", "3");
    EXPECT_TRUE(contains(refusal(), "\"Parts\"")) << refusal();
}

// Of a whole picture: what has parts where nobody says anything of them.
TEST_F(StylePacks, AreNotOnePainting) {
    EXPECT_FALSE(is_of_one_painting(request_));
    g_ptr_array_set_size(request_->styles, 0);
    EXPECT_FALSE(is_of_one_painting(request_));
    StyleChoice* painting = add("");
    EXPECT_TRUE(is_of_one_painting(request_));
    request_->frames = TRUE;
    EXPECT_FALSE(is_of_one_painting(request_));
    request_->frames = FALSE;
    painting->mask = layer_;
    EXPECT_FALSE(is_of_one_painting(request_));
    painting->mask = -1;
    painting->style_mask = layer_;
    EXPECT_FALSE(is_of_one_painting(request_));
    painting->style_mask = -1;
    StyleChoice* other = add("");
    EXPECT_FALSE(is_of_one_painting(request_));
    other->weight = 0;
    EXPECT_TRUE(is_of_one_painting(request_));
}

TEST_F(StylePacks, PicturesHaveAllOfIt) {
    g_ptr_array_set_size(request_->styles, 0);
    add("")->style_mask = layer_;
    set("parts", "auto");
    set("colors", "match");
    set("init", "style");
    EXPECT_EQ(refusal(), "accepted");
}

} // namespace
} // namespace maniera::test
