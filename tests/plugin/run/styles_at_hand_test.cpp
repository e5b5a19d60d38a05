// SPDX-License-Identifier: GPL-3.0-or-later
// The styles at hand: samples, the user's folder, those used last.
#include "tests/plugin/talk.h"
#include "tests/support/fake_host.h"
#include "tests/support/process.h"
#include "tests/support/refusal.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <sys/stat.h>
#include <vector>

extern "C" {
#include "plugin/client/errors.h"
#include "plugin/client/request.h"
#include "plugin/run/sample_styles.h"
#include "plugin/run/styles_at_hand.h"
}

namespace maniera::test {
namespace {

namespace fs = std::filesystem;

const std::string png = "\x89PNG\r\n\x1a\n and more";

struct Named {
    std::string name;
    StyleOrigin origin;
};

bool operator==(const Named& a, const Named& b) { return a.name == b.name && a.origin == b.origin; }

std::ostream& operator<<(std::ostream& out, const Named& named) {
    return out << named.name << " of " << named.origin;
}

using List = std::vector<Named>;

List at_hand(const char* search = "") {
    List found;
    g_autoptr(GPtrArray) styles = styles_at_hand();
    for (guint i = 0; i < styles->len; ++i) {
        const auto* style = static_cast<StyleAtHand*>(g_ptr_array_index(styles, i));
        if (style_at_hand_matches(style, search))
            found.push_back({style->name, style->origin});
    }
    return found;
}

void use(const std::vector<std::string>& files) {
    Request* request = request_new(1, 1);
    for (const std::string& file : files) {
        StyleChoice* style = style_choice_new();
        style->file = g_strdup(file.c_str());
        g_ptr_array_add(request->styles, style);
    }
    styles_at_hand_used(request->styles);
    request_free(request);
}

struct Drawn {
    int calls = 0;
    guint left = 99;
    std::string error;

    static void take(guint left, const GError* error, gpointer data) {
        auto* drawn = static_cast<Drawn*>(data);
        ++drawn->calls;
        drawn->left = left;
        if (error)
            drawn->error = error->message;
    }
};

class StylesAtHandTest : public testing::Test {
protected:
    void SetUp() override {
        fake_host().clear();
        fake_host().folder = folder_.path();
        fs::create_directories(own_);
    }
    std::string put(const std::string& name, const std::string& contents = png) {
        write_text(own_ / name, contents);
        return own_ / name;
    }
    std::string put_elsewhere(const std::string& name, const std::string& contents = png) {
        write_text(folder_ / name, contents);
        return folder_ / name;
    }

