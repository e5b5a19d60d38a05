// SPDX-License-Identifier: GPL-3.0-or-later
// Formats whose decoders may crash, and names that libvips would read as options.

#include "helper/images/decoder_process.h"

#include "core/error.h"
#include "helper/images/row_reader.h"
#include "tests/support/picture_files.h"
#include "tests/support/pictures.h"
#include "tests/support/raw_pictures.h"
#include "tests/support/refusal.h"

#include <gtest/gtest.h>

namespace maniera {
namespace {

using test::contains;
using test::largest_difference;
using test::refusal;
using test::write_text;

const std::string drawing = "<svg xmlns='http://www.w3.org/2000/svg' width='64' height='48'>"
                            "<rect width='64' height='48' fill='red'/></svg>";

class DecoderProcess : public test::PictureFiles {};

TEST_F(DecoderProcess, ReadsAnymapsToTheBit) {
    rewrite("start.png", "a.ppm", test::unchanged);
    rewrite("start.png", "gray.pgm", test::gray);
    rewrite("start.png", "gray.png", test::gray);
    const Image expected = load_picture(folder / "start.png").picture.color;
    EXPECT_EQ(largest_difference(load_picture(folder / "a.ppm").picture.color, expected), 0);
    EXPECT_EQ(load_picture(folder / "a.ppm").info.depth, 8);
    EXPECT_EQ(largest_difference(load_mask(folder / "gray.pgm"), load_mask(folder / "gray.png")),
              0);
}

TEST_F(DecoderProcess, ReadsRowsInAnyOrder) {
    rewrite("start.png", "a.ppm", test::unchanged);
    const Image whole = load_picture(folder / "a.ppm").picture.color;
    const LoadedRows rows = open_rows(folder / "a.ppm");
    for (const Span span : {Span{40, 47}, Span{0, 5}, Span{17, 33}})
        EXPECT_EQ(largest_difference(rows.rows.color.read(span), copy(rows_in(whole, span))), 0);
}

TEST_F(DecoderProcess, ACrashIsAnErrorOfItsPicture) {
    test::write_hdr(folder / "flat.hdr", picture.color, true);
    ErrorCode code = ErrorCode::unreadable_image;
    const std::string says = refusal([&] { load_picture(folder / "flat.hdr"); }, &code);
    EXPECT_TRUE(says == "accepted" || contains(says, "made its decoder crash")) << says;
    EXPECT_EQ(code, ErrorCode::unreadable_image);
}

TEST_F(DecoderProcess, RefusesDamagedFilesOfTheseFormats) {
    test::write_exr(folder / "whole.exr", picture.color);
    const std::string bytes = test::read_text(folder / "whole.exr");
    write_text(folder / "cut.exr", bytes.substr(0, bytes.size() / 2));
    write_text(folder / "cut.ppm", "P6\n61 47\n255\nand no more");
    for (const char* name : {"cut.exr", "cut.ppm"})
        EXPECT_NE(refusal([&] { load_picture(folder / name); }), "accepted") << name;
}

// Each of them is read by a library that was not made for strangers' files.
TEST_F(DecoderProcess, RefusesDrawingsAndDocuments) {
    write_text(folder / "a.svg", drawing);
    write_text(folder / "as-a-photo.png", drawing);
    for (const char* name : {"a.svg", "as-a-photo.png"}) {
        const std::string says = refusal([&] { load_picture(folder / name); });
        EXPECT_TRUE(contains(says, "--all-formats")) << says;
    }
}

TEST_F(DecoderProcess, BracketsArePartsOfNames) {
    save_picture(test::smooth(30, 20), {}, folder / "a.png");
    save_picture(test::smooth(30, 20), {}, folder / "t.tif");
    for (const char* name : {"a.png[1]", "a.png[page=0]", "t.tif[0]", "[a].png"}) {
        EXPECT_TRUE(contains(refusal([&] { load_picture(folder / name); }), "does not exist"));
        std::filesystem::copy(folder / "start.png", folder / name);
        EXPECT_EQ(load_picture(folder / name).picture.color.width, 61) << name;
        EXPECT_EQ(load_mask(folder / name).width, 61) << name;
        EXPECT_EQ(open_rows(folder / name).rows.color.size.width, 61) << name;
    }
    save_picture(picture, {}, folder / "out[compression=0].png");
    EXPECT_EQ(load_picture(folder / "out[compression=0].png").picture.color.width, 61);
}

// The intruder stands in for what an attacker makes a decoder do: see support/decoder_intruder.c.
TEST_F(DecoderProcess, TheDecoderOpensAndMakesNoFileAndDoesNotConnect) {
    write_text(folder / "secret", "precious");
    rewrite("start.png", "a.ppm", test::unchanged);
    const test::Outcome outcome =
        test::run({MANIERA_DECODER, "pictures", folder / "a.ppm"},
                  {"LD_PRELOAD=" MANIERA_INTRUDER, "INTRUDER_FOLDER=" + folder.path().string(),
                   // A sanitizer wants to be loaded before everything else.
                   "ASAN_OPTIONS=detect_leaks=0:verify_asan_link_order=0"});
    if (contains(outcome.err, "no Landlock"))
        GTEST_SKIP() << "this kernel has no Landlock";
    EXPECT_EQ(outcome.err, "open: refused\nmake: refused\nconnect: refused\nstart: refused\n");
    EXPECT_EQ(folder.names(), (std::vector<std::string>{"a.ppm", "secret", "start.png"}));
}

} // namespace
} // namespace maniera
