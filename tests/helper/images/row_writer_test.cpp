// SPDX-License-Identifier: GPL-3.0-or-later

#include "helper/images/row_writer.h"

#include "helper/images/icc_profile.h"
#include "helper/images/image_file.h"
#include "helper/images/output_format.h"
#include "tests/support/peak_memory.h"
#include "tests/support/picture_files.h"
#include "tests/support/refusal.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <sys/resource.h>
#include <vector>

namespace maniera {
namespace {

using test::contains;
using test::peak_mib;
using test::read_text;
using test::refusal;
using Words = std::vector<std::string>;

class RowWriterFile : public test::PictureFiles {
protected:
    RowWriterFile() : PictureFiles(211, 157) {}

    static Size size_of(const Picture& picture) {
        return {picture.color.width, picture.color.height};
    }

    static void add(RowWriter& writer, const Image& image, int begin, int end) {
        writer.add({image.at(0, begin), image.width, end - begin, 3});
    }

    // The same bytes, in whatever cuts.
    void expect_saved_alike(const FileInfo& like, const std::string& ending) {
        const Picture painting = test::smooth(211, 157);
        save_picture(painting, like, folder / ("whole" + ending));
        const std::string whole = read_text(folder / ("whole" + ending));
        for (const int height : {1, 17, 64, 157}) {
            RowWriter writer(like, folder / ("rows" + ending), size_of(painting));
            for (int y = 0; y < 157; y += height)
                add(writer, painting.color, y, std::min(157, y + height));
            writer.commit();
            EXPECT_TRUE(read_text(folder / ("rows" + ending)) == whole)
                << ending << " of depth " << like.depth << " in strips of " << height;
        }
    }
};

const Words endings = {".png", ".jpg", ".tif", ".webp"};

TEST_F(RowWriterFile, WritesTheBytesOfTheWholeInAllDepths) {
    for (const int depth : {8, 16, 32})
        for (const std::string& ending : endings) {
            FileInfo info;
            info.depth = depth;
            expect_saved_alike(info, ending);
        }
}

TEST(SrgbProfile, DoesNotSayWhenItWasMade) {
    const std::string year = srgb_profile().substr(24, 2); // big-endian
    EXPECT_EQ(year, std::string("\x07\xd0"));
}

TEST_F(RowWriterFile, WritesTheBytesOfTheWholeWithProfileAndMetadata) {
    rewrite("start.png", "wide.tif", [](VipsImage* in) {
        VipsImage* converted = test::wide(in);
        VipsImage* out = test::oriented(converted, 6);
        g_object_unref(converted);
        vips_image_set_string(out, "exif-ifd0-Artist", "Jane (Jane, ASCII, 5 components, 5 bytes)");
        out->Xres = out->Yres = 300 / 25.4;
        return out;
    });
    const FileInfo like = load_picture(folder / "wide.tif").info;
    for (const std::string& ending : endings)
        expect_saved_alike(like, ending);
    const LoadedPicture saved = load_picture(folder / "rows.tif");
    EXPECT_EQ(saved.info.depth, 16);
    EXPECT_LT(std::abs(saved.picture.color.at(100, 80)[0] - picture.color.at(100, 80)[0]), 0.001);
}

TEST_F(RowWriterFile, AppearsWholeOrNotAtAll) {
    const std::string before = read_text(folder / "start.png");
    {
        RowWriter writer({}, folder / "start.png", size_of(picture));
        add(writer, picture.color, 0, 156);
        EXPECT_NE(refusal([&] { writer.commit(); }), "accepted");
        EXPECT_NE(refusal([&] { add(writer, picture.color, 0, 2); }), "accepted");
    }
    EXPECT_EQ(read_text(folder / "start.png"), before);
    EXPECT_EQ(folder.names(), Words{"start.png"});
}

TEST_F(RowWriterFile, RefusesAFullDisk) {
    rlimit before{};
    ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
    const auto ignored = signal(SIGXFSZ, SIG_IGN);
    const auto limit = [&](rlim_t bytes) {
        const rlimit small{bytes, before.rlim_max};
        ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
    };
    limit(50000); // the strips take 99 kB
    ErrorCode code = ErrorCode::internal;
    const std::string said =
        refusal([&] { RowWriter({}, folder / "a.png", size_of(picture)); }, &code);
    ErrorCode later = ErrorCode::internal;
    {
        limit(RLIM_INFINITY);
        RowWriter writer({}, folder / "b.tif", size_of(picture));
        add(writer, picture.color, 0, 157);
        limit(1000);
        refusal([&] { writer.commit(); }, &later);
    }
    limit(before.rlim_cur);
    signal(SIGXFSZ, ignored);
    EXPECT_EQ(code, ErrorCode::no_space);
    EXPECT_TRUE(contains(said, "is full")) << said;
    EXPECT_EQ(later, ErrorCode::no_space);
    EXPECT_EQ(folder.names(), Words{"start.png"});
}

TEST_F(RowWriterFile, RefusesMoreThanAFormatTakes) {
    for (const auto& [name, side] : std::vector<std::pair<std::string, int>>{
             {"a.jpg", 65500}, {"a.webp", 16383}, {"a.png", 1000000}}) {
        check_output_size(name, {side, 1});
        ErrorCode code = ErrorCode::internal;
        const std::string said = refusal([&] { check_output_size(name, {1, side + 1}); }, &code);
        EXPECT_TRUE(contains(said, std::to_string(side))) << said;
        EXPECT_EQ(code, ErrorCode::invalid_request);
        // What is accepted can be saved.
        save_picture(test::smooth(side, 1), {}, folder / name);
        EXPECT_NE(refusal([&] { RowWriter({}, folder / name, {side + 1, 1}); }), "accepted");
    }
    check_output_size("a.tif", {70000, 70000});
}

TEST_F(RowWriterFile, HoldsFewStrips) {
#ifdef __SANITIZE_ADDRESS__
    GTEST_SKIP() << "sanitizers keep what is freed";
#endif
    const Image strip(13000, 100, 3);
    // For JPEG as many as it takes for libjpeg to hold all, if it were let to.
    for (const auto& [name, height] : std::vector<std::pair<const char*, int>>{
             {"large.png", 2600}, {"large.jpg", 8000}, {"large.tif", 2600}}) {
        const double peak = peak_mib([&, name = name, height = height] {
            RowWriter writer({}, folder / name, {13000, height});
            for (int y = 0; y < height; y += 100)
                writer.add(strip);
            writer.commit();
        });
        if (peak < 0)
            GTEST_SKIP() << "this system does not tell the peak";
        EXPECT_LT(peak, 60) << name; // MiB, of which a strip's copy is 15
        std::printf("%s: %.1f MiB\n", name, peak);
    }
}

} // namespace
} // namespace maniera
