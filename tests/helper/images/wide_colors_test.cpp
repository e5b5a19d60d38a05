// SPDX-License-Identifier: GPL-3.0-or-later
// What no mask covers stays as it was, in a profile wider than sRGB too.

#include "helper/images/wide_colors.h"

#include "tests/support/picture_files.h"
#include "tests/support/raw_pictures.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <vector>

namespace maniera {
namespace {

class WideColorsOf : public test::PictureFiles {
protected:
    void SetUp() override {
        PictureFiles::SetUp();
        rewrite("start.png", "p3.png", test::wide);
        rewrite("p3.png", "vivid.png", [](VipsImage* in) { // the profile's numbers, to its edges
            VipsImage *wider = nullptr, *whole = nullptr;
            vips_linear1(in, &wider, 1.3, -9000.0, nullptr);
            vips_cast(wider, &whole, VIPS_FORMAT_USHORT, nullptr);
            g_object_unref(wider);
            return whole;
        });
        test::insert_chunks(folder / "start.png", folder / "rec2020.png", // and full range
                            test::png_chunk("cICP", {9, 1, 0, 1}));
    }
    std::vector<int> stored(const std::string& name) const {
        VipsImage* in = vips_image_new_from_file((folder / name).c_str(), nullptr);
        VipsImage* wide = nullptr;
        vips_cast_int(in, &wide, nullptr);
        std::size_t size = 0;
        void* bytes = vips_image_write_to_memory(wide, &size);
        const auto* values = static_cast<const std::int32_t*>(bytes);
        std::vector<int> levels(values, values + size / 4);
        g_free(bytes);
        g_object_unref(wide);
        g_object_unref(in);
        return levels;
    }
};

// LittleCMS computes a profile's curves to some steps of 16 bits.
TEST_F(WideColorsOf, APhotographStayToAStepOfEightBits) {
    for (const std::string name : {"vivid.png", "rec2020.png"}) {
        LoadedPicture loaded = load_picture(folder / name);
        const auto clipped = std::count(loaded.picture.color.pixels.begin(),
                                        loaded.picture.color.pixels.end(), 0.0f);
        EXPECT_GT(clipped, 100) << name;
        float* const painted = loaded.picture.color.at(30, 20);
        std::fill_n(painted, 3, 0.5f);
        const WideColors wide(folder / name, loaded.info, {61, 47});
        wide.put_back(loaded.picture.color, 0);
        EXPECT_EQ(painted[0], 0.5f);
        save_picture(loaded.picture, loaded.info, folder / "back.png");
        const int step = name == "vivid.png" ? 16 : 1;
        const std::vector<int> before = stored(name), after = stored("back.png");
        ASSERT_EQ(before.size(), after.size());
        for (std::size_t i = 0; i < before.size(); ++i)
            if (i / 3 != 20 * 61 + 30) {
                ASSERT_LE(std::abs(before[i] - after[i]), step) << name << ' ' << i;
            }
    }
}

TEST_F(WideColorsOf, StripsStayToo) {
    const LoadedPicture loaded = load_picture(folder / "vivid.png");
    const WideColors wide(folder / "vivid.png", loaded.info, {61, 47});
    Image whole = loaded.picture.color;
    wide.put_back(whole, 0);
    Image strip = copy(rows_in(loaded.picture.color, {20, 37}));
    wide.put_back(strip, 20);
    EXPECT_TRUE(std::equal(strip.pixels.begin(), strip.pixels.end(), whole.at(0, 20)));
}

TEST_F(WideColorsOf, OtherSizesAndFilesThatAreGoneAreLeftAlone) {
    const LoadedPicture loaded = load_picture(folder / "vivid.png");
    Image same = loaded.picture.color;
    WideColors(folder / "vivid.png", loaded.info, {30, 20}).put_back(same, 0);
    WideColors(folder / "none.png", loaded.info, {61, 47}).put_back(same, 0);
    EXPECT_EQ(same.pixels, loaded.picture.color.pixels);
}

} // namespace
} // namespace maniera
