// SPDX-License-Identifier: GPL-3.0-or-later
// Parts in a folder, as written and as people edit them.

#include "helper/job/parts_file.h"

#include "core/error.h"
#include "tests/support/pictures.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <unistd.h>

namespace maniera {
namespace {

namespace fs = std::filesystem;

class PartsFile : public ::testing::Test {
protected:
    PartsFile() : folder_("/tmp/maniera-parts-file-" + std::to_string(getpid())) {
        // In steps of 1/255, as parts are found.
        for (Image* mask : {&mask_, &style_}) {
            *mask = test::make_mask(40, 30, mask == &mask_ ? 0.4 : 0.7, 0.5);
            for (float& value : mask->pixels)
                value = static_cast<float>(static_cast<int>(value * 255)) / 255;
        }
        write_parts({{"face", mask_, {style_, Image()}}, {"sky", style_, {mask_, style_}}},
                    "/photos/face.jpg", {"/a.jpg", "/b.jpg"}, folder_);
    }
    ~PartsFile() override { fs::remove_all(folder_); }

    std::string path() const { return folder_ + "/parts.json"; }
    void edit(const std::string& text) const { std::ofstream(path()) << text; }
    void edit_parts(const std::string& parts) const {
        edit("{\"format\": 1, \"parts\": [" + parts + "]}");
    }
    std::vector<PartPair> read() const {
        std::vector<std::string> remarks;
        return read_parts(path(), 2, remarks);
    }
    std::string refusal() const {
        try {
            read();
        } catch (const Error& error) {
            return error.what();
        }
        return "";
    }
    void expect_refusal(const std::string& parts, const std::string& word) const {
        edit_parts(parts);
        EXPECT_NE(refusal().find(word), std::string::npos) << refusal();
    }

    std::string folder_;
    Image mask_, style_;
};

TEST_F(PartsFile, BringsBackWhatWasWritten) {
    const std::vector<PartPair> parts = read();
    ASSERT_EQ(parts.size(), 2u);
    EXPECT_EQ(parts[0].name, "face");
    EXPECT_LT(test::largest_difference(parts[0].mask, mask_), 1e-6);
    EXPECT_LT(test::largest_difference(parts[0].style_masks[0], style_), 1e-6);
    EXPECT_TRUE(parts[0].style_masks[1].empty());
    EXPECT_LT(test::largest_difference(parts[1].style_masks[1], style_), 1e-6);
    EXPECT_EQ(parts_files(path()).size(), 6u); // itself and five masks
}

TEST_F(PartsFile, SendsAPartToTheCounterpartOfAnother) {
    edit_parts(
        R"({"name": "face", "mask": "face.png", "styles": ["sky-style1.png", "sky-style2.png"]},
                  {"name": "sky", "mask": "sky.png", "styles": ["sky-style1.png", "sky-style2.png"]})");
    const std::vector<PartPair> parts = read();
    ASSERT_EQ(parts.size(), 2u);
    EXPECT_LT(test::largest_difference(parts[0].mask, mask_), 1e-6);
    for (const PartPair& part : parts) {
        EXPECT_LT(test::largest_difference(part.style_masks[0], mask_), 1e-6);
        EXPECT_LT(test::largest_difference(part.style_masks[1], style_), 1e-6);
    }
}

TEST_F(PartsFile, MayBeRenamedMergedAndDropped) {
    edit_parts(R"({"name": "all", "mask": "face.png", "styles": ["face-style1.png", null]},
                  {"name": "all", "mask": "sky.png", "styles": [null, "sky-style2.png"]})");
    const std::vector<PartPair> merged = read();
    ASSERT_EQ(merged.size(), 1u);
    for (std::size_t i = 0; i < mask_.pixels.size(); ++i)
        EXPECT_NEAR(merged[0].mask.pixels[i], std::min(1.0f, mask_.pixels[i] + style_.pixels[i]),
                    1e-6);
    EXPECT_LT(test::largest_difference(merged[0].style_masks[0], style_), 1e-6);
    EXPECT_LT(test::largest_difference(merged[0].style_masks[1], style_), 1e-6);
    edit_parts(R"({"name": "x", "mask": "sky.png", "styles": ["face-style1.png", null]})");
    EXPECT_EQ(read().size(), 1u);
    edit_parts("");
    EXPECT_TRUE(read().empty());
}

TEST_F(PartsFile, SaysWhatIsWrongInIt) {
    const std::string styles = R"("styles": ["face-style1.png", null]})";
    expect_refusal(R"({"mask": "face.png", )" + styles, "no name");
    expect_refusal(R"({"name": "a", )" + styles, "no mask");
    expect_refusal(R"({"name": "a", "mask": "gone.png", )" + styles,
                   "gone.png of the part \"a\" is missing");
    expect_refusal(R"({"name": "a", "mask": "face.png", "styles": ["face-style1.png"]})",
                   "\"styles\" of 2 masks");
    expect_refusal(R"({"name": "a", "mask": "face.png", "styles": [null, null]})", "in no style");
    expect_refusal(R"({"name": "a", "mask": "face.png", "style": [], )" + styles,
                   "unknown name \"style\"");
    expect_refusal("3", "part 1 must be an object");
    edit("{\"format\": 1, \"parts\": [");
    EXPECT_NE(refusal().find("not JSON"), std::string::npos);
    edit("{\"format\": 2, \"parts\": []}");
    EXPECT_NE(refusal().find("format"), std::string::npos);
    edit("[]");
    EXPECT_NE(refusal().find("no list"), std::string::npos);
    fs::remove(path());
    EXPECT_NE(refusal().find("cannot be opened"), std::string::npos);
    fs::create_symlink("/proc/self/mem", path()); // as a disk that fails
    EXPECT_NE(refusal().find("cannot be opened"), std::string::npos);
    EXPECT_EQ(parts_files(path()).size(), 1u);
}

} // namespace
} // namespace maniera
