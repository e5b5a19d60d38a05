// SPDX-License-Identifier: GPL-3.0-or-later
// How results are saved: options of libvips' savers, and the formats that are there.

#include "helper/images/output_format.h"
#include "helper/images/saver.h"

#include "core/error.h"
#include "helper/images/row_writer.h"

#include "tests/support/picture_files.h"
#include "tests/support/pictures.h"
#include "tests/support/refusal.h"

#include <gtest/gtest.h>

#include <filesystem>

namespace maniera {
namespace {

using test::contains;
using test::largest_difference;
using test::mean_difference;
using test::read_text;

class Saver : public test::PictureFiles {
protected:
    Saver() : PictureFiles(96, 64) {}
    std::size_t bytes(const std::string& name, const SaverOptions& options) const {
        Saving saving;
        saving.options = options;
        check_output(folder / name, saving);
        save_picture(picture, {}, folder / name, saving);
        return std::filesystem::file_size(folder / name);
    }
    std::string refused(const std::string& name, const SaverOptions& options) const {
        Saving saving;
        saving.options = options;
        return test::refusal([&] { check_output(folder / name, saving); });
    }
};

TEST_F(Saver, TakesLibvipsOptionsInEveryFormat) {
    EXPECT_LT(2 * bytes("a.jpg", {{"Q", "50"}}), bytes("b.jpg", {}));
    EXPECT_GT(bytes("a.png", {{"compression", "0"}}), bytes("b.png", {}));
    EXPECT_GT(bytes("a.tif", {{"compression", "none"}}), bytes("b.tif", {}));
    EXPECT_LT(bytes("a.webp", {{"Q", "20"}}), bytes("b.webp", {}));
    bytes("a.webp", {{"lossless", "true"}});
    bytes("c.png", {});
    EXPECT_EQ(largest_difference(load_picture(folder / "a.webp").picture.color,
                                 load_picture(folder / "c.png").picture.color),
              0);
    EXPECT_EQ(bytes("d.jpg", {{"subsample_mode", "on"}}),
              bytes("e.jpg", {{"subsample-mode", "on"}}));
    EXPECT_EQ(bytes("f.jpg", {{"Q", "20"}, {"Q", "60"}}),
              bytes("g.jpg", {{"Q", "60"}})); // the last
}

TEST_F(Saver, RefusesBeforeTheWorkWhatASaverDoesNotKnow) {
    const std::string unknown = refused("a.jpg", {{"quality", "80"}});
    EXPECT_TRUE(contains(unknown, "is JPEG, which has no output option quality")) << unknown;
    EXPECT_TRUE(contains(unknown, "Q, ") && contains(unknown, "subsample-mode")) << unknown;
    EXPECT_TRUE(contains(refused("a.png", {{"compresion", "3"}}), "did you mean compression?"));
    for (const char* value : {"0", "101", "80.5", "80x", "", "high", "1e9"})
        EXPECT_TRUE(contains(refused("a.jpg", {{"Q", value}}), "a whole number from 1 to 100"))
            << value;
    EXPECT_TRUE(contains(refused("a.webp", {{"lossless", "yes"}}), "true or false"));
    EXPECT_TRUE(contains(refused("a.tif", {{"compression", "zipp"}}), "lzw"));
    for (const char* ours : {"strip", "keep", "profile", "in", "filename", "background"})
        EXPECT_NE(refused("a.tif", {{ours, "true"}}), "accepted") << ours;
}

TEST_F(Saver, RefusesOptionsThatDoNotGoTogether) {
    EXPECT_TRUE(contains(refused("a.tif", {{"tile", "true"}, {"tile-width", "17"}}), "together"));
}

// Which formats there are depends on libvips; each either works or is refused in a sentence.
TEST_F(Saver, WritesModernFormatsOrNamesThoseThatAreThere) {
    for (const char* ending : {".avif", ".heic", ".jxl"}) {
        const std::string name = std::string("modern") + ending, said = refused(name, {});
        if (!contains(writable_endings(), ending)) {
            EXPECT_TRUE(contains(said, "cannot write") && contains(said, ".webp")) << said;
            continue;
        }
        EXPECT_EQ(said, "accepted");
        EXPECT_LT(bytes("low" + name, {{"Q", "20"}}), bytes(name, {})) << ending;
        EXPECT_LT(mean_difference(load_picture(folder / name).picture.color, picture.color), 0.02)
            << ending;
        EXPECT_TRUE(contains(refused(name, {{"compression", "jpeg"}}), "no output option"));
    }
}

TEST_F(Saver, StripsArriveWithTheSameOptions) {
    Saving saving;
    saving.options = {{"Q", "40"}};
    bytes("whole.jpg", saving.options);
    RowWriter writer({}, folder / "rows.jpg", size_of(picture.color), saving);
    writer.add(picture.color);
    writer.commit();
    EXPECT_EQ(read_text(folder / "rows.jpg"), read_text(folder / "whole.jpg"));
}

} // namespace
} // namespace maniera
