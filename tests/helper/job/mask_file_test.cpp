// SPDX-License-Identifier: GPL-3.0-or-later
// Masks of many programs.

#include "helper/job/mask_file.h"

#include "helper/images/row_reader.h"
#include "helper/job/inputs.h"
#include "tests/support/picture_files.h"
#include "tests/support/pictures.h"
#include "tests/support/refusal.h"

#include <gtest/gtest.h>

#include <functional>

namespace maniera {
namespace {

using test::contains;
using test::largest_difference;
using test::refusal;

class MaskFile : public test::PictureFiles {
protected:
    // Levels of 255, by column and row.
    void save(const std::string& name, int width, int height,
              const std::function<int(int x, int y)>& level) const {
        Picture mask;
        mask.color = Image(width, height, 3);
        for (int y = 0; y < height; ++y)
            for (int x = 0; x < width; ++x)
                std::fill_n(mask.color.at(x, y), 3, level(x, y) / 255.0f);
        save_picture(mask, {}, folder / name);
    }
    Image read(const std::string& name) {
        remarks.clear();
        return read_mask_file(folder / name, remarks);
    }
    std::string says(const std::string& name) {
        read(name);
        return remarks.empty() ? "" : remarks.front();
    }
    std::vector<std::string> remarks;
};

TEST_F(MaskFile, WhiteOnBlackIsTakenWithoutAWord) {
    save("m.png", 60, 40, [](int x, int) { return x < 30 ? 255 : 0; });
    save("soft.png", 60, 40, [](int x, int) { return 4 * x; });
    EXPECT_EQ(says("m.png"), "");
    EXPECT_EQ(says("soft.png"), "");
}

TEST_F(MaskFile, ZeroAndOneAreBlackAndWhite) {
    save("m.png", 60, 40, [](int x, int) { return x < 30 ? 1 : 0; });
    const Image mask = read("m.png");
    EXPECT_EQ(*mask.at(10, 10), 1);
    EXPECT_EQ(*mask.at(40, 10), 0);
    EXPECT_TRUE(contains(remarks.front(), "0 and 1"));
}

TEST_F(MaskFile, MapsOfLabelsAreRefused) {
    save("three.png", 60, 40, [](int x, int) { return x / 20; });
    save("ten.png", 60, 40, [](int x, int) { return x / 6; });
    for (const char* name : {"three.png", "ten.png"})
        EXPECT_TRUE(contains(refusal([&] { read(name); }), "map of labels")) << name;
}

TEST_F(MaskFile, NextToNothingIsTold) {
    save("spot.png", 100, 100, [](int x, int y) { return x < 2 && y < 2 ? 255 : 0; });
    save("area.png", 100, 100, [](int x, int y) { return x < 5 && y < 5 ? 255 : 0; });
    EXPECT_TRUE(contains(says("spot.png"), "thousandth"));
    EXPECT_EQ(says("area.png"), "");
}

TEST_F(MaskFile, ColorsOfAPaletteAreTold) {
    Picture labels;
    labels.color = Image(60, 40, 3);
    for (int y = 0; y < 40; ++y)
        for (int x = 0; x < 60; ++x)
            labels.color.at(x, y)[x / 20] = 0.5f;
    save_picture(labels, {}, folder / "colors.png");
    rewrite("colors.png", "palette.png[palette]", test::unchanged);
    save("m.png", 60, 40, [](int x, int) { return x < 30 ? 255 : 0; });
    rewrite("m.png", "gray-palette.png[palette]", test::unchanged);
    EXPECT_TRUE(contains(says("colors.png"), "in color"));
    EXPECT_TRUE(contains(says("palette.png"), "in color"));
    EXPECT_EQ(says("gray-palette.png"), "");
}

TEST_F(MaskFile, OnAlphaAreMeantWhereAllElseIsBlack) {
    Picture mask;
    mask.color = Image(60, 40, 3);
    mask.alpha = Image(60, 40, 1);
    for (int y = 0; y < 40; ++y)
        for (int x = 0; x < 30; ++x)
            *mask.alpha.at(x, y) = 0.8f;
    save_picture(mask, {}, folder / "black.png");
    const Image levels = read("black.png");
    EXPECT_NEAR(*levels.at(10, 10), 0.8, 1e-6);
    EXPECT_EQ(*levels.at(40, 10), 0);
    EXPECT_EQ(largest_difference(open_mask_rows(folder / "black.png").read({0, 40}), levels), 0);

    std::fill(mask.color.pixels.begin(), mask.color.pixels.end(), 1.0f);
    save_picture(mask, {}, folder / "white.png");
    EXPECT_EQ(largest_difference(read("white.png"), levels), 0);

    rewrite("black.png", "opaque.png", [](VipsImage* in) { // a black mask is none by its alpha
        VipsImage *black = nullptr, *out = nullptr;
        vips_extract_band(in, &black, 0, "n", 3, nullptr);
        vips_bandjoin_const1(black, &out, 255.0, nullptr);
        g_object_unref(black);
        return out;
    });
    EXPECT_EQ(*read("opaque.png").at(10, 10), 0);
}

// As the ranks of a run read them.
TEST_F(MaskFile, MeansTheSameByRows) {
    save("labels.png", 60, 40, [](int x, int) { return x / 20; });
    save("one.png", 60, 40, [](int x, int y) { return x < 30 && y > 10 ? 1 : 0; });
    save("spot.png", 1000, 100, [](int x, int y) { return x < 2 && y < 2 ? 255 : 0; });
    save("soft.png", 60, 40, [](int x, int) { return 4 * x; });
    rewrite("soft.png", "tiled.tif[tile]", test::unchanged);
    save_picture({"", test::make_noise(60, 40, 3, 1), {}}, {}, folder / "colors.png");
    for (const char* name :
         {"labels.png", "one.png", "spot.png", "soft.png", "tiled.tif", "colors.png"}) {
        Job job;
        job.content.file = folder / "soft.png";
        job.styles.push_back({{folder / "soft.png", {}}, {folder / name, {}}, {}, {}, 0});
        const auto whole = [&] { return load_inputs(job); };
        const auto by_rows = [&] { return open_inputs(job); };
        const std::string refused = refusal([&] { whole(); });
        EXPECT_EQ(refusal([&] { by_rows(); }), refused) << name;
        EXPECT_EQ(contains(refused, "map of labels"), name == std::string("labels.png"));
        if (name == std::string("labels.png"))
            continue;
        EXPECT_EQ(by_rows().remarks, whole().remarks) << name;
        const RowSource mask = by_rows().inputs.styles[0].mask;
        const Image rows = mask.read({7, 31});
        const Image all = take_whole(whole().inputs.styles[0].mask);
        EXPECT_EQ(largest_difference(rows, copy(rows_in(all, {7, 31}))), 0) << name;
    }
}

TEST_F(MaskFile, OfAnotherShapeIsToldWithBothShapes) {
    EXPECT_EQ(remark_on_shape("m", {40, 30}, "p", {161, 117}), ""); // about the same
    const std::string turned = remark_on_shape("m", {120, 160}, "p", {160, 120});
    EXPECT_TRUE(contains(turned, "120x160") && contains(turned, "160x120")) << turned;
    EXPECT_NE(remark_on_shape("m", {100, 100}, "p", {160, 120}), "");
}

TEST_F(MaskFile, ShapesAreComparedWithWhatTheMaskLiesOn) {
    save("turned.png", 47, 61, [](int x, int) { return 5 * x; });
    Job job;
    job.content.file = folder / "start.png";
    job.styles.push_back({{folder / "start.png", {}}, {folder / "turned.png", {}}, {}, {}, 0});
    EXPECT_EQ(load_inputs(job).remarks.size(), 1u);
    EXPECT_EQ(open_inputs(job).remarks, load_inputs(job).remarks);
    job.styles[0].style_mask = job.styles[0].mask;
    EXPECT_EQ(load_inputs(job).remarks.size(), 2u);
    job.content.file = folder / "turned.png"; // and the style is not
    EXPECT_EQ(load_inputs(job).remarks.size(), 1u);
}

} // namespace
} // namespace maniera
