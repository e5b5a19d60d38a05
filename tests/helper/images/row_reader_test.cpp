// SPDX-License-Identifier: GPL-3.0-or-later

#include "helper/images/row_reader.h"

#include "tests/support/peak_memory.h"
#include "tests/support/picture_files.h"
#include "tests/support/refusal.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <limits>
#include <vector>

namespace maniera {
namespace {

using test::contains;
using test::peak_mib;
using test::read_text;
using test::refusal;
using test::write_text;

const std::string transparent = " has transparent parts, which only one process by itself can "
                                "paint; flatten it, or start one process.";

// Wide, so that a strip has 16 rows and the picture six, of which the last is short.
class PictureRowsFile : public test::PictureFiles {
protected:
    PictureRowsFile() : PictureFiles(5603, 83) {}

    // In cuts that overlap, leap ahead, go back, and are of all sizes.
    static std::vector<Span> cuts(int height) {
        std::vector<Span> result = {{height / 3, height / 2}, {0, height}};
        for (int y = 0; y < height; y += 11)
            result.push_back({std::max(0, y - 3), std::min(height, y + 11)});
        for (const int y : {height - 1, height / 2, 0, 0, height - 1})
            result.push_back({y, y + 1});
        return result;
    }

    static void expect_same(const RowSource& rows, const Image& whole, const std::string& what) {
        ASSERT_TRUE(rows.size == (Size{whole.width, whole.height})) << what;
        ASSERT_EQ(rows.channels, whole.channels) << what;
        for (const Span cut : cuts(whole.height)) {
            const Image band = rows.read(cut);
            ASSERT_EQ(band.width, whole.width) << what;
            ASSERT_EQ(band.height, cut.length()) << what;
            EXPECT_TRUE(std::equal(band.pixels.begin(), band.pixels.end(), whole.at(0, cut.begin)))
                << what << " rows " << cut.begin << " to " << cut.end;
        }
    }

    void expect_rows_of(const std::string& name) {
        const LoadedPicture whole = load_picture(folder / name);
        ASSERT_TRUE(whole.picture.alpha.empty()) << name;
        const LoadedRows opened = open_rows(folder / name);
        EXPECT_EQ(opened.rows.name, folder / name);
        EXPECT_EQ(opened.info.depth, whole.info.depth) << name;
        EXPECT_TRUE(opened.info.extra) << name;
        EXPECT_TRUE(opened.rows.alpha.empty()) << name;
        expect_same(opened.rows.color, whole.picture.color, name);
    }

    std::vector<const char*> in_other_colors() {
        rewrite("start.png", "gray.png", test::gray);
        rewrite("start.png", "cmyk.jpg", test::cmyk);
        rewrite("start.png", "wide.png", test::wide);
        return {"gray.png", "cmyk.jpg", "wide.png"};
    }

