// SPDX-License-Identifier: GPL-3.0-or-later
// Recipes, last values and presets.
#include "tests/plugin/talk.h"
#include "tests/support/fake_host.h"
#include "tests/support/process.h"
#include "tests/support/refusal.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

extern "C" {
#include "plugin/run/recipe.h"
#include "plugin/run/settings.h"
}

namespace maniera::test {
namespace {

struct RequestFree {
    void operator()(Request* request) const { request_free(request); }
};
using Asked = std::unique_ptr<Request, RequestFree>;

StyleChoice* add_style(Request* request, int drawable, const char* file = nullptr) {
    StyleChoice* style = style_choice_new();
    style->drawable = drawable;
    style->file = g_strdup(file);
    g_ptr_array_add(request->styles, style);
    return style;
}

const StyleChoice& style_of(const Asked& request, int i) {
    return *static_cast<StyleChoice*>(g_ptr_array_index(request->styles, i));
}

void set(Request* request, const char* name, const char* value) {
    char message[MANIERA_MESSAGE_MAX];
    ASSERT_TRUE(maniera_option_set(&request->options, name, value, message)) << message;
}

std::string recipe_of(const Asked& request, const char* model = nullptr) {
    g_autofree char* text = recipe_text(request.get());
    g_autofree char* whole = recipe_with_model(text, model);
    return whole;
}

// The same recipe, as if another GIMP had written it.
std::string of_another_session(std::string recipe) {
    const std::string own = host_session();
    const std::size_t at = recipe.find(own);
    EXPECT_NE(at, std::string::npos);
    return recipe.replace(at, own.size(), "another");
}

std::string refused(const std::string& recipe, Request* request, int* code = nullptr) {
    g_autoptr(GError) error = nullptr;
    if (recipe_apply(recipe.c_str(), request, nullptr, &error))
        return "accepted";
    if (code)
        *code = error->code;
    return error->message;
}

// The request with the values of the last run, and what of them is missing.
bool load_last(const Asked& request, std::string* what = nullptr) {
    g_autofree char* missing = nullptr;
    const bool loaded = last_values_load(request.get(), &missing);
    if (what)
        *what = missing ? missing : "";
    return loaded;
}

// As version 0.1.0 wrote it.
std::string without_hashes(std::string recipe) {
    const std::string mark = "\"sha256\"";
    for (std::size_t at; (at = recipe.find(mark)) != std::string::npos;)
        recipe.replace(at, mark.size(), "\"unknown\"");
    return recipe;
}

class SettingsTest : public testing::Test {
protected:
    static void SetUpTestSuite() { gegl_init(nullptr, nullptr); } // recipes hash pixels

    SettingsTest() {
        fake_host().clear();
        fake_host().folder = folder_.path().string();
        content_ = fake_host().add_layer("Background");
        style_ = fake_host().add_layer("Starry Night", 1, 31, 17); // other pixels than any other
        other_style_ = fake_host().add_layer("The Scream", 2);
        FakeDrawable drawable;
        drawable.kind = HOST_CHANNEL;
        drawable.name = "Sky";
        drawable.image_name = "picture1.xcf";
        channel_ = fake_host().add(drawable);
        drawable.kind = HOST_LAYER_MASK;
        drawable.name = "Background";
        mask_ = fake_host().add(drawable);
        drawable.kind = HOST_SELECTION;
        drawable.name = "";
        selection_ = fake_host().add(drawable);
    }
    ~SettingsTest() override { fake_host().clear(); }

    Asked request() const {
        Asked request(request_new(1, content_));
        set(request.get(), "size", "512");
        set(request.get(), "quality", "draft");
        StyleChoice* first = add_style(request.get(), style_);
        first->weight = 0.25;
        first->scale = 1.5;
        first->mask = channel_;
        first->style_mask = mask_;
        StyleChoice* second = add_style(request.get(), other_style_);
        second->weight = NAN;
        second->mask = selection_;
        add_style(request.get(), -1, "/home/me/B\u00e4ume.jpg");
        return request;
    }

    Asked with_files(std::vector<std::string>& files) const;

