// SPDX-License-Identifier: GPL-3.0-or-later

#include "helper/images/image_file.h"

#include "helper/images/output_format.h"
#include "tests/support/picture_files.h"
#include "tests/support/pictures.h"
#include "tests/support/process.h"
#include "tests/support/refusal.h"

#include <gtest/gtest.h>
#include <vips/vips.h>

#include <limits>
#include <sys/stat.h>
#include <unistd.h>

namespace maniera {
namespace {

using test::contains;
using test::largest_difference;
using test::mean_difference;
using test::read_text;
using test::refusal;
using test::smooth;
using test::write_text;

class ImageFile : public test::PictureFiles {};

TEST_F(ImageFile, KeepsEightBitsExactly) {
    for (const char* name : {"a.png", "a.tif", "a.TIFF"}) {
        save_picture(picture, {}, folder / name);
        const LoadedPicture loaded = load_picture(folder / name);
        EXPECT_LE(largest_difference(loaded.picture.color, picture.color), 0.5 / 255 + 1e-6)
            << name;
        EXPECT_EQ(loaded.info.depth, 8) << name;
        EXPECT_TRUE(loaded.picture.alpha.empty()) << name;
    }
}

TEST_F(ImageFile, KeepsSixteenBitsAndFloats) {
    FileInfo deep;
    deep.depth = 16;
    for (const char* name : {"a.png", "a.tif"}) {
        save_picture(picture, deep, folder / name);
        const LoadedPicture loaded = load_picture(folder / name);
        EXPECT_EQ(loaded.info.depth, 16) << name;
        EXPECT_LE(largest_difference(loaded.picture.color, picture.color), 0.5 / 65535 + 1e-6)
            << name;
    }
    deep.depth = 32;
    save_picture(picture, deep, folder / "f.tif");
    const LoadedPicture loaded = load_picture(folder / "f.tif");
    EXPECT_EQ(loaded.info.depth, 32);
    EXPECT_LE(largest_difference(loaded.picture.color, picture.color), 1e-6);
    save_picture(picture, deep, folder / "f.png"); // PNG has no floats
    EXPECT_EQ(load_picture(folder / "f.png").info.depth, 16);
}

TEST_F(ImageFile, LossyFormatsStayNear) {
    for (const char* name : {"a.jpg", "a.JPEG", "a.webp"}) {
        save_picture(picture, {}, folder / name);
        EXPECT_LT(mean_difference(load_picture(folder / name).picture.color, picture.color), 0.01)
            << name;
    }
}

TEST_F(ImageFile, KeepsAlpha) {
    Picture clear = picture;
    clear.alpha = Image(61, 47, 1);
    for (int y = 0; y < 47; ++y)
        for (int x = 0; x < 61; ++x)
            *clear.alpha.at(x, y) = x / 60.0f;
    for (const char* name : {"a.png", "a.tif"}) {
        save_picture(clear, {}, folder / name);
        const LoadedPicture loaded = load_picture(folder / name);
        ASSERT_FALSE(loaded.picture.alpha.empty()) << name;
        EXPECT_LE(largest_difference(loaded.picture.alpha, clear.alpha), 0.5 / 255 + 1e-6) << name;
        EXPECT_LE(largest_difference(loaded.picture.color, clear.color), 0.5 / 255 + 1e-6) << name;
    }
    save_picture(clear, {}, folder / "a.jpg"); // white where it is transparent
    const LoadedPicture flat = load_picture(folder / "a.jpg");
    EXPECT_TRUE(flat.picture.alpha.empty());
    EXPECT_GT(*flat.picture.color.at(0, 20), 0.95f);
}

TEST_F(ImageFile, AppliesOrientationOnce) {
    rewrite("start.png", "turned.jpg", [](VipsImage* in) { return test::oriented(in, 6); });
    const LoadedPicture loaded = load_picture(folder / "turned.jpg");
    EXPECT_EQ(loaded.picture.color.width, 47);
    EXPECT_EQ(loaded.picture.color.height, 61);
    EXPECT_LT(loaded.picture.color.at(2, 2)[0], 0.1f); // the left of the file is the top now
    EXPECT_GT(loaded.picture.color.at(2, 58)[0], 0.9f);
    save_picture(loaded.picture, loaded.info, folder / "again.jpg");
    EXPECT_EQ(load_picture(folder / "again.jpg").picture.color.width, 47);
}

TEST_F(ImageFile, ReadsProgressiveJpegs) {
    rewrite("start.png", "p.jpg[interlace,Q=95]", test::unchanged);
    EXPECT_LT(mean_difference(load_picture(folder / "p.jpg").picture.color, picture.color), 0.01);
}

TEST_F(ImageFile, ReadsPaletteGrayAndGrayAlpha) {
    rewrite("start.png", "palette.png[palette]", test::unchanged);
    EXPECT_LT(mean_difference(load_picture(folder / "palette.png").picture.color, picture.color),
              0.05);
    rewrite("start.png", "gray.png", test::gray);
    const Image gray = load_picture(folder / "gray.png").picture.color;
    ASSERT_EQ(gray.channels, 3);
    EXPECT_EQ(gray.at(30, 20)[0], gray.at(30, 20)[2]);
    rewrite("gray.png", "gray-alpha.png", [](VipsImage* in) { return test::with_alpha(in, 128); });
    const Picture both = load_picture(folder / "gray-alpha.png").picture;
    EXPECT_EQ(both.color.at(30, 20)[0], gray.at(30, 20)[0]);
    ASSERT_FALSE(both.alpha.empty());
    EXPECT_NEAR(*both.alpha.at(5, 5), 128 / 255.0, 1e-6);
}

TEST_F(ImageFile, ConvertsCmykAndWritesRgb) {
    rewrite("start.png", "cmyk.jpg[Q=95]", test::cmyk);
    const LoadedPicture loaded = load_picture(folder / "cmyk.jpg");
    ASSERT_EQ(loaded.picture.color.channels, 3);
    EXPECT_TRUE(loaded.picture.alpha.empty());
    EXPECT_LT(mean_difference(loaded.picture.color, picture.color), 0.1); // its gamut is smaller
    save_picture(loaded.picture, loaded.info, folder / "rgb.jpg");
    EXPECT_LT(mean_difference(load_picture(folder / "rgb.jpg").picture.color, loaded.picture.color),
              0.01);
}

TEST_F(ImageFile, ConvertsProfilesThereAndBack) {
    rewrite("start.png", "wide.png", test::wide);
    const LoadedPicture wide = load_picture(folder / "wide.png");
    EXPECT_LT(largest_difference(wide.picture.color, picture.color), 0.02);
    VipsImage* stored = vips_image_new_from_file((folder / "wide.png").c_str(), nullptr);
    double raw = 0;
    vips_avg(stored, &raw, nullptr);
    g_object_unref(stored);

    save_picture(wide.picture, wide.info, folder / "back.png");
    const LoadedPicture back = load_picture(folder / "back.png");
    EXPECT_LT(largest_difference(back.picture.color, wide.picture.color), 0.01);
    VipsImage* again = vips_image_new_from_file((folder / "back.png").c_str(), nullptr);
    EXPECT_NE(vips_image_get_typeof(again, VIPS_META_ICC_NAME), 0u);
    double kept = 0;
    vips_avg(again, &kept, nullptr);
    g_object_unref(again);
    EXPECT_NEAR(kept, raw, 65535 * 0.005); // stored in the profile's own numbers
}

TEST_F(ImageFile, KeepsMetadata) {
    rewrite("start.png", "exif.jpg", [](VipsImage* in) {
        VipsImage* out = vips_image_copy_memory(in);
        vips_image_set_string(out, "exif-ifd0-Artist", "Jane (Jane, ASCII, 5 components, 5 bytes)");
        out->Xres = out->Yres = 300 / 25.4;
        return out;
    });
    const LoadedPicture loaded = load_picture(folder / "exif.jpg");
    save_picture(loaded.picture, loaded.info, folder / "kept.jpg");
    VipsImage* kept = vips_image_new_from_file((folder / "kept.jpg").c_str(), nullptr);
    const char* artist = nullptr;
    ASSERT_EQ(vips_image_get_string(kept, "exif-ifd0-Artist", &artist), 0);
    EXPECT_TRUE(contains(artist, "Jane"));
    EXPECT_NEAR(kept->Xres, 300 / 25.4, 0.1);
    g_object_unref(kept);
}

TEST_F(ImageFile, MasksAreStoredLevels) {
    const Image mask = load_mask(folder / "start.png");
    ASSERT_EQ(mask.channels, 1);
    const Image color = load_picture(folder / "start.png").picture.color;
    const float* p = color.at(33, 21);
    EXPECT_NEAR(*mask.at(33, 21), 0.299f * p[0] + 0.587f * p[1] + 0.114f * p[2], 1e-5);
    // A profile has no say: levels are weights, not colours.
    rewrite("start.png", "tagged.png", [](VipsImage* in) {
        VipsImage* gray = nullptr;
        vips_extract_band(in, &gray, 0, nullptr);
        VipsImage* out = vips_image_copy_memory(gray);
        g_object_unref(gray);
        return out;
    });
    EXPECT_NEAR(*load_mask(folder / "tagged.png").at(33, 21), p[0], 1e-6);
}

TEST_F(ImageFile, RefusesWhatIsNoPicture) {
    write_text(folder / "text.png", "This is not a picture.");
    write_text(folder / "empty.jpg", "");
    EXPECT_TRUE(contains(refusal([&] { load_picture(folder / "none.png"); }), "does not exist"));
    EXPECT_TRUE(contains(refusal([&] { load_picture(folder.path().string()); }), "folder"));
    EXPECT_TRUE(contains(refusal([&] { load_picture(folder / "text.png"); }), "not a picture"));
    EXPECT_TRUE(contains(refusal([&] { load_picture(folder / "empty.jpg"); }), "empty"));
    EXPECT_TRUE(contains(refusal([&] { load_mask(folder / "none.png"); }), "does not exist"));
}

TEST_F(ImageFile, RefusesTruncatedFiles) {
    save_picture(smooth(300, 200), {}, folder / "whole.jpg");
    save_picture(smooth(300, 200), {}, folder / "whole.png");
    for (const char* name : {"whole.jpg", "whole.png"}) {
        const std::string bytes = read_text(folder / name);
        const std::string cut = folder / ("cut-" + std::string(name));
        write_text(cut, bytes.substr(0, bytes.size() / 2));
        EXPECT_NE(refusal([&] { load_picture(cut); }), "accepted") << name;
    }
}

TEST_F(ImageFile, RefusesNotANumber) {
    Picture broken = picture;
    broken.color.at(10, 10)[1] = std::numeric_limits<float>::quiet_NaN();
    FileInfo floats;
    floats.depth = 32;
    save_picture(broken, floats, folder / "nan.tif");
    EXPECT_TRUE(contains(refusal([&] { load_picture(folder / "nan.tif"); }), "NaN"));
}

TEST_F(ImageFile, OutputsAppearWholeOrNotAtAll) {
    EXPECT_TRUE(contains(refusal([&] { check_output(folder / "a.bmp"); }), ".png"));
    EXPECT_TRUE(contains(refusal([&] { check_output(folder / "none/a.png"); }), "does not exist"));
    std::filesystem::create_directory(folder / "dir.png");
    EXPECT_TRUE(contains(refusal([&] { check_output(folder / "dir.png"); }), "folder"));
    check_output(folder / "fine.png");
    EXPECT_EQ(folder.names(), (std::vector<std::string>{"dir.png", "start.png"}));
}

TEST_F(ImageFile, ReplacesWithTheSamePermissionsAndThroughLinks) {
    chmod((folder / "start.png").c_str(), 0640);
    std::filesystem::create_symlink(folder / "start.png", folder / "link.png");
    save_picture(smooth(20, 10), {}, folder / "link.png");
    EXPECT_TRUE(std::filesystem::is_symlink(folder / "link.png"));
    EXPECT_EQ(load_picture(folder / "start.png").picture.color.width, 20);
    struct stat after {};
    ASSERT_EQ(stat((folder / "start.png").c_str(), &after), 0);
    EXPECT_EQ(after.st_mode & 0777, 0640u);
}

TEST_F(ImageFile, TakesSpacesAndUtf8InNames) {
    const std::string name = folder / "Bild für die Küche, 猫.png";
    save_picture(picture, {}, name);
    EXPECT_LE(largest_difference(load_picture(name).picture.color, picture.color), 0.01);
}

} // namespace
} // namespace maniera
