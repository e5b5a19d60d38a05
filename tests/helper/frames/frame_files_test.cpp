// SPDX-License-Identifier: GPL-3.0-or-later
// Which files are frames, their order, and what their paintings are called.

#include "helper/frames/frame_files.h"

#include "tests/support/process.h"
#include "tests/support/refusal.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

namespace maniera {
namespace {

namespace fs = std::filesystem;
using test::contains;
using test::refusal;
using test::ScratchFolder;
using test::write_text;

std::vector<std::string> sorted(std::vector<std::string> names) {
    std::sort(names.begin(), names.end(), natural_order);
    return names;
}

TEST(NaturalOrder, CountsNumbersAsNumbers) {
    using Names = std::vector<std::string>;
    EXPECT_EQ(sorted({"f10.png", "f9.png", "f1.png"}), (Names{"f1.png", "f9.png", "f10.png"}));
    EXPECT_EQ(sorted({"s2-f1", "s10-f1", "s2-f12", "s2-f3"}),
              (Names{"s2-f1", "s2-f3", "s2-f12", "s10-f1"}));
    EXPECT_EQ(sorted({"0010", "002", "1"}), (Names{"1", "002", "0010"}));
    EXPECT_EQ(sorted({"99999999999999999999998", "99999999999999999999999", "3"}),
              (Names{"3", "99999999999999999999998", "99999999999999999999999"}));
}

TEST(NaturalOrder, IsAnOrderOfNamesThatDifferInZerosAlone) {
    EXPECT_TRUE(natural_order("01", "1"));
    EXPECT_FALSE(natural_order("1", "01"));
    EXPECT_FALSE(natural_order("a1", "a1"));
    EXPECT_TRUE(natural_order("a", "a1"));
}

class FrameFiles : public testing::Test {
protected:
    FrameFiles() {
        fs::create_directory(folder / "in");
        recipe.styles.resize(1);
        recipe.styles[0].picture.file = folder / "style.png";
    }
    void add(const std::string& name) const { write_text(folder / ("in/" + name), "x"); }
    std::vector<BatchPicture> files() const {
        return frame_files(folder / "in", folder / "out", recipe);
    }
    std::string refused() const {
        return refusal([&] { files(); });
    }

    ScratchFolder folder;
    Job recipe{};
};

TEST_F(FrameFiles, AreThePicturesOfAFolderInOrder) {
    for (const char* name : {"f10.jpg", "f2.png", "notes.txt", ".f3.png"})
        add(name);
    fs::create_directory(folder / "in/f5.png");
    const std::vector<BatchPicture> frames = files();
    ASSERT_EQ(frames.size(), 2u);
    EXPECT_EQ(frames[0].file, folder / "in/f2.png");
    EXPECT_EQ(frames[1].output, folder / "out/f10.png");
}

TEST_F(FrameFiles, RefuseWhatWouldBeLost) {
    add("f1.jpg");
    EXPECT_TRUE(contains(refusal([&] { frame_files(folder / "in", folder / "in", recipe); }),
                         "cannot hold both"));
    recipe.styles[0].picture.file = folder / "out/f1.png";
    EXPECT_TRUE(contains(refused(), "which belongs to"));
    recipe.styles[0].picture.file = folder / "style.png";
    for (const char* preview : {"in/f1.jpg", "out/f1.png", "style.png"}) {
        set_option(recipe.options, "preview", folder / preview);
        EXPECT_TRUE(contains(refused(), "The preview would replace")) << preview;
    }
    maniera_option_unset(&recipe.options, "preview");
    add("f1.png");
    EXPECT_TRUE(contains(refused(), "The painting of"));
}

TEST_F(FrameFiles, RefuseAFolderWithoutPicturesOrNone) {
    EXPECT_TRUE(contains(refused(), "There is no picture in"));
    EXPECT_TRUE(contains(refusal([&] { frame_files(folder / "no", folder / "out", recipe); }),
                         "cannot be read"));
}

} // namespace
} // namespace maniera