    void expect_styles(const Asked& got) const {
        ASSERT_EQ(got->styles->len, 3u);
        EXPECT_EQ(style_of(got, 0).drawable, style_);
        EXPECT_EQ(style_of(got, 0).weight, 0.25);
        EXPECT_EQ(style_of(got, 0).scale, 1.5);
        EXPECT_EQ(style_of(got, 0).mask, channel_);
        EXPECT_EQ(style_of(got, 0).style_mask, mask_);
        EXPECT_EQ(style_of(got, 0).file, nullptr);
        EXPECT_EQ(style_of(got, 1).drawable, other_style_);
        EXPECT_TRUE(std::isnan(style_of(got, 1).weight));
        EXPECT_EQ(style_of(got, 1).scale, 0);
        EXPECT_EQ(style_of(got, 1).mask, selection_);
        EXPECT_EQ(style_of(got, 1).style_mask, -1);
        EXPECT_STREQ(style_of(got, 2).file, "/home/me/B\u00e4ume.jpg");
        EXPECT_EQ(style_of(got, 2).drawable, -1);
    }

    ScratchFolder folder_;
    int content_, style_, other_style_, channel_, mask_, selection_;
};

TEST_F(SettingsTest, ARecipeBringsTheRequestBack) {
    const Asked asked = request(), got(request_new(1, content_));
    const std::string recipe = recipe_of(asked, "abc123");
    EXPECT_TRUE(contains(recipe, "abc123"));
    ASSERT_EQ(refused(recipe, got.get()), "accepted");
    expect_styles(got);
    EXPECT_EQ(got->options.size, 512);
    EXPECT_TRUE(maniera_option_is_set(&got->options, "quality"));
    EXPECT_TRUE(maniera_option_is_set(&got->options, "seed")); // what chance decided is kept
    EXPECT_FALSE(maniera_option_is_set(&got->options, "colors"));
}

// Parts of other pixels are other parts, whatever their numbers.
TEST_F(SettingsTest, PairsOfPartsHoldForThePixelsThatTheyWereChosenFor) {
    const Asked asked = request();
    part_pairs_set(&asked->pairs, 3, 2, 3);
    const std::string recipe = recipe_of(asked);
    const auto pairs_on = [&](int layer, const std::string& text) {
        const Asked got(request_new(1, layer));
        EXPECT_EQ(refused(text, got.get()), "accepted");
        return got->pairs;
    };
    EXPECT_EQ(pairs_on(content_, recipe).count, 3u);
    EXPECT_EQ(part_pairs_get(&asked->pairs, 2), 3u);
    EXPECT_EQ(pairs_on(content_, of_another_session(recipe)).count, 3u);
    const int other = fake_host().add_layer("Background", 1, 40, 30);
    EXPECT_EQ(pairs_on(other, recipe).count, 0u);
    // Nor of other styles.
    fake_host().drawables[style_].shown_in_list = false;
    const Asked got(request_new(1, content_));
    g_autofree char* missing = nullptr;
    EXPECT_TRUE(recipe_apply(recipe.c_str(), got.get(), &missing, nullptr));
    EXPECT_NE(missing, nullptr);
    EXPECT_EQ(got->pairs.count, 0u);
}

TEST_F(SettingsTest, LastPairsOfPartsHoldInTheSameSession) {
    const Asked asked = request();
    part_pairs_set(&asked->pairs, 2, 1, PART_WHOLE);
    last_values_save(asked.get());
    const Asked got(request_new(1, content_));
    ASSERT_TRUE(load_last(got));
    ASSERT_EQ(got->pairs.count, 2u);
    EXPECT_EQ(part_pairs_get(&got->pairs, 1), unsigned{PART_WHOLE});
    const std::string path = folder_ / "maniera/last-values.json";
    write_text(path, of_another_session(read_text(path)));
    const Asked later(request_new(1, content_));
    ASSERT_TRUE(load_last(later));
    EXPECT_EQ(later->pairs.count, 0u);
}

TEST_F(SettingsTest, ARecipeOfVersion010HasOtherNamesOfMasks) {
    const auto renamed = [](std::string recipe, const std::string& from, const std::string& to) {
        std::size_t at;
        while ((at = recipe.find('"' + from + '"')) != std::string::npos)
            recipe.replace(at + 1, from.size(), to);
        return recipe;
    };
    const std::string recipe = recipe_of(request());
    ASSERT_TRUE(contains(recipe, "\"mask\""));
    ASSERT_TRUE(contains(recipe, "\"style-mask\""));
    const Asked got(request_new(1, content_));
    ASSERT_EQ(refused(renamed(renamed(recipe, "mask", "region"), "style-mask", "part"), got.get()),
              "accepted");
    expect_styles(got);
}

TEST_F(SettingsTest, WhereIdsMeanNothingPixelsDecide) {
    const std::string recipe = of_another_session(recipe_of(request()));
    // The layers of a later session, with other ids that were others' then.
    FakeDrawable twin = fake_host().drawables.at(style_);
    fake_host().drawables.at(style_).pixels[0] = 0.5f; // a namesake
    const int named = fake_host().add(twin);
    const Asked got(request_new(1, content_));
    ASSERT_EQ(refused(recipe, got.get()), "accepted");
    EXPECT_EQ(style_of(got, 0).drawable, named);
    EXPECT_EQ(style_of(got, 1).mask, selection_);
    // Also under another name, in another image.
    fake_host().drawables.at(named).name = "Renamed";
    fake_host().drawables.at(named).image = 7;
    ASSERT_EQ(refused(recipe, got.get()), "accepted");
    EXPECT_EQ(style_of(got, 0).drawable, named);
}

TEST_F(SettingsTest, ANamesakeIsNotTakenForAStyle) {
    const std::string recipe = of_another_session(recipe_of(request()));
    fake_host().drawables.at(style_).pixels[0] = 0.5f;
    const Asked got(request_new(1, content_));
    EXPECT_TRUE(contains(refused(recipe, got.get()), "\"Starry Night\""));
}

TEST_F(SettingsTest, AMaskOfTheSameNameInThisImageIsItsMask) {
    const std::string recipe = of_another_session(recipe_of(request()));
    fake_host().drawables.at(channel_).pixels[0] = 0.5f; // that of another photograph
    const Asked got(request_new(1, content_));
    ASSERT_EQ(refused(recipe, got.get()), "accepted");
    EXPECT_EQ(style_of(got, 0).mask, channel_);
    fake_host().drawables.at(channel_).image = 2;
    EXPECT_TRUE(contains(refused(recipe, got.get()), "\"Sky\""));
}

TEST_F(SettingsTest, WithoutHashesNamesAreTaken) {
    const std::string recipe = without_hashes(of_another_session(recipe_of(request())));
    fake_host().drawables.at(style_).name = "Something else";
    const int style = fake_host().add_layer("Starry Night");
    const Asked got(request_new(1, content_));
    ASSERT_EQ(refused(recipe, got.get()), "accepted");
    EXPECT_EQ(style_of(got, 0).drawable, style);
}

TEST_F(SettingsTest, TheContentIsNeverItsOwnStyle) {
    Asked asked(request_new(1, content_));
    add_style(asked.get(), style_);
    const Asked got(request_new(1, style_)); // the same session, the style's own layer
    EXPECT_TRUE(contains(refused(recipe_of(asked), got.get()), "its own style"));
    EXPECT_NE(refused(of_another_session(recipe_of(asked)), got.get()), "accepted");
    EXPECT_NE(refused(without_hashes(of_another_session(recipe_of(asked))), got.get()), "accepted");
    last_values_save(asked.get());
    std::string missing;
    EXPECT_TRUE(load_last(got, &missing));
    EXPECT_EQ(got->styles->len, 0u);
    EXPECT_TRUE(contains(missing, "its own style")) << missing;
}

TEST_F(SettingsTest, ARecipeOfSomebodyElseDecidesOnlySizeAndLook) {
    const std::string head = R"({"maniera": "1", "styles": [{"file": "/a.png"}], "options": {)";
    const Asked got(request_new(1, content_));
    ASSERT_EQ(
        refused(head + R"("size": 300, "strength": 70, "scales": 2, "preview": "/home/me/.bashrc",
                                "preview-interval": 1, "device": "cuda:7", "memory": 64,
                                "threads": 1000, "tile": 16, "time-limit": 1, "precision": "bf16",
                                "model": "vgg19"}})",
                got.get()),
        "accepted");
    EXPECT_EQ(got->options.size, 300);
    EXPECT_EQ(got->options.strength, 70);
    EXPECT_EQ(got->options.scales, 2);
    EXPECT_STREQ(got->options.model, "vgg19");
    for (const char* name : {"preview", "preview-interval", "device", "memory", "threads", "tile",
                             "time-limit", "precision"})
        EXPECT_FALSE(maniera_option_is_set(&got->options, name)) << name;
    for (const char* model : {"/tmp/evil.safetensors", "../evil", "evil.bin", "~x"}) {
        const std::string why =
            refused(head + "\"size\": 77, \"model\": \"" + model + "\"}}", got.get());
        EXPECT_TRUE(contains(why, "model")) << why;
        EXPECT_EQ(got->options.size, 300);
    }
}

