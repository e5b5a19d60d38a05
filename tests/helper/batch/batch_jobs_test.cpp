// SPDX-License-Identifier: GPL-3.0-or-later

#include "helper/batch/batch_jobs.h"

#include "core/error.h"
#include "tests/support/process.h"
#include "tests/support/refusal.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

namespace maniera {
namespace {

namespace fs = std::filesystem;
using test::contains;
using test::write_text;
using Words = std::vector<std::string>;

class BatchPlan : public testing::Test {
protected:
    BatchPlan() {
        fs::create_directories(folder / "photos/sea/deep");
        for (const char* name : {"b.jpg", "a.PNG", "c.bmp", "notes.txt", ".hidden.jpg", "noending",
                                 "sea/a.png", "sea/deep/d.tif"})
            touch("photos/" + std::string(name));
        batch.sources = {photos()};
        batch.output_folder = folder / "out";
    }

    void touch(const std::string& name) const { write_text(folder / name, "x"); }
    std::string photos(const std::string& name = "") const {
        return folder / (name.empty() ? "photos" : "photos/" + name);
    }
    Words names() const {
        Words names;
        for (const BatchPicture& picture : batch_pictures(batch))
            names.push_back(picture.name);
        return names;
    }
    std::string refusal() const {
        ErrorCode code = ErrorCode::internal;
        const std::string text = test::refusal([&] { batch_pictures(batch); }, &code);
        EXPECT_EQ(error_name(code), std::string("invalid-request")) << text;
        return text;
    }

