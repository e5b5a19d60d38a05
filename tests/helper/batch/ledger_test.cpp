// SPDX-License-Identifier: GPL-3.0-or-later
// What counts as done, and what no longer does.

#include "helper/batch/ledger.h"

#include "core/base/sha256.h"
#include "core/error.h"
#include "tests/support/process.h"
#include "tests/support/refusal.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <sys/stat.h>

namespace maniera {
namespace {

namespace fs = std::filesystem;
using test::read_text;
using test::write_text;

class Ledger : public testing::Test {
protected:
    Ledger() {
        write_text(one.file, "photograph");
        write_text(one.output, "painting");
        write_text(two.file, "another");
        write_text(two.output, "another painting");
    }
    BatchPicture picture(const std::string& name) const {
        return {folder / ("photo-" + name), name, folder / name};
    }
    void add(const BatchPicture& done, Shard shard = {}, const std::string& recipe = "recipe") {
        BatchLedger(folder.path().string(), shard, recipe).add(done, sha256_of_file(done.file));
    }
    bool knows(const BatchPicture& asked, const std::string& recipe = "recipe") const {
        return BatchLedger(folder.path().string(), {}, recipe).done(asked);
    }

    test::ScratchFolder folder;
    const BatchPicture one = picture("one.png"), two = picture("two.png");
    const std::string file = folder / ".maniera-batch";
};

TEST_F(Ledger, KnowsWhatIsDone) {
    EXPECT_FALSE(knows(one));
    add(one);
    EXPECT_TRUE(knows(one));
    EXPECT_FALSE(knows(two));
    EXPECT_FALSE(knows(one, "another recipe"));
    add(one, {}, "another recipe");
    EXPECT_TRUE(knows(one));
}

TEST_F(Ledger, KnowsWhatChanged) {
    add(one);
    write_text(one.output, "paint"); // torn
    EXPECT_FALSE(knows(one));
    write_text(one.output, "paintinG");
    EXPECT_FALSE(knows(one));
    write_text(one.output, "painting");
    EXPECT_TRUE(knows(one));
    write_text(one.file, "photogrAph");
    EXPECT_FALSE(knows(one));
    fs::remove(one.file);
    EXPECT_FALSE(knows(one));
    write_text(one.file, "photograph");
    fs::remove(one.output);
    EXPECT_FALSE(knows(one));
    fs::create_directory(one.output);
    EXPECT_FALSE(knows(one));
}

TEST_F(Ledger, DoesNotTakeOneForAnother) {
    add(one);
    write_text(two.file, "photograph");
    write_text(two.output, "painting");
    EXPECT_FALSE(knows(two)); // of another name
}

TEST_F(Ledger, SurvivesTornLines) {
    add(one);
    const std::string whole = read_text(file);
    for (std::size_t size = 0; size < whole.size(); ++size) {
        write_text(file, whole.substr(0, size));
        EXPECT_EQ(knows(one), size + 1 == whole.size()) << size; // the end of the line is no loss
        write_text(file, whole.substr(0, size));
        add(two);
        EXPECT_TRUE(knows(two)) << size;
    }
    write_text(file, std::string("\0\xff garbage\n\n", 12) + whole);
    EXPECT_TRUE(knows(one));
}

TEST_F(Ledger, IsOneForEachShardAndReadFromAll) {
    add(one, {1, 2});
    add(two, {2, 2});
    EXPECT_TRUE(knows(one) && knows(two));
    EXPECT_TRUE(fs::exists(folder / ".maniera-batch-1-of-2"));
    EXPECT_TRUE(fs::exists(folder / ".maniera-batch-2-of-2"));
}

TEST_F(Ledger, TakesAwkwardNames) {
    BatchPicture odd = picture("Größe\n猫 .png");
    write_text(odd.file, "photograph");
    write_text(odd.output, "painting");
    add(odd);
    add(two);
    EXPECT_TRUE(knows(odd) && knows(two));
}

// Whoever can write to the folder would have it append to a file of the user's.
TEST_F(Ledger, FollowsNoLinkAndWaitsForNobody) {
    write_text(folder / "profile", "mine\n");
    const auto refused = [&] { return test::refusal([&] { add(one); }); };
    fs::create_symlink(folder / "profile", file);
    EXPECT_TRUE(test::contains(refused(), "is a link")) << refused();
    fs::remove(file);
    fs::create_hard_link(folder / "profile", file);
    EXPECT_TRUE(test::contains(refused(), "is a link")) << refused();
    fs::remove(file);
    ASSERT_EQ(mkfifo(file.c_str(), 0600), 0);
    EXPECT_TRUE(test::contains(refused(), "no plain file")) << refused();
    EXPECT_EQ(read_text(folder / "profile"), "mine\n");
}

TEST_F(Ledger, WritesNothingThatAShellWouldRun) {
    for (const char* name : {"a; touch b.png", "$(touch b).png", "`touch b`.png", "a\ntouch b.png",
                             "a|tee b&.png", "a>b.png"}) {
        const BatchPicture odd{one.file, name, one.output};
        add(odd);
        EXPECT_TRUE(knows(odd)) << name;
    }
    EXPECT_EQ(read_text(file).find_first_of(";$`|&<>()'\"\\*?#~!"), std::string::npos)
        << read_text(file);
}

TEST_F(Ledger, SaysWhereItCannotWrite) {
    fs::create_directory(file);
    ErrorCode code = ErrorCode::internal;
    EXPECT_TRUE(test::contains(test::refusal([&] { knows(one); }, &code), file));
    EXPECT_EQ(code, ErrorCode::invalid_request);
}

TEST(Recipe, IsAllThatDecidesThePainting) {
    const test::ScratchFolder folder;
    write_text(folder / "style", "painting");
    write_text(folder / "mask", "mask");
    Job job;
    maniera_options_init(&job.options);
    job.styles.resize(1);
    job.styles[0].picture.file = folder / "style";
    Manifest model;
    model.sha256 = "1";
    const std::string before = recipe_hash(job, model);
    const auto changed = [&](const Job& other) { return recipe_hash(other, model) != before; };
    const auto with = [&](const char* option, const std::string& value) {
        Job other = job;
        set_option(other.options, option, value);
        return other;
    };
    EXPECT_TRUE(changed(with("size", "512")));
    EXPECT_TRUE(changed(with("shrink", "512")));
    EXPECT_TRUE(changed(with("strength", "60")));
    EXPECT_TRUE(changed(with("seed", "1")));
    EXPECT_TRUE(changed(with("quality", "draft")));
    EXPECT_TRUE(changed(with("time-limit", "5")));
    EXPECT_TRUE(changed(with("precision", "fp32")));
    EXPECT_TRUE(changed(with("init", "noise")));
    EXPECT_TRUE(changed(with("init", folder / "mask")));
    EXPECT_FALSE(changed(with("quality", "normal"))); // as it is anyway
    EXPECT_FALSE(changed(with("threads", "3")));
    EXPECT_FALSE(changed(with("tile", "64")));
    EXPECT_FALSE(changed(with("preview", "p.png")));
    Job smaller = job, stripped = job;
    smaller.saving.options = {{"Q", "50"}};
    stripped.saving.chosen = MetadataChoice::strip;
    EXPECT_TRUE(changed(smaller) && changed(stripped));
    Job masked = job, weighted = job, twice = job;
    masked.styles[0].mask.file = folder / "mask";
    weighted.styles[0].weight = 2;
    twice.styles.push_back(job.styles[0]);
    EXPECT_TRUE(changed(masked) && changed(weighted) && changed(twice));
    model.sha256 = "2";
    EXPECT_TRUE(changed(job));
    model.sha256 = "1";
    fs::rename(folder / "style", folder / "moved");
    job.styles[0].picture.file = folder / "moved";
    EXPECT_FALSE(changed(job));
    write_text(folder / "moved", "paintinG");
    EXPECT_TRUE(changed(job));
    job.styles[0].picture.file = folder / "none";
    EXPECT_TRUE(test::contains(test::refusal([&] { changed(job); }), "none"));
}

} // namespace
} // namespace maniera