TEST_F(SettingsTest, OnesOwnLastValuesKeepTheComputersSettings) {
    const Asked asked = request(), got(request_new(1, content_));
    set(asked.get(), "threads", "3");
    set(asked.get(), "model", "/home/me/own.safetensors");
    last_values_save(asked.get());
    ASSERT_TRUE(load_last(got));
    EXPECT_EQ(got->options.threads, 3);
    EXPECT_STREQ(got->options.model, "/home/me/own.safetensors");
}

TEST_F(SettingsTest, InTheSameSessionARenamedLayerIsFound) {
    const std::string recipe = recipe_of(request());
    fake_host().drawables.at(style_).name = "Renamed";
    const Asked got(request_new(1, content_));
    ASSERT_EQ(refused(recipe, got.get()), "accepted");
    EXPECT_EQ(style_of(got, 0).drawable, style_);
}

TEST_F(SettingsTest, AnImagesNameDecidesBetweenLayersOfOneName) {
    Asked asked(request_new(1, content_));
    add_style(asked.get(), style_);
    const int twin = fake_host().add_layer("Starry Night", 3);
    const std::string recipe = without_hashes(of_another_session(recipe_of(asked)));
    const Asked in_three(request_new(3, fake_host().add_layer("Photo", 3)));
    ASSERT_EQ(refused(recipe, in_three.get()), "accepted");
    EXPECT_EQ(style_of(in_three, 0).drawable, style_);
    // Without that image, the request's own has one of this name.
    fake_host().drawables.erase(style_);
    ASSERT_EQ(refused(recipe, in_three.get()), "accepted");
    EXPECT_EQ(style_of(in_three, 0).drawable, twin);
    // Another image's does not count.
    const Asked in_one(request_new(1, content_));
    EXPECT_NE(refused(recipe, in_one.get()), "accepted");
}