    const Environment helper_{"MANIERA_HELPER", MANIERA_FAKE_HELPER};
    const ScratchFolder folder_;
    const fs::path own_ = folder_.path() / "maniera/styles";
};

TEST_F(StylesAtHandTest, ThereAreNoneAtFirst) {
    fs::remove_all(folder_.path() / "maniera");
    EXPECT_EQ(at_hand(), List{});
    EXPECT_FALSE(fs::exists(folder_.path() / "maniera")) << "made without need";
}

TEST_F(StylesAtHandTest, PicturesAndStyleFilesOfTheFolderAreListedByName) {
    put("waves.png");
    put("almond.jpeg", "\xff\xd8\xff\xe0 and more");
    put("monet.maniera-style", "whatever a pack holds");
    put("heron.avif", std::string("\0\0\0\x1c", 4) + "ftypavif and more");
    EXPECT_EQ(at_hand(), (List{{"almond", STYLE_OWN},
                               {"heron", STYLE_OWN},
                               {"monet", STYLE_OWN},
                               {"waves", STYLE_OWN}}));
}

TEST_F(StylesAtHandTest, WhatIsNoPictureIsPassedOver) {
    put("notes.txt", "a shopping list");
    put("words.png", "words that call themselves a picture");
    put("empty.png", "");
    put("film.mp4", std::string("\0\0\0\x1c", 4) + "ftypisom and more");
    put(".hidden.png");
    fs::create_directory(own_ / "folder.png");
    ASSERT_EQ(mkfifo((own_ / "pipe.png").c_str(), 0600), 0); // nobody writes to it
    EXPECT_EQ(at_hand(), List{});
}

TEST_F(StylesAtHandTest, ThoseUsedLastComeFirstAndOnce) {
    const std::string waves = put("waves.png"), other = put_elsewhere("other.png");
    put("almond.png");
    use({waves});
    use({other});
    use({other, waves});
    EXPECT_EQ(
        at_hand(),
        (List{{"other", STYLE_LAST_USED}, {"waves", STYLE_LAST_USED}, {"almond", STYLE_OWN}}));
}

TEST_F(StylesAtHandTest, TwelveAreRememberedWithoutThoseThatVanished) {
    std::string first;
    for (int i = 0; i < 14; ++i) {
        const std::string file = put_elsewhere(std::to_string(i) + ".png");
        first = first.empty() ? file : first;
        use({file});
    }
    EXPECT_EQ(at_hand().size(), 12u);
    EXPECT_EQ(at_hand().front().name, "13");
    EXPECT_EQ(at_hand().back().name, "2");
    fs::remove(folder_.path() / "7.png");
    EXPECT_EQ(at_hand().size(), 11u);
    use({first}); // it takes the free place
    EXPECT_EQ(at_hand().size(), 12u);
    EXPECT_EQ(at_hand().front().name, "0");
}

TEST_F(StylesAtHandTest, AnyNameOfAFileIsRemembered) {
    const std::string odd = put_elsewhere("line\nand \xff % Ä.png");
    use({odd});
    g_autoptr(GPtrArray) styles = styles_at_hand();
    ASSERT_EQ(styles->len, 1u);
    const auto* style = static_cast<StyleAtHand*>(g_ptr_array_index(styles, 0));
    EXPECT_EQ(style->path, odd);
    EXPECT_TRUE(g_utf8_validate(style->name, -1, nullptr));
}

TEST_F(StylesAtHandTest, ADamagedFileOfThoseUsedLastIsNoFault) {
    put_elsewhere("maniera/last-styles.uris",
                  "\xff\n\nhttp://elsewhere/a.png\nfile:///no/such.png\n");
    EXPECT_EQ(at_hand(), List{});
}

TEST_F(StylesAtHandTest, LayersLeaveThoseUsedLastAsTheyAre) {
    use({put("waves.png")});
    Request* request = request_new(1, 1);
    g_ptr_array_add(request->styles, style_choice_new());
    styles_at_hand_used(request->styles);
    request_free(request);
    EXPECT_EQ(at_hand(), (List{{"waves", STYLE_LAST_USED}}));
}

TEST_F(StylesAtHandTest, ASearchFindsAllWordsInAnyCase) {
    put("Große Welle.png");
    put("Almond Blossom.png");
    EXPECT_EQ(at_hand("WELLE gr").size(), 1u);
    EXPECT_EQ(at_hand("blossom welle").size(), 0u);
    EXPECT_EQ(at_hand("GROSSE").size(), 1u);
    EXPECT_EQ(at_hand("  my ").size(), 2u) << "where they come from counts too";
    EXPECT_EQ(at_hand("").size(), 2u);
}

TEST_F(StylesAtHandTest, WhatIsDroppedIsCopiedOnce) {
    fs::remove_all(own_);
    const std::string file = put_elsewhere("waves.png");
    g_autofree char* copy = styles_folder_take(file.c_str(), nullptr);
    EXPECT_EQ(copy, (own_ / "waves.png").string());
    EXPECT_EQ(read_text(copy), png);
    g_autofree char* again = styles_folder_take(file.c_str(), nullptr);
    g_autofree char* itself = styles_folder_take(copy, nullptr);
    EXPECT_STREQ(again, copy);
    EXPECT_STREQ(itself, copy);
    EXPECT_EQ(at_hand().size(), 1u);
}

TEST_F(StylesAtHandTest, ADroppedNamesakeReplacesNothing) {
    put("waves.png");
    const std::string file = put_elsewhere("waves.png", png + " other");
    g_autofree char* copy = styles_folder_take(file.c_str(), nullptr);
    EXPECT_EQ(copy, (own_ / "waves (2).png").string());
    EXPECT_EQ(read_text(own_ / "waves.png"), png);
    EXPECT_EQ(at_hand().size(), 2u);
}

TEST_F(StylesAtHandTest, WhatIsDroppedAndNoPictureIsRefusedByName) {
    const std::string file = put_elsewhere("notes.txt", "a shopping list");
    g_autoptr(GError) error = nullptr;
    EXPECT_EQ(styles_folder_take(file.c_str(), &error), nullptr);
    ASSERT_NE(error, nullptr);
    EXPECT_EQ(error->code, PAINT_ERROR_UNREADABLE_IMAGE);
    EXPECT_TRUE(contains(error->message, "notes.txt")) << error->message;
    EXPECT_TRUE(fs::is_empty(own_));
}

TEST_F(StylesAtHandTest, SamplesAreDrawnOnceAndHaveNames) {
    Drawn drawn;
    ASSERT_NE(sample_styles_draw(Drawn::take, &drawn), nullptr);
    EXPECT_EQ(drawn.calls, 0) << "told before it returned";
    ASSERT_TRUE(wait_until([&] { return drawn.left == 0; }));
    EXPECT_EQ(drawn.calls, 4);
    EXPECT_EQ(drawn.error, "");
    EXPECT_EQ(at_hand(), (List{{"Oil strokes", STYLE_SAMPLE},
                               {"Stained glass", STYLE_SAMPLE},
                               {"Pen and ink", STYLE_SAMPLE},
                               {"Painted portrait", STYLE_SAMPLE}}));
    EXPECT_EQ(sample_styles_draw(Drawn::take, &drawn), nullptr) << "they are there";
}

TEST_F(StylesAtHandTest, ASampleThatVanishedIsDrawnAgainAlone) {
    Drawn drawn;
    sample_styles_draw(Drawn::take, &drawn);
    ASSERT_TRUE(wait_until([&] { return drawn.left == 0; }));
    g_autoptr(GPtrArray) paths = sample_styles();
    fs::remove(static_cast<const char*>(g_ptr_array_index(paths, 1)));
    EXPECT_EQ(at_hand().size(), 3u);
    Drawn again;
    ASSERT_NE(sample_styles_draw(Drawn::take, &again), nullptr);
    ASSERT_TRUE(wait_until([&] { return again.left == 0; }));
    EXPECT_EQ(again.calls, 1);
    EXPECT_EQ(at_hand().size(), 4u);
}

TEST_F(StylesAtHandTest, AUsedSampleKeepsItsName) {
    Drawn drawn;
    sample_styles_draw(Drawn::take, &drawn);
    ASSERT_TRUE(wait_until([&] { return drawn.left == 0; }));
    g_autoptr(GPtrArray) paths = sample_styles();
    use({static_cast<const char*>(g_ptr_array_index(paths, 2))});
    EXPECT_EQ(at_hand().front(), (Named{"Pen and ink", STYLE_LAST_USED}));
    EXPECT_EQ(at_hand().size(), 4u);
}

TEST_F(StylesAtHandTest, SamplesThatCannotBeDrawnAreToldOnce) {
    const Environment fake("MANIERA_FAKE", "leave");
    Drawn drawn;
    ASSERT_NE(sample_styles_draw(Drawn::take, &drawn), nullptr);
    ASSERT_TRUE(wait_until([&] { return drawn.calls > 0; }));
    run_main_loop(0.05);
    EXPECT_EQ(drawn.calls, 1);
    EXPECT_TRUE(contains(drawn.error, "strokes cannot be drawn")) << drawn.error;
    EXPECT_EQ(at_hand(), List{});
}

TEST_F(StylesAtHandTest, WhoForgetsTheDrawingHearsNoMore) {
    Drawn drawn;
    SampleDrawing* drawing = sample_styles_draw(Drawn::take, &drawn);
    sample_styles_forget(drawing);
    EXPECT_TRUE(wait_until([&] { return at_hand().size() == 1; }));
    run_main_loop(0.1);
    EXPECT_EQ(drawn.calls, 0);
}

} // namespace
} // namespace maniera::test
