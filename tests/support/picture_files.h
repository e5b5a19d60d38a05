// SPDX-License-Identifier: GPL-3.0-or-later
// Picture files of every kind, made by libvips.

#pragma once

#include "helper/images/image_file.h"

#include "tests/support/process.h"

#include <gtest/gtest.h>
#include <vips/vips.h>

#include <cmath>
#include <functional>
#include <string>

namespace maniera::test {

// Smooth in all channels, so that lossy formats stay near.
inline Picture smooth(int width, int height) {
    Picture picture;
    picture.color = Image(width, height, 3);
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x) {
            float* p = picture.color.at(x, y);
            p[0] = (x + 0.5f) / width;
            p[1] = (y + 0.5f) / height;
            p[2] = 0.5f + 0.4f * std::sin(0.05f * (x + y));
        }
    return picture;
}

// Adds an alpha channel of one value, in the file's levels.
inline VipsImage* with_alpha(VipsImage* in, double value) {
    VipsImage* out = nullptr;
    vips_bandjoin_const1(in, &out, value, nullptr);
    return out;
}

inline VipsImage* gray(VipsImage* in) {
    VipsImage* out = nullptr;
    vips_colourspace(in, &out, VIPS_INTERPRETATION_B_W, nullptr);
    return out;
}

inline VipsImage* cmyk(VipsImage* in) {
    VipsImage* out = nullptr;
    vips_icc_transform(in, &out, "cmyk", "input_profile", "srgb", nullptr);
    return out;
}

// In the numbers of a profile that is wider than sRGB.
inline VipsImage* wide(VipsImage* in) {
    VipsImage* out = nullptr;
    vips_icc_transform(in, &out, "p3", "input_profile", "srgb", "depth", 16, nullptr);
    return out;
}

inline VipsImage* unchanged(VipsImage* in) { return vips_image_copy_memory(in); }

// 1 is upright, 6 shown turned to the right.
inline VipsImage* oriented(VipsImage* in, int orientation) {
    VipsImage* out = vips_image_copy_memory(in);
    vips_image_set_int(out, VIPS_META_ORIENTATION, orientation);
    return out;
}

// A folder with `start.png`, which holds `picture` in 8 bits.
class PictureFiles : public testing::Test {
protected:
    explicit PictureFiles(int width = 61, int height = 47) : picture(smooth(width, height)) {}

    void SetUp() override {
        save_picture(picture, {}, folder / "start.png"); // starts libvips
    }

    // Passes a saved picture through libvips operations and saves the outcome.
    void rewrite(const std::string& from, const std::string& to,
                 const std::function<VipsImage*(VipsImage*)>& change) {
        VipsImage* in = vips_image_new_from_file((folder / from).c_str(), nullptr);
        ASSERT_NE(in, nullptr);
        VipsImage* out = change(in);
        ASSERT_NE(out, nullptr) << vips_error_buffer();
        ASSERT_EQ(vips_image_write_to_file(out, (folder / to).c_str(), nullptr), 0)
            << vips_error_buffer();
        g_object_unref(out);
        g_object_unref(in);
    }

    ScratchFolder folder;
    const Picture picture;
};

} // namespace maniera::test