TEST_F(SettingsTest, WhatIsMissingIsNamedAndTheRequestStays) {
    const std::string recipe = recipe_of(request());
    const Asked got = request();
    g_ptr_array_set_size(got->styles, 1);
    set(got.get(), "size", "99");
    for (const int gone : {other_style_, channel_, mask_}) {
        const FakeDrawable drawable = fake_host().drawables.at(gone);
        fake_host().drawables.erase(gone);
        int code = -1;
        const std::string why = refused(recipe, got.get(), &code);
        EXPECT_EQ(code, PAINT_ERROR_INVALID_REQUEST);
        EXPECT_TRUE(contains(why, "\"" + drawable.name + "\"")) << why;
        EXPECT_TRUE(contains(why, drawable.image_name)) << why;
        EXPECT_EQ(got->styles->len, 1u);
        EXPECT_EQ(got->options.size, 99);
        fake_host().drawables[gone] = drawable;
    }
}

TEST_F(SettingsTest, FilesOfAnyBytesAreFoundAgain) {
    for (const char* file : {"/tmp/caf\xe9.png", "/tmp/a b%20\"c\".png", "file:/odd", "relative"}) {
        Asked asked(request_new(1, content_));
        add_style(asked.get(), -1, file);
        const std::string recipe = recipe_of(asked);
        EXPECT_TRUE(g_utf8_validate(recipe.c_str(), -1, nullptr));
        const Asked got(request_new(1, content_));
        ASSERT_EQ(refused(recipe, got.get()), "accepted");
        EXPECT_STREQ(style_of(got, 0).file, file);
    }
}

