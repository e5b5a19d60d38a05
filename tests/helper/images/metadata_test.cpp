// SPDX-License-Identifier: GPL-3.0-or-later
// What a photograph's file says besides its pixels, and what of it a painting keeps.

#include "helper/images/metadata.h"

#include "helper/images/jxl_boxes.h"
#include "helper/images/tiff_words.h"

#include "tests/support/picture_files.h"
#include "tests/support/pictures.h"
#include "tests/support/raw_pictures.h"
#include "tests/support/refusal.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace maniera {
namespace {

using test::contains;
using test::largest_difference;
using test::read_text;
using test::write_text;

const std::string preview = "\xff\xd8\xff\xe0 a small picture of the photograph";

// EXIF as a camera writes it: words, orientation 6, sizes, a maker's note, a place, a thumbnail.
class CameraExif {
public:
    explicit CameraExif(bool big_endian, const std::string& artist = "Jane")
        : big_endian_(big_endian) {
        const std::string photo = directory({ascii(0x9003, "2020:01:02 03:04:05"),
                                             {0x9286, 7, std::string("ASCII\0\0\0a fine day", 18)},
                                             {0x927c, 7, "maker " + preview},
                                             {0xa002, 4, number(4000, 4)}},
                                            0);
        const std::uint64_t photo_at = add(photo);
        const std::uint64_t place_at = add(directory({ascii(1, "N")}, 0));
        const std::uint64_t preview_at = add(preview);
        const std::uint64_t second = add(directory({{0x112, 3, number(6, 2)},
                                                    {0x201, 4, number(preview_at, 4)},
                                                    {0x202, 4, number(preview.size(), 4)}},
                                                   0));
        const std::uint64_t first = add(directory({ascii(0x110, "TestCam Mark II"),
                                                   {0x112, 3, number(6, 2)},
                                                   ascii(0x13b, artist),
                                                   {0x8769, 4, number(photo_at, 4)},
                                                   {0x8825, 4, number(place_at, 4)}},
                                                  second));
        body_.replace(0, 8, (big_endian ? "MM" : "II") + number(42, 2) + number(first, 4));
    }
    std::string block() const { return std::string("Exif\0\0", 6) + body_; }

private:
    struct Entry {
        std::uint16_t tag, type;
        std::string value;
    };
    static Entry ascii(std::uint16_t tag, const std::string& text) {
        return {tag, 2, text + std::string(1, '\0')};
    }
    std::string number(std::uint64_t value, int bytes) const {
        std::string text;
        for (int i = 0; i < bytes; ++i)
            text += static_cast<char>(value >> (8 * i));
        if (big_endian_)
            std::reverse(text.begin(), text.end());
        return text;
    }
    std::uint64_t add(const std::string& bytes) {
        const std::uint64_t at = body_.size();
        body_ += bytes;
        body_.resize((body_.size() + 1) / 2 * 2, '\0');
        return at;
    }
    // Its values are put before it.
    std::string directory(const std::vector<Entry>& entries, std::uint64_t next) {
        std::string text = number(entries.size(), 2);
        for (const Entry& entry : entries) {
            const std::size_t each = entry.type == 3 ? 2 : entry.type == 4 ? 4 : 1;
            text +=
                number(entry.tag, 2) + number(entry.type, 2) + number(entry.value.size() / each, 4);
            text += entry.value.size() > 4
                        ? number(add(entry.value), 4)
                        : entry.value + std::string(4 - entry.value.size(), '\0');
        }
        return text + number(next, 4);
    }

