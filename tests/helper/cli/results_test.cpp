// SPDX-License-Identifier: GPL-3.0-or-later
// What people do with results, as a user does it, with a tiny model: save them otherwise, paint
// them again, hand them on.

#include "core/run/make_style_pack.h"
#include "helper/images/image_file.h"
#include "helper/job/recipe.h"
#include "tests/support/pictures.h"
#include "tests/support/program.h"
#include "tests/support/refusal.h"
#include "tests/support/tiny_model.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <tuple>
#include <utility>

namespace maniera {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using test::contains;
using test::make_picture;
using test::operator+;
using test::Outcome;
using test::read_text;
using test::Words;

class Results : public test::ProgramWithTinyModel {
protected:
    Results() {
        fs::create_directory(folder / "pictures");
        save_picture(make_picture(80, 61, 1), {}, folder / "pictures/photo.png");
        save_picture(make_picture(70, 50, 2), {}, folder / "pictures/a.png");
        save_picture(make_picture(50, 64, 3), {}, folder / "pictures/b.png");
    }
    std::string at(const std::string& name) const { return folder / ("pictures/" + name); }
    Words quick() const {
        return {"--model", "tiny", "--threads", "1", "--precision", "fp32", "--iterations", "3"};
    }
    // Of two styles.
    Outcome paint(const std::string& name, const Words& more = {}) const {
        return maniera(Words{"stylize", at("photo.png"), "--style", at("a.png"), "--weight", "2",
                             "--style", at("b.png"), "--weight", "1", "-o", at(name)} +
                       quick() + more);
    }
    Words same_machine() const { return {"--threads", "1", "--precision", "fp32"}; }
};

TEST_F(Results, SayHowTheyWerePaintedAndArePaintedAgain) {
    ASSERT_EQ(paint("result.jpg", {"--strength", "70"}).code, 0);
    EXPECT_EQ(maniera({"recipe", at("result.jpg")}).out,
              "maniera stylize photo.png --style a.png --weight 2 --style b.png --weight 1 "
              "--strength 70 --iterations 3 --model tiny -o result.jpg\n");
    const Outcome again = maniera(Words{"again", at("result.jpg")} + same_machine());
    ASSERT_EQ(again.code, 0) << again.err;
    EXPECT_EQ(read_text(at("result-again.jpg")), read_text(at("result.jpg")));
}

// Those that libvips does not always write; the others are read back in metadata_test.cpp.
TEST_F(Results, OfRarerFormatsSayHowTheyWerePaintedToo) {
    for (const std::string ending : {"avif", "heic", "jxl"}) {
        const std::string name = "result." + ending, file = at(name);
        const Outcome painted = paint(name);
        if (painted.code == 2 && contains(painted.err, "cannot write here"))
            continue;
        ASSERT_EQ(painted.code, 0) << painted.err;
        EXPECT_EQ(maniera({"recipe", file}).out,
                  "maniera stylize photo.png --style a.png --weight 2 --style b.png --weight 1 "
                  "--iterations 3 --model tiny -o " +
                      name + "\n");
        const Outcome again = maniera(Words{"again", file} + same_machine());
        ASSERT_EQ(again.code, 0) << again.err;
        EXPECT_EQ(read_text(at("result-again." + ending)), read_text(file)) << ending;
        ASSERT_EQ(
            maniera(Words{"again", file, "--metadata", "strip", "-o", file} + same_machine()).code,
            0);
        EXPECT_EQ(maniera({"recipe", file}).code, 2) << ending;
    }
}

TEST_F(Results, ArePaintedAgainWithTheirOutputOptions) {
    ASSERT_EQ(
        paint("result.jpg", {"--output-option", "subsample-mode=on", "--output-option", "Q=30"})
            .code,
        0);
    EXPECT_TRUE(
        contains(maniera({"recipe", at("result.jpg")}).out,
                 " --output-option Q=30 --output-option subsample-mode=on -o result.jpg\n"));
    const auto again = [&](const Words& more) {
        const Outcome outcome = maniera(Words{"again", at("result.jpg")} + same_machine() + more);
        EXPECT_EQ(outcome.code, 0) << outcome.err;
    };
    again({});
    EXPECT_EQ(read_text(at("result-again.jpg")), read_text(at("result.jpg")));
    again({"--output-option", "Q=95", "-o", at("good.jpg")});
    EXPECT_GT(fs::file_size(at("good.jpg")), fs::file_size(at("result.jpg")));
    again({"-o", at("other.png")}); // PNG has no subsample-mode
    EXPECT_FALSE(contains(maniera({"recipe", at("other.png")}).out, "--output-option"));
}

TEST_F(Results, ArePaintedAgainLargerOrFromAnotherPhotograph) {
    ASSERT_EQ(paint("result.png").code, 0);
    fs::create_directory(folder / "away");
    fs::rename(at("result.png"), folder / "away/result.png");
    const Words again = Words{"again", folder / "away/result.png"} + same_machine();
    const Outcome lost = maniera(again);
    EXPECT_EQ(lost.code, 2);
    EXPECT_TRUE(contains(lost.err, "photo.png") && contains(lost.err, "--look-in")) << lost.err;
    const Outcome larger = maniera(again + Words{"--look-in", folder / "pictures", "--size", "96",
                                                 "-o", folder / "large.png"});
    ASSERT_EQ(larger.code, 0) << larger.err;
    EXPECT_EQ(load_picture(folder / "large.png").picture.color.width, 96);
    save_picture(make_picture(64, 40, 9), {}, folder / "other.png");
    ASSERT_EQ(maniera(again + Words{folder / "other.png", "--look-in", folder / "pictures", "-o",
                                    folder / "other-painted.png"})
                  .code,
              0);
    EXPECT_EQ(load_picture(folder / "other-painted.png").picture.color.height, 40);
    EXPECT_TRUE(
        contains(maniera({"recipe", folder / "other-painted.png"}).out, "stylize other.png "));
}

TEST_F(Results, ArePaintedByAStylePackInAPaintingsPlace) {
    const std::string pack = at("a.maniera-style");
    const Words machine = {"--model", "tiny", "--threads", "1"};
    const Outcome made = maniera(Words{"pack", at("a.png"), "-o", pack, "--author", "B"} + machine);
    ASSERT_EQ(made.code, 0) << made.err;
    EXPECT_TRUE(contains(maniera({"pack", pack}).out, "a, by B\nUp to 70 px")) << made.out;
    // By each command that takes a style, without the painting.
    fs::rename(at("a.png"), folder / "away.png");
    const Words styles = {"--style", pack,        "--weight", "2",
                          "--style", at("b.png"), "--weight", "1"};
    for (const Words& words :
         {Words{"stylize", at("photo.png"), "-o", at("result.png")},
          Words{"sheet", at("photo.png"), "-o", folder / "sheet.png", "--vary", "strength=25,75"},
          Words{"measure", at("photo.png"), "--content", at("photo.png")}}) {
        const Words weighed = words[0] == "sheet" ? Words{"--style", pack} : styles;
        const Outcome done = maniera(words + weighed + quick());
        EXPECT_EQ(done.code, 0) << words[0] << done.err;
    }
    const Outcome again = maniera(Words{"again", at("result.png")} + same_machine());
    EXPECT_EQ(again.code, 0) << again.err;
    EXPECT_EQ(read_text(at("result-again.png")), read_text(at("result.png")));
}

TEST_F(Results, AreRefusedWhereAStylePackCannotServe) {
    const std::string pack = at("a.maniera-style");
    const Words machine = {"--model", "tiny", "--threads", "1"};
    ASSERT_EQ(maniera(Words{"pack", at("a.png"), "-o", pack} + machine).code, 0);
    const std::string whole = read_text(pack);
    const Outcome parts = maniera(
        Words{"parts", at("photo.png"), "--style", pack, "-o", folder / "parts", "--parts", "off"} +
        machine);
    EXPECT_EQ(parts.code, 2);
    EXPECT_TRUE(contains(parts.err, "no painting in it to find parts in")) << parts.err;
    // A pack never takes an input's place, through whatever links.
    fs::create_symlink(at("b.png"), at("b.maniera-style"));
    for (const Words& words :
         {Words{at("b.png"), "-o", at("b.maniera-style")}, Words{at("a.png"), pack, "-o", pack}}) {
        const Outcome over = maniera(Words{"pack"} + words + machine);
        EXPECT_EQ(over.code, 2);
        EXPECT_TRUE(contains(over.err, "would replace")) << over.err;
    }
    const Outcome over =
        maniera(Words{"stylize", at("photo.png"), "--style", pack, "-o", pack} + machine);
    EXPECT_EQ(over.code, 2) << over.err;
    EXPECT_EQ(read_text(pack), whole);
    // Damaged, it is a picture that cannot be used.
    test::write_text(pack, whole.substr(0, whole.size() - 1));
    const Outcome damaged =
        maniera(Words{"stylize", at("photo.png"), "--style", pack, "-o", at("r.png")} + quick());
    EXPECT_EQ(damaged.code, 3);
    EXPECT_TRUE(contains(damaged.err, "is damaged")) << damaged.err;
}

TEST_F(Results, PacksHoldTheMomentsOfWeighedAndMaskedPaintings) {
    Picture half{"", Image(70, 50, 3), {}}; // white to the right
    for (std::size_t i = 0; i < half.color.pixels.size(); ++i)
        half.color.pixels[i] = i / 3 % 70 < 40 ? 0 : 1;
    save_picture(half, {}, at("half.png"));
    std::vector<StyleInput> paintings(2);
    paintings[0].picture = load_picture(at("a.png")).picture;
    paintings[0].style_mask = Image(70, 50, 1);
    for (std::size_t i = 0; i < paintings[0].style_mask.pixels.size(); ++i)
        paintings[0].style_mask.pixels[i] = half.color.pixels[3 * i];
    paintings[1].picture = load_picture(at("b.png")).picture;
    ManieraOptions options{};
    maniera_options_init(&options);
    options.threads = 1;
    const auto means = [](const StylePack& pack) { return pack.sizes.back().moments.front().mean; };
    const Words machine = {"--model", "tiny", "--threads", "1"};
    const std::string pack = at("ab.maniera-style");
    for (const auto& [a, b] : {std::pair(3, 1), std::pair(1, 3)}) {
        const Outcome made = maniera(Words{"pack", at("a.png"), "--style-mask", at("half.png"),
                                           "--weight", std::to_string(a), at("b.png"), "--weight",
                                           std::to_string(b), "-o", pack} +
                                     machine);
        ASSERT_EQ(made.code, 0) << made.err;
        paintings[0].weight = a;
        paintings[1].weight = b;
        const std::vector<float> own = means(read_style_pack(pack)),
                                 right = means(make_style_pack(test::make_tiny_model(), paintings,
                                                               options, 2048));
        ASSERT_EQ(own.size(), right.size());
        for (std::size_t i = 0; i < own.size(); ++i)
            EXPECT_NEAR(own[i], right[i], 1e-5 * std::abs(right[i])) << a << ":" << b;
    }
    const Outcome refused = maniera(
        Words{"pack", at("a.png"), "--weight", "2", at("b.png"), "-o", at("c.maniera-style")} +
        machine);
    EXPECT_EQ(refused.code, 2) << refused.err;
    EXPECT_TRUE(contains(refused.err, "weight")) << refused.err;
    EXPECT_FALSE(fs::exists(at("c.maniera-style")));
}

// The disk may have space again for the next one, and libvips forget it.
TEST_F(Results, AreWholeOrNotThereWhicheverWriteFailed) {
    save_picture({"", test::make_noise(100, 80, 3, 4), {}}, {}, at("noise.png"));
    // The first write tries whether the folder can be written to.
    for (const auto& [name, number] : {std::pair("r.png", 2), std::pair("r.png", 3),
                                       std::pair("r.tif", 2), std::pair("r.jpg", 2)}) {
        const std::string count = folder / (name + std::to_string(number));
        const Outcome outcome = test::maniera(
            Words{"stylize", at("noise.png"), "--style", at("a.png"), "-o", at(name)} + quick() +
                Words{"--iterations", "1"},
            environment() + Words{"LD_PRELOAD=" MANIERA_FAILING_CALLS, "FAIL_CALL=write",
                                  "FAIL_COUNT=" + count, "FAIL_UNDER=" + at(""),
                                  "FAIL_AT=" + std::to_string(number)});
        ASSERT_GE(fs::file_size(count), static_cast<std::size_t>(number)) << name;
        EXPECT_EQ(outcome.code, 7) << name << number << outcome.err;
        EXPECT_FALSE(fs::exists(at(name))) << name << number;
    }
}

// oneDNN is damaged where memory ran out in it: a later picture crashed, or had no end.
TEST_F(Results, OfABatchAreMissedWithASentenceWhereMemoryRanOutBefore) {
    fs::create_directory(at("photos"));
    for (const auto& [name, width, height] :
         {std::tuple("1.png", 171, 117), std::tuple("2.png", 72, 96), std::tuple("3.png", 80, 80)})
        save_picture(make_picture(width, height, width), {}, at("photos/") + name);
    const std::string count = folder / "count";
    const auto batch = [&](std::size_t number) {
        fs::remove(count);
        return test::maniera(
            Words{"batch", at("photos"), "--style", at("a.png"), "-o", at("painted")} + quick() +
                Words{"--iterations", "1"},
            environment() + Words{"LD_PRELOAD=" MANIERA_FAILING_CALLS, "FAIL_CALL=allocate",
                                  "FAIL_COUNT=" + count, "FAIL_UNDER=" + at(""),
                                  "FAIL_AT=" + std::to_string(number)});
    };
    EXPECT_EQ(batch(0).code, 0);
    const std::size_t of_first = fs::file_size(count) / 3, tries = 16;
    ASSERT_GT(of_first, tries);
    for (std::size_t i = 1; i <= tries; ++i) {
        const std::size_t number = i * of_first / tries;
        const Outcome outcome = batch(number);
        EXPECT_TRUE(outcome.code == 0 || outcome.code == 3 || outcome.code == 6)
            << number << ": " << outcome.code;
        EXPECT_TRUE(outcome.code == 0 || contains(outcome.err, "emory")) << outcome.err;
    }
}

// As `ulimit -v` gives it. Too little for the libraries to start, for pictures, for oneDNN's code.
TEST_F(Results, AreMissedWithASentenceWhereAddressSpaceIsShort) {
#ifdef __SANITIZE_ADDRESS__
    GTEST_SKIP() << "sanitizers take terabytes of address space";
#endif
    for (const int mebibytes : {600, 1064, 1130, 1535, 2048, 4096}) {
        const std::vector<Words> commands = {
            {"pack", at("a.png"), "-o", at("a.maniera-style"), "--model", "tiny", "--threads", "1"},
            Words{"measure", at("photo.png"), "--content", at("photo.png"), "--style",
                  at("a.png")} +
                quick()};
        for (const Words& words : commands) {
            const Outcome outcome = test::run(
                Words{"sh", "-c",
                      "ulimit -v " + std::to_string(mebibytes * 1024) + "; exec \"$0\" \"$@\"",
                      MANIERA_PROGRAM} +
                    words,
                environment());
            EXPECT_TRUE(outcome.code == 0 || outcome.code == 6)
                << words[0] << mebibytes << ": " << outcome.code << outcome.err;
            EXPECT_TRUE(outcome.code == 0 || contains(outcome.err, "not enough memory"))
                << words[0] << mebibytes << ": " << outcome.err;
            EXPECT_TRUE(outcome.code == 0 || mebibytes < 4096) << outcome.err;
        }
    }
}

// A terminal would turn the first, and do what the second says.
TEST_F(Results, AreSpokenOfWithoutControlCharacters) {
    for (const auto& [name, told] :
         {std::pair(std::string("photo\u202Egpj.exe"), "\\u{202E}gpj"),
          std::pair(std::string("\033]0;x\007.png"), "\\u{1B}]0;x\\u{7}")}) {
        const Outcome outcome = maniera(
            Words{"stylize", at(name), "--style", at("a.png"), "-o", at("r.png")} + quick());
        EXPECT_EQ(outcome.code, 3);
        EXPECT_TRUE(contains(outcome.err, told) && !contains(outcome.err, name)) << outcome.err;
    }
}

TEST_F(Results, OfABatchHoldTheirRecipesToo) {
    ASSERT_EQ(
        maniera(Words{"batch", at("photo.png"), "--style", at("a.png"), "-o", folder / "out"} +
                quick())
            .code,
        0);
    EXPECT_TRUE(contains(maniera({"recipe", folder / "out/photo.png"}).out, "--style a.png"));
}

TEST_F(Results, ThatAreStrippedSayNothing) {
    ASSERT_EQ(paint("result.jpg", {"--metadata", "strip"}).code, 0);
    EXPECT_FALSE(contains(read_text(at("result.jpg")), "maniera"));
    const Outcome told = maniera({"recipe", at("result.jpg")});
    EXPECT_EQ(told.code, 2);
    EXPECT_TRUE(contains(told.err, "holds no recipe")) << told.err;
}

TEST_F(Results, OfAStrangerWriteNothingElsewhere) {
    ASSERT_EQ(paint("result.png").code, 0);
    json recipe = json::parse(recipe_of_picture(at("result.png")));
    for (const auto& [name, value] : {std::pair("preview", folder / "stolen.png"),
                                      {"device", std::string("cuda:3")},
                                      {"memory", std::string("1")},
                                      {"threads", std::string("500")}})
        recipe["options"][name] = value;
    recipe["output"] = folder / "stolen.png";
    Saving saving;
    saving.recipe = recipe.dump();
    save_picture(make_picture(40, 40, 1), {}, at("gift.png"), saving);
    const Outcome again = maniera({"again", at("gift.png")});
    EXPECT_EQ(again.code, 0) << again.err;
    EXPECT_TRUE(contains(again.err, "device is left aside")) << again.err;
    EXPECT_TRUE(fs::exists(at("gift-again.png")));
    EXPECT_FALSE(fs::exists(folder / "stolen.png"));
    recipe["options"]["model"] = "not-installed";
    saving.recipe = recipe.dump();
    save_picture(make_picture(40, 40, 1), {}, at("gift.png"), saving);
    EXPECT_EQ(maniera({"again", at("gift.png")}).code, 4);
}

TEST_F(Results, KeepTheirOutputOptionsWhenTheRunIsResumed) {
    const Words options = {"--output-option", "Q=30", "--output-option", "subsample-mode=on"};
    ASSERT_EQ(paint("whole.jpg", options).code, 0);
    paint("resumed.jpg", options + Words{"--checkpoint", at("first"), "--time-limit", "0.000001"});
    for (const char* copy : {"second", "third"})
        fs::copy_file(at("first"), at(copy));
    const auto resume = [&](const std::string& from, const Words& more) {
        const Outcome outcome = maniera(Words{"resume", at(from), "--threads", "1"} + more);
        EXPECT_EQ(outcome.code, 0) << outcome.err;
    };
    resume("first", {});
    EXPECT_EQ(read_text(at("resumed.jpg")), read_text(at("whole.jpg")));
    resume("second", {"--output-option", "Q=95"});
    EXPECT_GT(fs::file_size(at("resumed.jpg")), fs::file_size(at("whole.jpg")));
    resume("third", {"-o", at("resumed.png")}); // PNG has no subsample-mode
    EXPECT_TRUE(fs::exists(at("resumed.png")));
}

TEST_F(Results, RefuseOutputOptionsBeforeTheWork) {
    const auto names = folder.names();
    const Outcome outcome =
        paint("result.png", {"--output-option", "Q=90", "--output-option", "x=1"});
    EXPECT_EQ(outcome.code, 2);
    EXPECT_TRUE(contains(outcome.err, "no output option x")) << outcome.err;
    const Outcome batch =
        maniera(Words{"batch", at("photo.png"), "--style", at("a.png"), "-o", folder / "out",
                      "--format", "jpg", "--output-option", "Q=900"} +
                quick());
    EXPECT_EQ(batch.code, 2);
    EXPECT_TRUE(contains(batch.err, "from 1 to 100")) << batch.err;
}

// With the streams of a shell: `words` after the program's name.
Outcome piped(const std::string& words, const Words& environment) {
    return test::run({"sh", "-c", std::string("\"$0\" ") + words, MANIERA_PROGRAM}, environment);
}

TEST_F(Results, ComeAndGoByStandardStreams) {
    const std::string look = " --style " + at("a.png") +
                             " --model tiny --threads 1 --precision fp32"
                             " --iterations 3 ";
    const Words here = environment() + Words{"TMPDIR=" + (folder / "pictures")};
    ASSERT_EQ(piped("stylize " + at("photo.png") + look + "-o " + at("file.png"), here).code, 0);
    const auto names = folder.names();
    const Outcome png =
        piped("stylize - " + look + "-o - < " + at("photo.png") + " > " + at("stream.png"), here);
    ASSERT_EQ(png.code, 0) << png.err;
    EXPECT_EQ(png.err, "");
    const Image file = load_picture(at("file.png")).picture.color;
    EXPECT_EQ(test::largest_difference(load_picture(at("stream.png")).picture.color, file), 0);
    ASSERT_EQ(
        piped("stylize " + at("photo.png") + look + "-o - --format jpg | cat > " + at("stream.jpg"),
              here)
            .code,
        0);
    EXPECT_EQ(read_text(at("stream.jpg")).substr(0, 3), "\xff\xd8\xff");
    EXPECT_TRUE(contains(maniera({"recipe", at("stream.png")}).out, "stylize standard-input "));
    std::size_t left = 0;
    for (const auto& entry : fs::directory_iterator(folder / "pictures"))
        left += entry.path().filename().string()[0] == '.';
    EXPECT_EQ(left, 0u); // scratch files
    EXPECT_EQ(folder.names(), names);
}

TEST_F(Results, SayWhatIsWrongWithStandardStreams) {
    const std::string look = " --style " + at("a.png") + " --model tiny --iterations 3 ";
    const auto refused = [&](const std::string& words, int code, const std::string& part) {
        const Outcome outcome = piped(words, environment());
        EXPECT_EQ(outcome.code, code) << words << outcome.err;
        EXPECT_TRUE(contains(outcome.err + outcome.out, part)) << outcome.err;
    };
    refused("stylize - " + look + "-o " + at("o.png") + " < /dev/null", 2, "is empty");
    refused("stylize " + at("photo.png") + look + "-o - > /dev/full", 7, "Standard output");
    test::write_text(at("words.txt"), "no picture");
    refused("stylize - " + look + "-o " + at("o.png") + " < " + at("words.txt"), 3,
            "Standard input is not a picture");
}

TEST_F(Results, OfATextureHaveTheSizeAskedForAndArePaintedAgain) {
    const Outcome painted = maniera(Words{"texture", at("a.png"), at("b.png"), "--size", "75x41",
                                          "-o", at("texture.png"), "--seed", "3"} +
                                    quick());
    ASSERT_EQ(painted.code, 0) << painted.err;
    const Image texture = load_picture(at("texture.png")).picture.color;
    EXPECT_EQ(size_of(texture), (Size{75, 41}));
    EXPECT_EQ(maniera({"recipe", at("texture.png")}).out,
              "maniera texture a.png b.png --size 75x41 --match-parts off --content-weight 0 "
              "--iterations 3 --seed 3 --model tiny --tileable xy -o texture.png\n");
    const Outcome again = maniera(Words{"again", at("texture.png")} + same_machine());
    ASSERT_EQ(again.code, 0) << again.err;
    EXPECT_EQ(read_text(at("texture-again.png")), read_text(at("texture.png")));
    const Outcome larger = maniera(
        Words{"again", at("texture.png"), "--size", "96", "-o", at("larger.png")} + same_machine());
    ASSERT_EQ(larger.code, 0) << larger.err;
    EXPECT_EQ(load_picture(at("larger.png")).picture.color.width, 96);
}

TEST_F(Results, AreTriedOnASheetWithEveryStyleAndSetting) {
    test::write_text(at("bad.png"), "no picture");
    const Words common =
        Words{"sheet", at("photo.png"), "--style", at("a.png"), "--style", at("bad.png"),
              "-o",    at("sheet.png"), "--size",  "64"} +
        quick();
    const Outcome plain = maniera(common);
    EXPECT_EQ(plain.code, 3);
    EXPECT_TRUE(contains(plain.err, "bad.png")) << plain.err;
    const Image sheet = load_picture(at("sheet.png")).picture.color;
    EXPECT_EQ(sheet.width, 2 * 160 + 20 + 2 * 20); // the photograph and two drafts, in two rows
    const Outcome varied =
        maniera(common + Words{"--vary", "strength=0,100", "--vary", "seed=1,2"});
    EXPECT_EQ(varied.code, 3);
    const Image rows = load_picture(at("sheet.png")).picture.color;
    EXPECT_EQ(rows.width, 5 * 160 + 4 * 20 + 2 * 20);
    EXPECT_EQ(rows.height, sheet.height);
    EXPECT_EQ(std::count(varied.err.begin(), varied.err.end(), '\n'), 1) << varied.err;
}

TEST_F(Results, SheetsAreRefusedBeforeTheWork) {
    const Words sheet = {"sheet", at("photo.png"), "--style", at("a.png")};
    const auto refused = [&](const Words& words, int code, const std::string& part) {
        const Outcome outcome = maniera(sheet + words + quick());
        EXPECT_EQ(outcome.code, code) << outcome.err;
        EXPECT_TRUE(contains(outcome.err, part)) << outcome.err;
    };
    refused({"-o", at("a.png")}, 2, "would replace");
    const Outcome all_bad = maniera(
        Words{"sheet", at("photo.png"), "--style", at("none.png"), "-o", at("s.png")} + quick());
    EXPECT_EQ(all_bad.code, 3);
    EXPECT_FALSE(fs::exists(at("s.png")));
}

} // namespace
} // namespace maniera