TEST_F(SettingsTest, WhatIsNoRecipeIsRefused) {
    const Asked got = request();
    for (const std::string& text :
         {std::string(""), std::string("{}"), std::string("[]"), std::string("\xff"),
          std::string("not JSON"), std::string(R"({"maniera": 5})"),
          "{\"maniera\": " + std::string(100000, '['),
          std::string(R"({"maniera": "1", "styles": [5]})"),
          std::string(R"({"maniera": "1", "styles": [{"drawable": {}}]})"),
          std::string(R"({"maniera": "1", "styles": [{"drawable": {"kind": 1, "name": null}}]})"),
          std::string(R"({"maniera": "1", "options": {"sise": 512}})"),
          std::string(R"({"maniera": "1", "options": {"size": "large"}})")}) {
        EXPECT_NE(refused(text, got.get()), "accepted") << text.substr(0, 80);
        EXPECT_EQ(got->styles->len, 3u);
        EXPECT_EQ(got->options.size, 512);
    }
}

// Last values

TEST_F(SettingsTest, LastValuesComeBackWithoutASeedThatNobodyChose) {
    const Asked asked = request(), got(request_new(1, content_));
    last_values_save(asked.get());
    ASSERT_TRUE(load_last(got));
    expect_styles(got);
    EXPECT_EQ(got->options.size, 512);
    EXPECT_FALSE(maniera_option_is_set(&got->options, "seed"));
}

TEST_F(SettingsTest, LastValuesLeaveOutAndNameWhatIsNoLongerThere) {
    last_values_save(request().get());
    fake_host().drawables.erase(other_style_);
    fake_host().drawables.erase(channel_);
    const Asked got(request_new(1, content_));
    std::string missing;
    ASSERT_TRUE(load_last(got, &missing));
    EXPECT_TRUE(contains(missing, "\"The Scream\" from the image \"picture2.xcf\"")) << missing;
    EXPECT_TRUE(contains(missing, "\"Sky\"")) << missing;
    ASSERT_EQ(got->styles->len, 2u);
    EXPECT_EQ(style_of(got, 0).drawable, style_);
    EXPECT_EQ(style_of(got, 0).mask, -1);
    EXPECT_EQ(style_of(got, 0).style_mask, mask_);
    EXPECT_STREQ(style_of(got, 1).file, "/home/me/B\u00e4ume.jpg");
}

TEST_F(SettingsTest, LastValuesOfAnotherVersionAreTakenAsFarAsTheyGo) {
    std::filesystem::create_directory(folder_ / "maniera");
    write_text(
        folder_ / "maniera/last-values.json",
        R"({"maniera": "9", "options": {"of-the-future": 1, "quality": "sublime", "size": 300}})");
    const Asked got(request_new(1, content_));
    ASSERT_TRUE(load_last(got));
    EXPECT_EQ(got->options.size, 300);
    EXPECT_FALSE(maniera_option_is_set(&got->options, "quality"));
}

TEST_F(SettingsTest, TornOrMissingLastValuesChangeNothing) {
    const Asked got = request();
    EXPECT_FALSE(load_last(got));
    const Asked empty(request_new(1, content_));
    last_values_save(empty.get());
    const std::string file = folder_ / "maniera/last-values.json";
    const std::string whole = read_text(file);
    for (std::size_t length :
         {std::size_t(0), std::size_t(1), whole.size() / 2, whole.size() - 2}) {
        write_text(file, whole.substr(0, length));
        EXPECT_FALSE(load_last(got)) << length;
        EXPECT_EQ(got->styles->len, 3u);
    }
}