    bool big_endian_;
    std::string body_ = std::string(8, '\0');
};

std::string segment(char marker, const std::string& data) {
    return std::string("\xff") + marker + test::big_endian(data.size() + 2).substr(2) + data;
}

std::string iptc() {
    const auto record = [](int kind, const std::string& text) {
        return std::string("\x1c\x02") + static_cast<char>(kind) +
               test::big_endian(text.size()).substr(2) + text;
    };
    return record(120, "A caption") + record(202, preview);
}

std::string photoshop() {
    const auto resource = [](int number, const std::string& data) {
        return "8BIM" + test::big_endian(static_cast<unsigned>(number)).substr(2) +
               std::string(2, '\0') + test::big_endian(data.size()) + data +
               std::string(data.size() % 2, '\0');
    };
    return std::string("Photoshop 3.0\0", 14) + resource(0x40c, preview) + resource(0x404, iptc());
}

class Metadata : public test::PictureFiles {
protected:
    void SetUp() override {
        PictureFiles::SetUp();
        rewrite("start.png", "plain.jpg[Q=95,strip]", test::unchanged);
    }
    // A JPEG with segments; what painting it would write.
    LoadedPicture load_with(const std::string& segments) const {
        std::string bytes = read_text(folder / "plain.jpg");
        bytes.insert(2, segments);
        write_text(folder / "photo.jpg", bytes);
        return load_picture(folder / "photo.jpg");
    }
    std::string saved(const LoadedPicture& loaded, const std::string& name) const {
        save_picture(loaded.picture, loaded.info, folder / name);
        return read_text(folder / name);
    }
    std::string lost_in(const std::string& name, const FileInfo& info) const {
        std::string text;
        for (const std::string& sentence : lost_metadata(info, folder / name))
            text += sentence;
        return text;
    }
    // As libvips has them, "name value" a line, and blobs whole.
    std::string fields(const std::string& name) const {
        const FileInfo info = load_picture(folder / name).info;
        std::string text;
        const auto add = [](VipsImage*, const char* field, GValue* value, void* to) -> void* {
            std::string& all = *static_cast<std::string*>(to);
            if (G_VALUE_TYPE(value) == VIPS_TYPE_BLOB) {
                std::size_t size = 0;
                const void* bytes = vips_value_get_blob(value, &size);
                all +=
                    std::string(field) + " " + std::string(static_cast<const char*>(bytes), size);
            } else if (G_VALUE_TYPE(value) == VIPS_TYPE_REF_STRING) {
                all += std::string(field) + " " + vips_value_get_ref_string(value, nullptr);
            }
            all += "\n";
            return nullptr;
        };
        vips_image_map(static_cast<VipsImage*>(info.extra.get()), add, &text);
        return text;
    }
};

const std::vector<std::string> outputs = {"o.jpg", "o.png", "o.webp", "o.tif"};

TEST_F(Metadata, CameraDateAndPlaceStayInEveryFormat) {
    for (const bool big_endian : {false, true}) {
        const LoadedPicture loaded = load_with(segment('\xe1', CameraExif(big_endian).block()));
        for (const std::string& name : outputs) {
            saved(loaded, name);
            const std::string kept = fields(name);
            for (const char* word :
                 {"ifd0-Model TestCam Mark II (", "ifd0-Artist Jane (",
                  "ifd2-UserComment a fine day", "ifd2-DateTimeOriginal 2020:01:02 03:04:05 (",
                  "ifd3-GPSLatitudeRef N ("})
                EXPECT_TRUE(contains(kept, word)) << name << ' ' << word << " in\n" << kept;
        }
    }
}

TEST_F(Metadata, IsKeptToTheProfileOrLeftOutWhereThatIsAskedFor) {
    rewrite("start.png", "wide.tif", test::wide);
    ASSERT_TRUE(add_tiff_words({CameraExif(false).block(), iptc()}, folder / "wide.tif"));
    LoadedPicture loaded = load_picture(folder / "wide.tif");
    const FileInfo all = loaded.info;
    for (const std::string& name : outputs) {
        loaded.info = kept_info(all, MetadataChoice::keep);
        saved(loaded, name);
        EXPECT_TRUE(contains(fields(name), "TestCam")) << name;
        for (const MetadataChoice choice : {MetadataChoice::profile, MetadataChoice::strip}) {
            loaded.info = kept_info(all, choice);
            const std::string bytes = saved(loaded, name), words = fields(name);
            for (const char* gone : {"TestCam", "Jane", "A caption", "2020:01"})
                EXPECT_FALSE(contains(bytes, gone) || contains(words, gone)) << name << gone;
            EXPECT_EQ(contains(words, "icc-profile-data"), choice == MetadataChoice::profile)
                << name;
            EXPECT_TRUE(lost_metadata(loaded.info, folder / name).empty());
            EXPECT_LT(test::mean_difference(load_picture(folder / name).picture.color,
                                            loaded.picture.color),
                      0.02)
                << name;
        }
    }
    EXPECT_EQ(loaded.info.depth, all.depth);
}

TEST_F(Metadata, HoldsARecipeInEveryFormatAndOnlyTheNewest) {
    const LoadedPicture plain = load_with(segment('\xe1', CameraExif(false).block()));
    for (const char* ending : {".jpg", ".png", ".webp", ".tif", ".avif", ".heic", ".jxl"}) {
        const std::string name = std::string("recipe") + ending;
        if (test::refusal([&] { check_output(folder / name); }) != "accepted")
            continue;
        Saving saving;
        saving.recipe = R"({"name": "é & <b>"})";
        save_picture(plain.picture, plain.info, folder / name, saving);
        EXPECT_EQ(recipe_of_picture(folder / name), saving.recipe) << name;
        const LoadedPicture painted = load_picture(folder / name);
        saving.recipe = "{}";
        save_picture(painted.picture, painted.info, folder / ("again" + name), saving);
        EXPECT_EQ(recipe_of_picture(folder / ("again" + name)), "{}") << name;
        save_picture(painted.picture, painted.info, folder / ("none" + name));
        EXPECT_EQ(recipe_of_picture(folder / ("none" + name)), "") << name;
    }
}

TEST_F(Metadata, ThumbnailsOrientationAndSizesDoNot) {
    const LoadedPicture loaded = load_with(segment('\xe1', CameraExif(true).block()));
    EXPECT_EQ(loaded.picture.color.width, 47); // shown upright
    for (const std::string& name : outputs) {
        EXPECT_FALSE(contains(saved(loaded, name), "a small picture")) << name;
        EXPECT_EQ(load_picture(folder / name).picture.color.width, 47) << name;
        const std::string kept = fields(name);
        for (const char* gone : {"exif-ifd1", "MakerNote", "Dimension 4000 ", "Orientation 6 "})
            EXPECT_FALSE(contains(kept, gone)) << name << ' ' << gone << " in\n" << kept;
    }
}

TEST_F(Metadata, OfATiffStaysInEveryFormat) {
    saved(load_with(segment('\xe1', CameraExif(false).block())), "first.tif");
    const LoadedPicture tiff = load_picture(folder / "first.tif");
    for (const std::string& name : outputs) {
        saved(tiff, name);
        EXPECT_TRUE(contains(fields(name), "ifd0-Model TestCam Mark II (")) << name;
    }
}

TEST_F(Metadata, IsAddedToEveryTiffAndLeavesItsPixels) {
    for (const char* options : {"[bigtiff]", "[tile]", "[compression=jpeg]", "[pyramid,tile]"}) {
        rewrite("start.png", std::string("a.tif") + options, test::unchanged);
        const Image before = load_picture(folder / "a.tif").picture.color;
        ASSERT_TRUE(add_tiff_words({CameraExif(true).block(), iptc()}, folder / "a.tif"))
            << options;
        EXPECT_EQ(largest_difference(load_picture(folder / "a.tif").picture.color, before), 0);
        EXPECT_TRUE(contains(fields("a.tif"), "ifd3-GPSLatitudeRef N (")) << options;
        EXPECT_TRUE(contains(fields("a.tif"), "A caption")) << options;
    }
}

TEST_F(Metadata, OfNoOrOfADamagedTiffIsLeftOut) {
    rewrite("start.png", "whole.tif", test::unchanged);
    ASSERT_TRUE(add_tiff_words({CameraExif(true).block(), iptc()}, folder / "whole.tif"));
    const std::string whole = read_text(folder / "whole.tif");
    for (std::size_t i = 1; i < 600; i += 3) { // the directories are at the end
        write_text(folder / "cut.tif", whole.substr(0, whole.size() - i));
        tiff_words(folder / "cut.tif");
        std::string changed = whole;
        changed[whole.size() - i] = '\x7f';
        write_text(folder / "changed.tif", changed);
        tiff_words(folder / "changed.tif");
    }
    for (const char* bytes : {"", "I", "II*", "MM", "II*\x01\x01\x01\x01\x01"}) {
        write_text(folder / "no.tif", bytes);
        EXPECT_TRUE(tiff_words(folder / "no.tif").empty());
        EXPECT_FALSE(add_tiff_words({CameraExif(true).block(), iptc()}, folder / "no.tif"));
    }
    EXPECT_TRUE(tiff_words(folder / "none.tif").empty());
    EXPECT_TRUE(tiff_words(folder / "start.png").empty());
}

TEST_F(Metadata, CaptionsStayWhereTheyCanAndAreToldWhereNot) {
    const LoadedPicture loaded = load_with(segment('\xed', photoshop()));
    for (const char* name : {"o.jpg", "o.tif"}) {
        EXPECT_FALSE(contains(saved(loaded, name), "a small picture")) << name;
        EXPECT_TRUE(contains(fields(name), "A caption")) << name;
        EXPECT_TRUE(lost_metadata(loaded.info, folder / name).empty());
        saved(load_picture(folder / name), "again.jpg");
        EXPECT_TRUE(contains(fields("again.jpg"), "A caption")) << name;
    }
    for (const char* name : {"o.png", "o.webp"}) {
        saved(loaded, name);
        EXPECT_FALSE(contains(fields(name), "A caption")) << name;
        EXPECT_TRUE(contains(lost_in(name, loaded.info), "(IPTC)")) << name;
    }
}

// Of those that this libvips can write.
TEST_F(Metadata, StaysInEveryFormat) {
    const std::string xmp = "<x:xmpmeta dc:rights='to all'/>";
    const std::string exif = CameraExif(false).block().substr(6);
    test::insert_chunks(
        folder / "start.png", folder / "words.png",
        test::png_chunk("eXIf", exif) +
            test::png_chunk("iTXt", std::string("XML:com.adobe.xmp\0\0\0\0\0", 22) + xmp));
    LoadedPicture words = load_picture(folder / "words.png");
    const FileInfo all = words.info;
    for (const char* ending : {".jpg", ".png", ".webp", ".tif", ".avif", ".heic", ".jxl"}) {
        const std::string name = std::string("words-in") + ending;
        if (test::refusal([&] { check_output(folder / name); }) != "accepted")
            continue;
        words.info = all;
        EXPECT_EQ(lost_in(name, words.info), "");
        saved(words, name);
        const std::string kept = fields(name);
        EXPECT_TRUE(contains(kept, "TestCam")) << name;
        EXPECT_TRUE(contains(kept, "ifd3-GPSLatitudeRef N (")) << name;
        EXPECT_TRUE(contains(kept, "to all")) << name;
        for (const char* gone : {"MakerNote", "a small picture"})
            EXPECT_FALSE(contains(kept, gone)) << name << gone;
        words.info = kept_info(all, MetadataChoice::strip);
        saved(words, name);
        const std::string stripped = fields(name);
        EXPECT_FALSE(contains(stripped, "TestCam") || contains(stripped, "to all")) << name;
    }
}

VipsImage* turned_by_exif(VipsImage* in) {
    VipsImage* out = vips_image_copy_memory(in);
    const std::string exif = CameraExif(true).block();
    vips_image_set_blob_copy(out, VIPS_META_EXIF_NAME, exif.data(), exif.size());
    return out;
}

// Another process decodes it. JPEG XL is upright whatever EXIF says, and libvips writes it so.
TEST_F(Metadata, OfAPictureFromStrangersFormatsStays) {
    if (vips_type_find("VipsOperation", "jxlsave") == 0)
        GTEST_SKIP() << "this libvips writes no JPEG XL";
    rewrite("start.png", "a.jxl[lossless]", turned_by_exif);
    ASSERT_TRUE(add_jxl_words({CameraExif(true).block(), ""}, folder / "a.jxl")); // 8.14 has none
    rewrite("start.png", "plain.jxl[lossless]", test::unchanged);
    const LoadedPicture loaded = load_picture(folder / "a.jxl");
    EXPECT_EQ(loaded.picture.color.width, load_picture(folder / "plain.jxl").picture.color.width);
    for (const std::string& name : outputs) {
        saved(loaded, name);
        EXPECT_TRUE(contains(fields(name), "ifd0-Model TestCam Mark II (")) << name;
        EXPECT_TRUE(contains(fields(name), "ifd3-GPSLatitudeRef N (")) << name;
        EXPECT_FALSE(contains(fields(name), "photoshop-data")) << name;
    }
}

TEST_F(Metadata, ThatIsTooLargeIsTold) {
    const std::string exif = CameraExif(false, std::string(65400, 'J')).block().substr(6);
    const std::string xmp = "<x:xmpmeta dc:rights='" + std::string(65400, 'J') + "'/>";
    test::insert_chunks(
        folder / "start.png", folder / "large.png",
        test::png_chunk("eXIf", exif) +
            test::png_chunk("iTXt", std::string("XML:com.adobe.xmp\0\0\0\0\0", 22) + xmp));
    const LoadedPicture large = load_picture(folder / "large.png");
    EXPECT_TRUE(contains(lost_in("o.jpg", large.info), "EXIF"));
    EXPECT_TRUE(contains(lost_in("o.jpg", large.info), "XMP"));
    EXPECT_TRUE(contains(lost_in("o.png", large.info), "EXIF"));
    for (const char* name : {"o.tif", "o.jxl"})
        EXPECT_EQ(lost_in(name, large.info), "");
    EXPECT_TRUE(contains(saved(large, "o.tif"), "JJJJ"));
    EXPECT_TRUE(contains(fields("o.tif"), "dc:rights='JJJJ"));
}

TEST_F(Metadata, OfImageMagicksTextsIsLeftOutAndTold) {
    std::string bytes = test::read_text(folder / "start.png");
    if (const std::size_t exif = bytes.find("eXIf"); exif != std::string::npos) // newer libvips'
        bytes.erase(exif - 4, 12 + test::png_number(bytes, exif - 4));
    write_text(folder / "plain.png", bytes);
    test::insert_chunks(folder / "plain.png", folder / "raw.png",
                        test::png_chunk("tEXt", std::string("Raw profile type exif\0", 22) +
                                                    "\nexif\n      8\n49492a0008000000\n"));
    const LoadedPicture raw = load_picture(folder / "raw.png");
    EXPECT_TRUE(contains(lost_in("o.jpg", raw.info), "ImageMagick"));
    EXPECT_FALSE(contains(saved(raw, "o.png"), "49492a"));
}

TEST_F(Metadata, XmpKeepsWordsAlone) {
    const std::string packet =
        "<x:xmpmeta><rdf:RDF><rdf:Description tiff:Orientation=\"6\" dc:format='image/jpeg'\n"
        "  crs:HasCrop = 'True' crs:CropTop='0.1' tiff:Make=\"Test\">"
        "<tiff:Orientation>6</tiff:Orientation><xmp:Thumbnails><rdf:Alt>" +
        std::string("<rdf:li xmpGImg:image='/9j/4AAQ'/></rdf:Alt></xmp:Thumbnails>") +
        "<dc:title>tiff:Orientation=</dc:title><exif:PixelXDimension/>"
        "</rdf:Description></rdf:RDF></x:xmpmeta>";
    const std::string clean = cleaned_xmp(packet);
    for (const char* gone : {"HasCrop", "CropTop", "/9j/", "Thumbnails", "PixelX", ">6<", "\"6\""})
        EXPECT_FALSE(contains(clean, gone)) << gone << " in " << clean;
    for (const char* kept : {"dc:format='image/jpeg'", "tiff:Make=\"Test\"",
                             "<dc:title>tiff:Orientation=</dc:title>", "</rdf:Description>"})
        EXPECT_TRUE(contains(clean, kept)) << kept << " in " << clean;
    for (std::size_t size = 0; size < packet.size(); ++size) // cut off anywhere
        cleaned_xmp(packet.substr(0, size));
}

TEST_F(Metadata, XmpStaysInEveryFormat) {
    const LoadedPicture loaded = load_with(
        segment('\xe1', std::string("http://ns.adobe.com/xap/1.0/\0", 29) +
                            "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF><rdf:Description "
                            "tiff:Orientation='6' dc:rights='Jane'/></rdf:RDF></x:xmpmeta>"));
    for (const std::string& name : outputs) {
        saved(loaded, name);
        const std::string kept = fields(name);
        EXPECT_TRUE(contains(kept, "dc:rights='Jane'")) << name;
        EXPECT_FALSE(contains(kept, "tiff:Orientation")) << name;
    }
}

} // namespace
} // namespace maniera