    test::ScratchFolder folder;
    Batch batch;
};

TEST_F(BatchPlan, TakesTheVisiblePicturesOfAFolderByName) {
    const std::vector<BatchPicture> pictures = batch_pictures(batch);
    ASSERT_EQ(pictures.size(), 3u);
    EXPECT_EQ(pictures[0].file, photos("a.PNG"));
    EXPECT_EQ(pictures[0].name, "a.PNG");
    EXPECT_EQ(pictures[0].output, folder / "out/a.PNG");
    EXPECT_EQ(pictures[1].name, "b.jpg");
    EXPECT_EQ(pictures[2].name, "c.png"); // a BMP is not written
}

TEST_F(BatchPlan, KeepsFoldersInFolders) {
    batch.recursive = true;
    EXPECT_EQ(names(), (Words{"a.PNG", "b.jpg", "c.png", "sea/a.png", "sea/deep/d.tif"}));
    batch.output_folder = photos("sea"); // where earlier results lie
    EXPECT_EQ(names(), (Words{"a.PNG", "b.jpg", "c.png"}));
    fs::create_directory_symlink(folder.path(), photos("round"));
    EXPECT_EQ(names().size(), 3u);
}

TEST_F(BatchPlan, NamesResults) {
    batch.suffix = ".van gogh";
    batch.format = "webp";
    EXPECT_EQ(names(), (Words{"a.van gogh.webp", "b.van gogh.webp", "c.van gogh.webp"}));
    batch.format = "gif";
    EXPECT_TRUE(contains(refusal(), "no format gif"));
    batch.format = "png";
    batch.suffix = "/../x";
    EXPECT_TRUE(contains(refusal(), "no slash"));
}

TEST_F(BatchPlan, ReadsLists) {
    write_text(folder / "list", photos("b.jpg") + "\r\n\n" + photos("sea") + "\n" +
                                    photos("not there.jpg")); // which is told as a bad picture
    batch.list = folder / "list";
    batch.sources.clear();
    EXPECT_EQ(names(), (Words{"b.jpg", "not there.jpg", "a.png"}));
    batch.list = folder / "no list";
    EXPECT_TRUE(contains(refusal(), "no list"));
    batch.list = photos();
    EXPECT_TRUE(contains(refusal(), "cannot be opened"));
    batch.list = "/proc/self/mem"; // as a disk that fails
    EXPECT_TRUE(contains(refusal(), "cannot be opened"));
}

TEST_F(BatchPlan, ReadsListsOfFindPrint0) {
    write_text(folder / "list", photos("b.jpg") + '\0' + photos("sea") + '\0');
    batch.list = folder / "list";
    batch.sources.clear();
    EXPECT_EQ(names(), (Words{"b.jpg", "a.png"}));
    write_text(folder / "list", photos("b.jpg") + '\0' + photos("new\nline.jpg") + '\0');
    EXPECT_TRUE(contains(refusal(), "control character U+000A"));
    write_text(folder / "list", photos("\033[2Jb.jpg") + "\n");
    EXPECT_TRUE(contains(refusal(), "control character U+001B"));
    write_text(folder / "list", photos("\xe2\x81\xa7"
                                       "b.jpg") +
                                    "\n");
    EXPECT_TRUE(contains(refusal(), "control character U+2067"));
}

TEST_F(BatchPlan, TakesAPictureOnce) {
    batch.sources = {photos(), photos("b.jpg"), photos("sea/../b.jpg"), photos() + "/"};
    EXPECT_EQ(names(), (Words{"a.PNG", "b.jpg", "c.png"}));
}

TEST_F(BatchPlan, RefusesTwoPicturesWithOneResult) {
    touch("photos/c.gif");
    const std::string text = refusal();
    for (const char* part : {"c.bmp", "c.gif", "out/c.png"})
        EXPECT_TRUE(contains(text, part)) << text;
    fs::remove(photos("c.gif"));
    batch.sources = {photos("sea/a.png"), photos()};
    batch.format = "png";
    EXPECT_TRUE(contains(refusal(), "sea/a.png"));
    batch.shard = {2, 2}; // whichever part asks
    EXPECT_TRUE(contains(refusal(), "sea/a.png"));
}

TEST_F(BatchPlan, NeverReplacesPicturesOrStyles) {
    batch.output_folder = photos();
    EXPECT_TRUE(contains(refusal(), "next run's"));
    batch.sources = {photos("a.PNG"), photos("b.jpg")};
    EXPECT_TRUE(contains(refusal(), "would replace " + photos("a.PNG")));
    batch.suffix = "-painted";
    EXPECT_EQ(names(), (Words{"a-painted.PNG", "b-painted.jpg"}));
    batch.recipe.styles.emplace_back();
    batch.recipe.styles[0].picture.file = photos("a-painted.PNG");
    EXPECT_TRUE(contains(refusal(), "would replace " + photos("a-painted.PNG")));
    batch.recipe.styles[0].picture.file = photos("c.bmp");
    fs::create_symlink(photos("b.jpg"), photos("b-painted.jpg"));
    EXPECT_TRUE(contains(refusal(), "would replace " + photos("b.jpg")));
    fs::remove(photos("b-painted.jpg"));
    fs::create_hard_link(photos("b.jpg"), photos("b-painted.jpg"));
    EXPECT_TRUE(contains(refusal(), "would replace " + photos("b.jpg")));
    fs::remove(photos("b-painted.jpg"));
    batch.recipe.styles[0].mask.file = photos("b-painted.jpg"); // there is none yet
    EXPECT_TRUE(contains(refusal(), "would replace " + photos("b-painted.jpg")));
    batch.recipe.styles[0].mask = {};
    set_option(batch.recipe.options, "init", photos("a-painted.PNG"));
    EXPECT_TRUE(contains(refusal(), "would replace " + photos("a-painted.PNG")));
}

TEST_F(BatchPlan, RefusesTwoResultsThatAreOneFileThroughALink) {
    touch("target.png");
    fs::create_directory(folder / "out");
    fs::create_symlink(folder / "target.png", folder / "out/a.PNG");
    fs::create_symlink(folder / "target.png", folder / "out/b.jpg");
    EXPECT_TRUE(contains(refusal(), "would both become"));
}

TEST_F(BatchPlan, RefusesNothingToDo) {
    fs::create_directory(folder / "empty");
    batch.sources = {folder / "empty"};
    EXPECT_TRUE(contains(refusal(), "--recursive"));
}

TEST_F(BatchPlan, ShardsCoverAllOnce) {
    batch.recursive = true;
    const Words all = names();
    for (int count : {1, 2, 3, 5, 7}) {
        Words seen;
        std::size_t most = 0, least = all.size();
        for (int index = 1; index <= count; ++index) {
            batch.shard = {index, count};
            const Words part = names();
            EXPECT_EQ(part, names());
            most = std::max(most, part.size());
            least = std::min(least, part.size());
            seen.insert(seen.end(), part.begin(), part.end());
        }
        std::sort(seen.begin(), seen.end());
        EXPECT_EQ(seen, all);
        EXPECT_LE(most - least, 1u);
    }
}

TEST(Shard, IsReadStrictly) {
    EXPECT_EQ(parse_shard("2/8").index, 2);
    EXPECT_EQ(parse_shard("8/8").count, 8);
    for (const char* bad : {"0/8", "9/8", "2", "2/", "/8", "2/8/9", "-1/8", "2 /8", "a/b", "",
                            "1/99999999999", "1.5/2"})
        EXPECT_TRUE(contains(test::refusal([&] { parse_shard(bad); }), "from 1 to N")) << bad;
}

} // namespace
} // namespace maniera
