// SPDX-License-Identifier: GPL-3.0-or-later
// Every way in which a file says what its numbers mean.

#include "helper/images/color_signals.h"

#include "helper/images/icc_profile.h"
#include "helper/images/row_reader.h"
#include "tests/support/picture_files.h"
#include "tests/support/pictures.h"
#include "tests/support/raw_pictures.h"
#include "tests/support/refusal.h"

#include <gtest/gtest.h>

namespace maniera {
namespace {

using test::big_endian;
using test::contains;
using test::insert_chunks;
using test::largest_difference;
using test::linear_light;
using test::png_chunk;

Picture in_linear_light(Picture picture) {
    for (float& value : picture.color.pixels)
        value = linear_light(value);
    return picture;
}

std::string cicp(int primaries, int curve) {
    return png_chunk("cICP", {static_cast<char>(primaries), static_cast<char>(curve), 0, 1});
}

std::string gama(double gamma) {
    return png_chunk("gAMA", big_endian(static_cast<std::uint32_t>(gamma * 100000)));
}

std::string chrm(const std::array<double, 8>& primaries) {
    std::string data;
    for (const double value : primaries)
        data += big_endian(static_cast<std::uint32_t>(std::lround(value * 100000)));
    return png_chunk("cHRM", data);
}

constexpr std::array<double, 8> display_p3 = {0.3127, 0.329, 0.68, 0.32, 0.265, 0.69, 0.15, 0.06};

class ColorSignals : public test::PictureFiles {
protected:
    void SetUp() override {
        PictureFiles::SetUp();
        FileInfo deep;
        deep.depth = 16;
        save_picture(in_linear_light(picture), deep, folder / "linear.png");
        save_picture(picture, deep, folder / "deep.png");
    }
    Image load(const std::string& name) const { return load_picture(folder / name).picture.color; }
    // Of a PNG with these chunks to what it would be without.
    double change(const std::string& name, const std::string& chunks) const {
        insert_chunks(folder / name, folder / "told.png", chunks);
        return largest_difference(load("told.png"), load(name));
    }
    void give(const std::string& from, const std::string& to, const std::string& profile) {
        rewrite(from, to, [&](VipsImage* in) {
            VipsImage* out = vips_image_copy_memory(in);
            vips_image_set_blob_copy(out, VIPS_META_ICC_NAME, profile.data(), profile.size());
            return out;
        });
    }
};

TEST_F(ColorSignals, FloatsOfFormatsForLightAreLinear) {
    test::write_pfm(folder / "a.pfm", picture.color);
    test::write_exr(folder / "a.exr", picture.color);
    for (const char* name : {"a.pfm", "a.exr"}) {
        EXPECT_LT(largest_difference(load(name), picture.color), 2e-3) << name;
        EXPECT_LT(largest_difference(open_rows(folder / name).rows.color.read({0, 47}), load(name)),
                  1e-9)
            << name;
    }
    test::write_hdr(folder / "a.hdr", picture.color); // 8 bits for the brightest of the three
    EXPECT_LT(test::mean_difference(load("a.hdr"), picture.color), 5e-3);
}

TEST_F(ColorSignals, ResultsOfLinearLightSaySoOrAreEncoded) {
    test::write_pfm(folder / "a.pfm", picture.color);
    const LoadedPicture loaded = load_picture(folder / "a.pfm");
    for (const char* name : {"out.png", "out.jpg", "out.tif"}) {
        save_picture(loaded.picture, loaded.info, folder / name);
        EXPECT_LT(test::mean_difference(load(name), picture.color), 5e-3) << name;
    }
    VipsImage* png = vips_image_new_from_file((folder / "out.png").c_str(), nullptr);
    EXPECT_EQ(vips_image_get_typeof(png, VIPS_META_ICC_NAME), 0u); // sRGB's own curve
    g_object_unref(png);
}

TEST_F(ColorSignals, FloatsOfOursAreNotTakenForLinear) {
    FileInfo floats;
    floats.depth = 32;
    save_picture(picture, floats, folder / "f.tif");
    EXPECT_LT(largest_difference(load("f.tif"), picture.color), 1e-6);
}

TEST_F(ColorSignals, APngsChunksSayItsCurve) {
    for (const std::string& chunks : {gama(1), cicp(1, 8)}) {
        insert_chunks(folder / "linear.png", folder / "told.png", chunks);
        EXPECT_LT(largest_difference(load("told.png"), picture.color), 5e-3);
    }
    EXPECT_GT(change("deep.png", gama(1 / 1.8)), 0.03);
}

TEST_F(ColorSignals, APngsChunksSayItsPrimaries) {
    const double by_cicp = change("deep.png", cicp(12, 13));
    EXPECT_GT(by_cicp, 0.02);
    const Image wide = load("told.png");
    EXPECT_NEAR(change("deep.png", gama(0.45455) + chrm(display_p3)), by_cicp, 2e-3);
    EXPECT_LT(largest_difference(load("told.png"), wide), 2e-3);
}

TEST_F(ColorSignals, ChunksThatSaySrgbChangeNothing) {
    EXPECT_EQ(change("deep.png", gama(0.45455)), 0);
    EXPECT_EQ(change("deep.png", cicp(1, 13)), 0);
    EXPECT_EQ(change("deep.png", png_chunk("sRGB", std::string(1, '\0')) + gama(1)), 0);
}

TEST_F(ColorSignals, CicpOutranksTheProfileAndTheProfileOutranksGamma) {
    rewrite("start.png", "wide.png", test::wide);
    EXPECT_EQ(change("wide.png", gama(1)), 0);
    EXPECT_GT(change("wide.png", cicp(1, 13)), 0.02);
}

TEST_F(ColorSignals, HighDynamicRangeIsToldAsNotUnderstood) {
    insert_chunks(folder / "deep.png", folder / "pq.png", cicp(9, 16));
    EXPECT_TRUE(contains(load_picture(folder / "pq.png").remark, "HDR"));
    EXPECT_EQ(load_picture(folder / "deep.png").remark, "");
}

TEST_F(ColorSignals, CamerasSayAdobeRgbByExif) {
    const auto save_with = [&](const std::string& name, const char* tag, const char* value) {
        rewrite("start.png", name + "[Q=95]", [&](VipsImage* in) {
            VipsImage* out = vips_image_copy_memory(in);
            vips_image_set_string(out, tag, value);
            return out;
        });
        return load(name);
    };
    const char* const color_space = "exif-ifd2-ColorSpace";
    const Image srgb = save_with("s.jpg", color_space, "1 (1, Short, 1 components, 2 bytes)");
    const Image adobe = save_with("a.jpg", color_space, "2 (2, Short, 1 components, 2 bytes)");
    const Image index = save_with("i.jpg", "exif-ifd4-InteroperabilityIndex",
                                  "R03 (R03, ASCII, 4 components, 4 bytes)");
    EXPECT_GT(largest_difference(adobe, srgb), 0.03);
    EXPECT_EQ(largest_difference(adobe, index), 0);
}

TEST_F(ColorSignals, AProfileForOtherChannelsIsToldAndLeftAside) {
    rewrite("start.png", "gray.png", test::gray);
    give("gray.png", "rgb-profile.tif", srgb_profile());
    give("start.png", "damaged.tif", std::string(200, 'x'));
    insert_chunks(folder / "start.png", folder / "damaged.png",
                  png_chunk("iCCP", std::string("p\0\0nothing", 10)));
    const bool writes_any = vips_version(1) < 15; // later ones write no profile that does not fit
    for (const std::string name : {"rgb-profile.tif", "damaged.tif", "damaged.png"}) {
        const LoadedPicture loaded = load_picture(folder / name);
        EXPECT_EQ(contains(loaded.remark, "left aside"), writes_any || name == "damaged.png")
            << name << ' ' << loaded.remark;
        EXPECT_EQ(open_rows(folder / name).remark, loaded.remark);
    }
    EXPECT_EQ(largest_difference(load("rgb-profile.tif"), load("gray.png")), 0);
    EXPECT_EQ(largest_difference(load("damaged.tif"), load("start.png")), 0);
    EXPECT_EQ(largest_difference(load("damaged.png"), load("start.png")), 0);
}

} // namespace
} // namespace maniera
