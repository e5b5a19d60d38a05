// SPDX-License-Identifier: GPL-3.0-or-later
// Containers of JPEG XL, byte by byte. That libjxl reads what is written is tested with pictures,
// in metadata_test.cpp.

#include "helper/images/jxl_boxes.h"

#include "tests/support/process.h"
#include "tests/support/raw_pictures.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>

namespace maniera {
namespace {

using test::big_endian;
using test::read_text;
using test::write_text;

const std::string exif("Exif\0\0II*\0\x08\0\0\0", 14), tiff = exif.substr(6);
const std::string codestream("\xff\x0a any picture", 14);
const std::string start("\0\0\0\x0cJXL \r\n\x87\n\0\0\0\x14"
                        "ftypjxl \0\0\0\0jxl ",
                        32);

std::string box(const std::string& type, const std::string& data) {
    return big_endian(static_cast<std::uint32_t>(data.size() + 8)) + type + data;
}
// With the size of 8 bytes.
std::string large_box(const std::string& type, const std::string& data) {
    return big_endian(1) + type + big_endian(0) +
           big_endian(static_cast<std::uint32_t>(data.size() + 16)) + data;
}
std::string endless_box(const std::string& type, const std::string& data) {
    return big_endian(0) + type + data;
}

class JxlBoxes : public testing::Test {
protected:
    std::string file(const std::string& bytes) const {
        write_text(folder / "a.jxl", bytes);
        return folder / "a.jxl";
    }
    JxlWords words(const std::string& bytes) const { return jxl_words(file(bytes)); }
    // The file with words added; "refused" where that fails.
    std::string with(const JxlWords& words, const std::string& bytes) const {
        const std::string path = file(bytes);
        return add_jxl_words(words, path) ? read_text(path) : "refused";
    }

    test::ScratchFolder folder;
};

TEST_F(JxlBoxes, AreReadWhereverTheyAreAndWhateverSizesTheySay) {
    const std::string offset(4, '\0');
    for (const std::string& bytes :
         {start + box("xml ", "<a/>") + box("Exif", offset + tiff) + box("jxlc", codestream),
          start + box("jxlc", codestream) + large_box("Exif", offset + tiff) +
              endless_box("xml ", "<a/>"),
          start + box("jxll", "\x0a") + box("jxlp", "....") + box("xml ", "") +
              box("Exif", big_endian(3) + "..." + tiff) + box("xml ", "<a/>") +
              box("xml ", "<b/>") + endless_box("jxlp", codestream)}) {
        EXPECT_EQ(words(bytes).xmp, "<a/>");
        EXPECT_EQ(words(bytes).exif, exif);
    }
    const JxlWords compressed = words(start + box("brob", "xml ......") + box("jxlc", codestream));
    EXPECT_TRUE(compressed.empty());
}

TEST_F(JxlBoxes, AreAddedToACodestreamAndToAContainer) {
    const std::string added = box("Exif", std::string(4, '\0') + tiff) + box("xml ", "<a/>");
    const JxlWords both = {exif, "<a/>"};
    EXPECT_EQ(with(both, codestream), start + added + box("jxlc", codestream));
    for (const std::string& rest :
         {box("jxlc", codestream), endless_box("jxlc", codestream),
          box("jxlp", "....") + box("brob", "xml ...") + large_box("jxlp", codestream)}) {
        EXPECT_EQ(with(both, start + rest), start + added + rest);
        const std::string level = box("jxll", "\x0a");
        EXPECT_EQ(with(both, start + level + rest), start + level + added + rest);
    }
}

// What came behind a box without an end would be its own.
TEST_F(JxlBoxes, AreAddedBeforeABoxWithoutAnEnd) {
    const std::string added = box("xml ", "<a/>");
    for (const char* type : {"jxll", "ftyp", "JXL ", "jxlc"}) {
        const std::string endless = endless_box(type, codestream);
        EXPECT_EQ(with({"", "<a/>"}, start + endless), start + added + endless) << type;
        EXPECT_EQ(words(start + added + endless).xmp, "<a/>");
    }
    EXPECT_EQ(with({"", "<a/>"}, start.substr(0, 12) + endless_box("ftyp", "jxl ")), "refused");
}

TEST_F(JxlBoxes, ThatAreThereStay) {
    const std::string one = start + box("jxlc", codestream) + box("xml ", "<b/>");
    EXPECT_EQ(with({"", "<a/>"}, one), one);
    EXPECT_EQ(with({}, codestream), codestream);
    const std::string both = with({exif, "<a/>"}, one);
    EXPECT_EQ(words(both).xmp, "<b/>");
    EXPECT_EQ(words(both).exif, exif);
}

// More than is moved at a time.
TEST_F(JxlBoxes, LeaveALargePictureAsItIs) {
    std::string large = codestream;
    for (std::size_t i = 0; large.size() < (3u << 20) + 7; ++i)
        large += static_cast<char>(i * i >> 7);
    const std::string whole = with({"", std::string(70000, 'a')}, large);
    EXPECT_EQ(whole.substr(whole.size() - large.size()), large);
    EXPECT_EQ(words(whole).xmp.size(), 70000u);
}

TEST_F(JxlBoxes, OfNoOrOfADamagedFileAreLeftOut) {
    for (const std::string& bytes :
         {std::string(), std::string("\xff"), std::string("a picture"), start.substr(0, 11),
          start.substr(0, 12), "\xff\xd8" + box("xml ", "<a/>")}) {
        EXPECT_TRUE(words(bytes).empty());
        EXPECT_EQ(with({exif, "<a/>"}, bytes), "refused");
    }
    EXPECT_TRUE(jxl_words(folder / "none.jxl").empty());
    EXPECT_FALSE(add_jxl_words({exif, "<a/>"}, folder / "none.jxl"));

    const std::string huge = big_endian(1) + "jxlc" + std::string(8, '\xff') + codestream;
    EXPECT_EQ(words(start + box("xml ", "<a/>") + huge + box("xml ", "<b/>")).xmp, "<a/>");
    for (const std::uint32_t size : {1u, 2u, 7u, 13u, 0xffffffffu})
        EXPECT_TRUE(words(start + big_endian(size) + "xml <a/>").empty()) << size;
    EXPECT_TRUE(words(start + big_endian(4) + box("xml ", "<a/>")).empty());
    EXPECT_TRUE(words(start + box("Exif", "II*") + box("Exif", std::string(4, '\xff') + tiff))
                    .exif.empty());
    EXPECT_TRUE(words(start + box("xml ", std::string((16 << 20) + 1, 'a'))).empty());

    const std::string whole = start + large_box("xml ", "<a/>") + box("jxlc", codestream) +
                              box("Exif", std::string(4, '\0') + tiff);
    for (std::size_t i = 0; i < whole.size(); ++i) {
        words(whole.substr(0, i));
        for (const char value : {'\0', '\1', '\x7f', '\xff'}) {
            std::string changed = whole;
            changed[i] = value;
            words(changed);
        }
    }
}

// Eight million, each a seek.
TEST_F(JxlBoxes, InAnyNumberAreReadInAMoment) {
    std::string many = start;
    const std::string empty = box("free", "");
    while (many.size() < (64u << 20))
        many += empty;
    const std::string path = file(many + box("xml ", "<a/>"));
    const auto began = std::chrono::steady_clock::now();
    EXPECT_TRUE(jxl_words(path).empty());
    EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(5));
}

} // namespace
} // namespace maniera