TEST_F(SettingsTest, WhereNothingCanBeWrittenNothingBreaks) {
    fake_host().folder = "/proc/nowhere";
    last_values_save(request().get());
    g_autoptr(GError) error = nullptr;
    EXPECT_FALSE(preset_save("p", request().get(), &error));
    ASSERT_NE(error, nullptr);
    EXPECT_EQ(error->code, PAINT_ERROR_HOST);
    EXPECT_EQ(preset_names()->len, 0u);
}

// Presets

std::vector<std::string> names() {
    g_autoptr(GPtrArray) list = preset_names();
    std::vector<std::string> names;
    for (guint i = 0; i < list->len; ++i)
        names.push_back(static_cast<char*>(g_ptr_array_index(list, i)));
    return names;
}

// Returns the sentences about files that vanished.
std::string load_preset(const std::string& name, const Asked& into) {
    g_autofree char* missing = nullptr;
    EXPECT_TRUE(preset_load(name.c_str(), into.get(), &missing, nullptr)) << name;
    return missing ? missing : "";
}

TEST_F(SettingsTest, PresetsHaveAnyNames) {
    EXPECT_TRUE(names().empty());
    const std::vector<std::string> all = {"../../etc/passwd", "Oil", "a \"b\"\n\\", "",
                                          "\u6cb9\u7d75"};
    const Asked asked = request(), got(request_new(1, content_));
    for (std::size_t i = 0; i < all.size(); ++i) {
        set(asked.get(), "size", std::to_string(100 + i).c_str());
        ASSERT_TRUE(preset_save(all[i].c_str(), asked.get(), nullptr));
    }
    EXPECT_EQ(names().size(), all.size());
    for (std::size_t i = 0; i < all.size(); ++i) {
        load_preset(all[i], got);
        EXPECT_EQ(got->options.size, 100 + static_cast<int>(i));
    }
    EXPECT_EQ(folder_.names(), std::vector<std::string>{"maniera"});
}

TEST_F(SettingsTest, PresetsAreReplacedAndDeleted) {
    const Asked asked(request_new(1, content_)), got(request_new(1, content_));
    ASSERT_TRUE(preset_save("b", asked.get(), nullptr));
    ASSERT_TRUE(preset_save("a", asked.get(), nullptr));
    set(asked.get(), "quality", "high");
    ASSERT_TRUE(preset_save("a", asked.get(), nullptr));
    EXPECT_EQ(names(), (std::vector<std::string>{"a", "b"}));
    // What the preset does not set is not set afterwards.
    set(got.get(), "size", "77");
    load_preset("a", got);
    EXPECT_EQ(std::memcmp(&got->options, &asked->options, sizeof got->options), 0);
    ASSERT_TRUE(preset_delete("a", nullptr));
    EXPECT_EQ(names(), std::vector<std::string>{"b"});
    g_autoptr(GError) error = nullptr;
    g_autofree char* missing = nullptr;
    EXPECT_FALSE(preset_load("a", got.get(), &missing, &error));
    ASSERT_NE(error, nullptr);
    EXPECT_TRUE(contains(error->message, "\"a\"")) << error->message;
    EXPECT_FALSE(preset_delete("a", nullptr));
}

// A request with a layer, a picture file, a style pack and a file whose name is not UTF-8.
Asked SettingsTest::with_files(std::vector<std::string>& files) const {
    Asked asked = request();
    g_ptr_array_set_size(asked->styles, 2); // the layers
    for (const char* name : {"B\u00e4ume.jpg", "waves.maniera-style", "\xe9t\xe9.png"}) {
        files.push_back(folder_ / name);
        write_text(files.back(), "a style");
        add_style(asked.get(), -1, files.back().c_str())->weight = 0.5 * double(files.size());
    }
    auto* pack = static_cast<StyleChoice*>(g_ptr_array_index(asked->styles, 3));
    pack->scale = 2;
    pack->mask = channel_;
    return asked;
}