    void expect_mask_of(const std::string& name) {
        expect_same(open_mask_rows(folder / name), load_mask(folder / name), name);
    }
};

TEST_F(PictureRowsFile, AreThoseOfTheWholeInAllDepths) {
    for (const int depth : {8, 16, 32})
        for (const char* name : {"a.png", "a.tif"}) {
            FileInfo info;
            info.depth = depth;
            save_picture(picture, info, folder / name);
            expect_rows_of(name);
        }
    save_picture(picture, {}, folder / "a.jpg");
    expect_rows_of("a.jpg");
    save_picture(picture, {}, folder / "a.webp");
    expect_rows_of("a.webp");
}

TEST_F(PictureRowsFile, AreThoseOfTheWholeInAllColors) {
    for (const char* name : in_other_colors())
        expect_rows_of(name);
    rewrite("start.png", "palette.png[palette]", test::unchanged);
    expect_rows_of("palette.png");
}

TEST_F(PictureRowsFile, AreThoseOfTheWholeInAllLayouts) {
    for (const char* options : {"progressive.jpg[interlace]", "interlaced.png[interlace]",
                                "tiles.tif[tile,tile-width=64,tile-height=48,compression=deflate]",
                                "pyramid.tif[tile,pyramid]", "raw.ppm"}) {
        rewrite("start.png", options, test::unchanged);
        const std::string name = options;
        expect_rows_of(name.substr(0, name.find('[')));
    }
}

TEST_F(PictureRowsFile, AreUpright) {
    for (int orientation = 1; orientation <= 8; ++orientation) {
        const std::string name = "o" + std::to_string(orientation) + ".jpg";
        rewrite("start.png", name, [=](VipsImage* in) { return test::oriented(in, orientation); });
        expect_rows_of(name);
        expect_mask_of(name);
    }
}

// libvips keeps some rows that it has decoded: not all of these.
TEST_F(PictureRowsFile, GoBackFurtherThanLibvipsDoes) {
    const Picture tall = test::smooth(2740, 900);
    for (const char* name : {"tall.png", "tall.jpg", "tall.tif"}) {
        save_picture(tall, {}, folder / name);
        expect_rows_of(name);
    }
    for (const int orientation : {2, 3, 4, 6}) {
        rewrite("tall.png", "turned.jpg",
                [=](VipsImage* in) { return test::oriented(in, orientation); });
        expect_rows_of("turned.jpg");
    }
}

TEST_F(PictureRowsFile, MasksAreThoseOfTheWhole) {
    expect_mask_of("start.png");
    for (const char* name : in_other_colors())
        expect_mask_of(name);
    for (const char* name : {"gray.png", "start.png"}) {
        rewrite(name, "clear.png", [](VipsImage* in) { return test::with_alpha(in, 100); });
        expect_mask_of("clear.png");
    }
}

TEST_F(PictureRowsFile, OpaqueAlphaIsNone) {
    rewrite("start.png", "opaque.png", [](VipsImage* in) { return test::with_alpha(in, 255); });
    expect_rows_of("opaque.png");
}

TEST_F(PictureRowsFile, RefusesTransparentParts) {
    Picture clear = picture;
    clear.alpha = Image(5603, 83, 1);
    std::fill(clear.alpha.pixels.begin(), clear.alpha.pixels.end(), 1.0f);
    clear.alpha.pixels.back() = 0.99f; // one pixel of the last strip
    for (const char* name : {"clear.png", "clear.tif"}) {
        save_picture(clear, {}, folder / name);
        ErrorCode code = ErrorCode::internal;
        EXPECT_EQ(refusal([&] { open_rows(folder / name); }, &code), folder / name + transparent);
        EXPECT_EQ(code, ErrorCode::unreadable_image);
    }
}

TEST_F(PictureRowsFile, RefusesWhatLoadingRefuses) {
    write_text(folder / "text.png", "This is not a picture.");
    for (const std::string name : {"none.png", "text.png"}) {
        const std::string said = refusal([&] { load_picture(folder / name); });
        EXPECT_EQ(refusal([&] { open_rows(folder / name); }), said);
        EXPECT_EQ(refusal([&] { open_mask_rows(folder / name); }), said);
    }
}

TEST_F(PictureRowsFile, RefusesTruncatedFilesWhereTheyEnd) {
    save_picture(picture, {}, folder / "start.jpg");
    save_picture(picture, {}, folder / "start.tif");
    for (const char* name : {"start.png", "start.jpg", "start.tif"}) {
        const std::string bytes = read_text(folder / name);
        const std::string cut = folder / ("cut-" + std::string(name));
        write_text(cut, bytes.substr(0, bytes.size() / 2));
        ErrorCode code = ErrorCode::internal;
        EXPECT_NE(refusal(
                      [&] {
                          open_rows(cut).rows.color.read({82, 83});
                      },
                      &code),
                  "accepted")
            << name;
        EXPECT_EQ(code, ErrorCode::unreadable_image) << name;
    }
}

TEST_F(PictureRowsFile, RefusesNotANumberWhenMet) {
    Picture broken = picture;
    broken.color.at(10, 70)[1] = std::numeric_limits<float>::quiet_NaN();
    FileInfo floats;
    floats.depth = 32;
    save_picture(broken, floats, folder / "nan.tif");
    const RowSource rows = open_rows(folder / "nan.tif").rows.color;
    EXPECT_EQ(rows.read({0, 16}).height, 16);
    EXPECT_TRUE(contains(refusal([&] { rows.read({70, 71}); }), "NaN"));
}

TEST_F(PictureRowsFile, RefusesAFileThatChanges) {
    const std::string changed = " was changed or removed while it was in use";
    const auto replaced = [&](const std::string& name) {
        std::filesystem::copy_file(folder / "start.png", folder / ("new-" + name));
        std::filesystem::rename(folder / ("new-" + name), folder / name);
    };
    for (const bool read_before : {false, true}) {
        replaced("a.png");
        const RowSource rows = open_rows(folder / "a.png").rows.color;
        if (read_before)
            rows.read({0, 5});
        replaced("a.png");
        ErrorCode code = ErrorCode::internal;
        EXPECT_TRUE(contains(refusal([&] { rows.read({0, 5}); }, &code), changed)) << read_before;
        EXPECT_EQ(code, ErrorCode::unreadable_image);

        const RowSource gone = open_mask_rows(folder / "a.png");
        if (read_before)
            gone.read({40, 45});
        std::filesystem::remove(folder / "a.png");
        EXPECT_TRUE(contains(refusal([&] { gone.read({0, 5}); }), changed)) << read_before;
    }
}

TEST_F(PictureRowsFile, HoldFewStrips) {
#ifdef __SANITIZE_ADDRESS__
    GTEST_SKIP() << "sanitizers keep what is freed";
#endif
    for (const char* name : {"large.png", "large.jpg", "large.tif"}) {
        rewrite("start.png", name, [](VipsImage*) { // 24 megapixels, 288 MB in floats
            VipsImage* out = nullptr;
            vips_black(&out, 8000, 3000, "bands", 3, nullptr);
            return out;
        });
        const double peak = peak_mib([&] {
            const RowSource rows = open_rows(folder / name).rows.color;
            rows.read({2900, 2910}); // leaps over nearly all
            for (int y = 0; y < 3000; y += 100)
                rows.read({y, y + 100});
        });
        if (peak < 0)
            GTEST_SKIP() << "this system does not tell the peak";
        EXPECT_LT(peak, 60) << name; // MiB, of which the 100 rows are 9
        std::printf("%s: %.1f MiB\n", name, peak);
    }
}

} // namespace
} // namespace maniera