TEST_F(SettingsTest, APresetBringsItsFilesBackWithTheirWeightsAndNoLayers) {
    std::vector<std::string> files;
    const Asked asked = with_files(files), got = request();
    ASSERT_TRUE(preset_save("mine", asked.get(), nullptr));
    EXPECT_EQ(load_preset("mine", got), "");
    ASSERT_EQ(got->styles->len, files.size());
    for (std::size_t i = 0; i < files.size(); ++i) {
        const StyleChoice& style = style_of(got, static_cast<int>(i));
        EXPECT_STREQ(style.file, files[i].c_str());
        EXPECT_EQ(style.drawable, -1);
        EXPECT_EQ(style.weight, 0.5 * double(i + 1));
        EXPECT_EQ(style.scale, i == 1 ? 2 : 0);
        EXPECT_EQ(style.mask, -1) << "another day it would be another drawable";
    }
    EXPECT_EQ(got->options.size, 512);
}

TEST_F(SettingsTest, APresetWithoutFilesLeavesTheStyles) {
    const Asked asked = request(), got = request();
    g_ptr_array_set_size(asked->styles, 2);
    ASSERT_TRUE(preset_save("mine", asked.get(), nullptr));
    EXPECT_EQ(load_preset("mine", got), "");
    expect_styles(got);
}

TEST_F(SettingsTest, FilesOfAPresetThatVanishedAreNamedAndLeftOut) {
    std::vector<std::string> files;
    const Asked asked = with_files(files), got = request();
    ASSERT_TRUE(preset_save("mine", asked.get(), nullptr));
    std::filesystem::remove(files[0]);
    std::filesystem::remove(files[1]);
    std::filesystem::create_directory(files[1]); // a folder is no style
    const std::string missing = load_preset("mine", got);
    EXPECT_EQ(missing, files[0] + " is no longer there. Put it back, or choose another style.\n" +
                           files[1] + " is no longer there. Put it back, or choose another style.");
    ASSERT_EQ(got->styles->len, 1u);
    EXPECT_STREQ(style_of(got, 0).file, files[2].c_str());
}

TEST_F(SettingsTest, StylesOfADamagedPresetAreTakenAsFarAsTheyGo) {
    std::filesystem::create_directory(folder_ / "maniera");
    const std::string file = folder_ / "style.png";
    write_text(file, "a style");
    write_text(
        folder_ / "maniera/presets.json",
        R"({"odd": {"size": 77, "styles": "text"}, "list": {"styles": [7, {}, {"weight": 2},)"
        R"({"file": 3}, {"file": ")" +
            file + R"(", "weight": "much"}]}})");
    const Asked got = request();
    EXPECT_EQ(load_preset("odd", got), "");
    EXPECT_EQ(got->options.size, 77);
    expect_styles(got);
    EXPECT_EQ(load_preset("list", got), "");
    ASSERT_EQ(got->styles->len, 1u);
    EXPECT_STREQ(style_of(got, 0).file, file.c_str());
    EXPECT_TRUE(std::isnan(style_of(got, 0).weight));
}

TEST_F(SettingsTest, ADamagedFileOfPresetsIsNotWrittenOver) {
    ASSERT_TRUE(preset_save("mine", request().get(), nullptr));
    const std::string file = folder_ / "maniera/presets.json";
    write_text(file, "{\"mine\": {\"size\": 5");
    g_autoptr(GError) error = nullptr;
    EXPECT_FALSE(preset_save("new", request().get(), &error));
    ASSERT_NE(error, nullptr);
    EXPECT_TRUE(contains(error->message, file)) << error->message;
    EXPECT_EQ(read_text(file), "{\"mine\": {\"size\": 5");
    EXPECT_TRUE(names().empty());
}

TEST_F(SettingsTest, TheTickOfTheQuickLookStaysAsItWasLeft) {
    EXPECT_TRUE(quick_look_load());
    for (const bool wanted : {false, true, false}) {
        quick_look_save(wanted);
        EXPECT_EQ(quick_look_load() != FALSE, wanted);
    }
    write_text(fake_host().folder + "/maniera/dialog.json", "{\"quick-loo");
    EXPECT_TRUE(quick_look_load());
}

} // namespace
} // namespace maniera::test
