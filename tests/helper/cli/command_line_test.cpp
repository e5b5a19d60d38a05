// SPDX-License-Identifier: GPL-3.0-or-later

#include "helper/cli/command_line.h"

#include "core/error.h"
#include "tests/support/refusal.h"

#include <gtest/gtest.h>

namespace maniera {
namespace {

using test::contains;
using Words = std::vector<std::string>;
using Kind = Command::Kind;

std::string refusal(const Words& words, ErrorCode code = ErrorCode::invalid_request) {
    ErrorCode seen = code;
    const std::string text = test::refusal([&] { parse_command_line(words); }, &seen);
    EXPECT_EQ(error_name(seen), std::string(error_name(code)));
    return text;
}

const Words simple = {"stylize", "photo.jpg", "--style", "a.jpg", "-o", "out.png"};

Words with(Words words, const Words& more) {
    words.insert(words.end(), more.begin(), more.end());
    return words;
}

TEST(CommandLine, ReadsASimpleRun) {
    const Command command = parse_command_line(simple);
    EXPECT_EQ(command.kind, Kind::stylize);
    EXPECT_EQ(command.job.content.file, "photo.jpg");
    EXPECT_EQ(command.job.output.file, "out.png");
    ASSERT_EQ(command.job.styles.size(), 1u);
    EXPECT_EQ(command.job.styles[0].picture.file, "a.jpg");
    EXPECT_FALSE(command.job.styles[0].weight);
    EXPECT_EQ(command.job.options.set, 0u);
}

TEST(CommandLine, PrintsTopicsThatAreNamedAsCommands) {
    for (const char* topic : {"batch", "resume", "estimate", "serve", "models"}) {
        const std::string text = parse_command_line({"help", topic}).text;
        EXPECT_FALSE(contains(text, "[SUBCOMMAND]")) << topic;
        EXPECT_TRUE(contains(text, "maniera " + std::string(topic))) << topic;
    }
    EXPECT_TRUE(contains(parse_command_line({"help"}).text, "SUBCOMMAND"));
    EXPECT_TRUE(
        contains(parse_command_line({"models", "import", "--help"}).text, "maniera models import"));
}

TEST(CommandLine, TakesPicturesThatAreNamedAsCommands) {
    const Command batch = parse_command_line(
        {"batch", "sample", "batch", "help", "--style", "models", "-o", "stylize"});
    EXPECT_EQ(batch.kind, Kind::batch);
    EXPECT_EQ(batch.batch.sources, (Words{"sample", "batch", "help"}));
    EXPECT_EQ(batch.batch.recipe.styles[0].picture.file, "models");
    EXPECT_EQ(batch.batch.output_folder, "stylize");
    EXPECT_TRUE(contains(refusal({"run", "--json", "resume"}), "The job resume cannot"));
    EXPECT_EQ(parse_command_line({"resume", "run"}).checkpoints.file, "run");
    EXPECT_EQ(parse_command_line({"models", "import", "verify"}).words, Words{"verify"});
}

TEST(CommandLine, TakesEveryWordAfterTwoDashesForAName) {
    const Command command = parse_command_line(
        {"stylize", "--style", "-s.png", "-o", "-o.png", "--size", "64", "--", "-p.png"});
    EXPECT_EQ(command.job.content.file, "-p.png");
    EXPECT_EQ(command.job.styles[0].picture.file, "-s.png");
    EXPECT_EQ(command.job.output.file, "-o.png");
    const Command batch =
        parse_command_line({"batch", "a", "--style", "s", "-o", "out", "--", "-b", "--json"});
    EXPECT_EQ(batch.batch.sources, (Words{"a", "-b", "--json"}));
    EXPECT_FALSE(batch.json);
    EXPECT_TRUE(contains(refusal(with(simple, {"--", "--size"})), "one word too many"));
}

TEST(CommandLine, ReadsWhereCheckpointsGo) {
    EXPECT_EQ(parse_command_line(simple).checkpoints.file, "");
    EXPECT_FALSE(parse_command_line(simple).checkpoints.none);
    EXPECT_EQ(parse_command_line(simple).checkpoints.interval, 60);
    const CheckpointSettings settings =
        parse_command_line(with(simple, {"--checkpoint", "c", "--checkpoint-interval", "0.5"}))
            .checkpoints;
    EXPECT_EQ(settings.file, "c");
    EXPECT_EQ(settings.interval, 0.5);
    EXPECT_TRUE(parse_command_line(with(simple, {"--no-checkpoint"})).checkpoints.none);
    for (const char* bad : {"-1", "nan", "soon", ""})
        EXPECT_TRUE(contains(
            refusal(with(simple, {"--checkpoint-interval", bad}), ErrorCode::invalid_option),
            "0 or more"))
            << bad;
    EXPECT_TRUE(contains(refusal(with(simple, {"--checkpoint", ""})), "a file name"));
}

TEST(CommandLine, ARunGoesOnWithWhatItBeganWith) {
    const Command command = parse_command_line(
        {"resume", "c", "--threads", "1", "--time-limit", "9", "-o", "else.png", "--json"});
    EXPECT_EQ(command.kind, Kind::resume);
    EXPECT_EQ(command.checkpoints.file, "c");
    EXPECT_EQ(command.job.options.threads, 1);
    EXPECT_EQ(command.job.options.time_limit, 9);
    EXPECT_EQ(command.job.output.file, "else.png");
    EXPECT_TRUE(command.json);
    for (const char* flag : {"--size", "--style", "--quality=high", "--seed", "--checkpoint",
                             "--no-checkpoint", "--precision", "--preview"})
        EXPECT_TRUE(contains(refusal({"resume", "c", flag, "1"}), "cannot be given")) << flag;
    EXPECT_TRUE(contains(refusal({"resume", "c", "--thraeds", "1"}), "did you mean --threads"));
    EXPECT_TRUE(contains(refusal({"resume"}), "needs a checkpoint"));
}

TEST(CommandLine, BindsFlagsToTheStyleBeforeThem) {
    const Command command = parse_command_line(
        {"stylize", "--style", "a.jpg", "--weight", "3", "--style-scale", "0.5", "--style", "b.jpg",
         "--mask", "m.png", "--style-mask", "s.png", "-o", "out.png", "photo.jpg"});
    ASSERT_EQ(command.job.styles.size(), 2u);
    const JobStyle &a = command.job.styles[0], &b = command.job.styles[1];
    EXPECT_EQ(a.weight, 3.0);
    EXPECT_EQ(a.scale, 0.5);
    EXPECT_EQ(a.mask.file, "");
    EXPECT_EQ(b.picture.file, "b.jpg");
    EXPECT_FALSE(b.weight);
    EXPECT_EQ(b.mask.file, "m.png");
    EXPECT_EQ(b.style_mask.file, "s.png");
    EXPECT_EQ(command.job.content.file, "photo.jpg");
}

TEST(CommandLine, AStyleScaleBeforeAllStylesIsEveryones) {
    const Command command = parse_command_line(
        {"stylize", "p.jpg", "--style-scale", "0.5", "--style", "a.jpg", "-o", "o.png"});
    EXPECT_EQ(command.job.options.style_scale, 0.5);
    EXPECT_EQ(command.job.styles[0].scale, 0);
}

TEST(CommandLine, RefusesASecondWeightForOneStyle) {
    EXPECT_TRUE(contains(refusal(with(simple, {"--weight", "1", "--weight", "2"})), "twice"));
}

TEST(CommandLine, RefusesAWeightWithoutAStyle) {
    EXPECT_TRUE(contains(refusal({"stylize", "p.jpg", "--weight", "1", "--style", "a.jpg"}),
                         "belongs to the --style before"));
}

TEST(CommandLine, RefusesWeightsThatAreNoWeights) {
    for (const char* bad : {"-1", "nan", "inf", "1e400", "x", "0x10", ""})
        EXPECT_TRUE(contains(refusal(with(simple, {"--weight", bad}), ErrorCode::invalid_option),
                             "0 or more"))
            << bad;
}

TEST(CommandLine, TakesEveryOptionOfTheTable) {
    std::size_t rows = 0;
    const ManieraOption* table = maniera_option_table(&rows);
    for (std::size_t i = 0; i < rows; ++i) {
        const std::string name = table[i].name;
        const std::string value = table[i].default_text ? table[i].default_text
                                  : name == "size"      ? "500"
                                  : name == "shrink"    ? "500"
                                  : name == "preview"   ? "preview.png"
                                  : name == "tile"      ? "512"
                                  : name == "memory"    ? "512"
                                                        : "2";
        const Command command = parse_command_line(
            with({"stylize", "--" + name, value}, {simple.begin() + 1, simple.end()}));
        EXPECT_TRUE(maniera_option_is_set(&command.job.options, name.c_str())) << name;
    }
}

TEST(CommandLine, TheLastOfARepeatedOptionCounts) {
    const Command command = parse_command_line(with(simple, {"--size", "100", "--size=200"}));
    EXPECT_EQ(command.job.options.size, 200);
}

TEST(CommandLine, ReadsHowResultsAreSaved) {
    const Words how = {"--output-option", "Q=80", "--metadata", "profile", "--output-option=a=b=c"};
    const Command resume = parse_command_line(with({"resume", "a.checkpoint"}, how));
    const Command batch = parse_command_line(with({"batch", "a", "--style", "b", "-o", "c"}, how));
    for (const Saving& saving : {parse_command_line(with(simple, how)).job.saving,
                                 resume.job.saving, batch.batch.recipe.saving}) {
        ASSERT_EQ(saving.options.size(), 2u);
        EXPECT_EQ(saving.options[1], std::make_pair(std::string("a"), std::string("b=c")));
        EXPECT_EQ(saving.metadata(), MetadataChoice::profile);
    }
    EXPECT_TRUE(contains(refusal(with(simple, {"--output-option", "Q"}), ErrorCode::invalid_option),
                         "Q=80"));
}

TEST(CommandLine, ADashIsAStreamThatNotAllGoesWith) {
    const Words stream = {"stylize", "-", "--style", "a.jpg", "-o", "-"};
    const Command command = parse_command_line(with(stream, {"--format", "jpg"}));
    EXPECT_EQ(command.job.content.file, "-");
    EXPECT_EQ(command.stream_format, "jpg");
    EXPECT_TRUE(command.checkpoints.none);
    EXPECT_TRUE(contains(refusal(with(simple, {"--format", "jpg"})), "-o -"));
    EXPECT_TRUE(contains(refusal(with(stream, {"--format", "bmp"})), "no format bmp"));
    EXPECT_TRUE(contains(refusal(with(stream, {"--json"})), "name a file"));
    EXPECT_TRUE(contains(refusal(with(stream, {"--checkpoint", "c"})), "cannot be resumed"));
}

TEST(CommandLine, ReadsATexture) {
    const Words texture = {"texture", "a.jpg", "b.jpg", "-o", "t.png"};
    const Command command = parse_command_line(with(texture, {"--size", "300x200"}));
    EXPECT_EQ(command.kind, Kind::texture);
    EXPECT_EQ(command.job.content.noise, (Size{300, 200}));
    ASSERT_EQ(command.job.styles.size(), 2u);
    EXPECT_EQ(command.job.styles[1].picture.file, "b.jpg");
    EXPECT_FALSE(maniera_option_is_set(&command.job.options, "size"));
    EXPECT_EQ(command.job.options.tileable, MANIERA_TILEABLE_XY);
    EXPECT_EQ(command.job.options.content_weight, 0);
    const Command other =
        parse_command_line(with(texture, {"--size=64", "--tileable", "off", "--style-scale=0.5"}));
    EXPECT_EQ(other.job.content.noise, (Size{64, 64}));
    EXPECT_EQ(other.job.options.tileable, MANIERA_TILEABLE_OFF);
    EXPECT_EQ(other.job.options.style_scale, 0.5);
    for (const char* bad : {"31", "64x", "x64", "64x20", "-64", "64x64x64", "1e3", ""})
        EXPECT_TRUE(contains(refusal(with(texture, {"--size", bad}), ErrorCode::invalid_option),
                             "such as 512 or 512x256"))
            << bad;
    EXPECT_TRUE(contains(refusal(texture), "a style, a size and an output"));
}

TEST(CommandLine, ReadsASheet) {
    const Words sheet = {"sheet", "photo.jpg", "--style", "a.jpg", "--style", "b.jpg"};
    const Command command = parse_command_line(
        with(sheet, {"-o", "s.png", "--vary", "strength=25,50", "--vary=seed=1"}));
    EXPECT_EQ(command.kind, Kind::sheet);
    ASSERT_EQ(command.variations.size(), 2u);
    EXPECT_EQ(command.variations[0].option, "strength");
    EXPECT_EQ(command.variations[0].values, (Words{"25", "50"}));
    EXPECT_TRUE(contains(refusal(sheet), "-o sheet.png"));
    const auto vary = [&](const char* text) {
        return refusal(with(sheet, {"--vary", text}), ErrorCode::invalid_option);
    };
    EXPECT_TRUE(contains(vary("strength"), "strength=25,50,75"));
    EXPECT_TRUE(contains(vary("strength=25,500"), "500"));
    EXPECT_TRUE(contains(vary("strength=25,"), "strength"));
    EXPECT_TRUE(contains(vary("strenth=25"), "did you mean strength"));
}

TEST(CommandLine, ReadsAPack) {
    const Command command = parse_command_line(
        {"pack", "a.jpg", "b.jpg", "-o", "waves.maniera-style", "--name", "Waves", "--author",
         "Hokusai", "--licence", "public domain", "--size", "1024", "--pooling", "average"});
    EXPECT_EQ(command.kind, Kind::pack);
    ASSERT_EQ(command.job.styles.size(), 2u);
    EXPECT_EQ(command.job.styles[1].picture.file, "b.jpg");
    EXPECT_EQ(command.job.output.file, "waves.maniera-style");
    EXPECT_EQ(command.pack.name, "Waves");
    EXPECT_EQ(command.pack.author, "Hokusai");
    EXPECT_EQ(command.pack.licence, "public domain");
    EXPECT_EQ(command.pack.largest, 1024);
    EXPECT_EQ(command.job.options.pooling, MANIERA_POOLING_AVERAGE);
    EXPECT_EQ(parse_command_line({"pack", "waves.maniera-style"}).job.output.file, "");
    EXPECT_TRUE(contains(refusal({"pack"}), "needs a painting"));
    EXPECT_TRUE(contains(refusal({"pack", "a.jpg"}), "name the style pack with -o"));
    EXPECT_TRUE(contains(refusal({"pack", "a.maniera-style", "b.maniera-style"}), "with -o"));
    for (const char* name : {"a.png", ".maniera-style", "a.maniera-styles"})
        EXPECT_TRUE(contains(refusal({"pack", "a.jpg", "-o", name}), "ends in .maniera-style"));
    EXPECT_TRUE(contains(refusal({"pack", "a.jpg", "-o", "a.maniera-style", "--size", "x"},
                                 ErrorCode::invalid_option),
                         "size"));
}

TEST(CommandLine, GivesAPacksPaintingTheFlagsAfterIt) {
    const Command command =
        parse_command_line({"pack", "a.jpg", "--style-mask", "a.png", "--weight", "3", "-o",
                            "ab.maniera-style", "b.jpg", "c.jpg", "--weight=1", "d.jpg"});
    const std::vector<JobStyle>& styles = command.job.styles;
    ASSERT_EQ(styles.size(), 4u);
    EXPECT_EQ(styles[0].picture.file, "a.jpg");
    EXPECT_EQ(styles[0].style_mask.file, "a.png");
    EXPECT_EQ(styles[0].weight, 3);
    EXPECT_EQ(styles[1].picture.file, "b.jpg");
    EXPECT_FALSE(styles[1].weight);
    EXPECT_EQ(styles[2].weight, 1);
    EXPECT_EQ(styles[3].picture.file, "d.jpg");
    EXPECT_TRUE(styles[3].style_mask.empty() && !styles[3].weight);
    for (const char* flag : {"--style-mask", "--weight"}) {
        EXPECT_TRUE(contains(refusal({"pack", flag, "1", "a.jpg", "-o", "a.maniera-style"}),
                             "belongs to the painting before it"))
            << flag;
        EXPECT_TRUE(contains(refusal({"pack", "a.jpg", flag, "1", flag, "2"}),
                             "given twice for one painting"))
            << flag;
        EXPECT_TRUE(contains(refusal({"pack", "a.maniera-style", flag, "1"}), "with -o")) << flag;
    }
    EXPECT_TRUE(
        contains(refusal({"pack", "a.jpg", "--weight", "-1"}, ErrorCode::invalid_option), "0"));
    EXPECT_TRUE(contains(refusal({"pack", "a.jpg", "--mask", "m.png"}), "no option --mask"));
}

TEST(CommandLine, ReadsWhatIsDoneWithResults) {
    EXPECT_EQ(parse_command_line({"recipe", "r.png"}).kind, Kind::recipe);
    const Command again = parse_command_line(
        {"again", "r.png", "p.jpg", "--look-in", "a", "--look-in", "b", "--size", "64"});
    EXPECT_EQ(again.picture, "r.png");
    EXPECT_EQ(again.job.content.file, "p.jpg");
    EXPECT_EQ(again.words, (Words{"a", "b"}));
    EXPECT_EQ(again.job.options.size, 64);
    EXPECT_TRUE(contains(refusal({"again"}), "RESULT") && contains(refusal({"recipe"}), "RESULT"));
}

TEST(CommandLine, ASizeAndAMostSizeExcludeEachOther) {
    for (const Words& both : {Words{"--size", "100", "--shrink", "200"},
                              Words{"--shrink", "200", "--quality", "draft", "--size=100"}}) {
        EXPECT_TRUE(contains(refusal(with(simple, both), ErrorCode::invalid_option), "keep one"));
        const Words batch = {"batch", "photos", "--style", "a.jpg", "-o", "painted"};
        EXPECT_TRUE(contains(refusal(with(batch, both), ErrorCode::invalid_option), "keep one"));
    }
    const Command command = parse_command_line(with(simple, {"--shrink", "100", "--shrink=200"}));
    EXPECT_EQ(command.job.options.shrink, 200);
    EXPECT_TRUE(contains(parse_command_line({"batch", "--help"}).text, "--shrink"));
}

TEST(CommandLine, NamesTheNearestOption) {
    EXPECT_TRUE(contains(refusal(with(simple, {"--iteration", "5"})), "--iterations"));
    EXPECT_TRUE(contains(refusal({"stylize", "p.jpg", "--stlye", "a.jpg"}), "--style"));
    EXPECT_TRUE(contains(refusal(with(simple, {"--bananas"})), "no option --bananas"));
}

TEST(CommandLine, NamesTheNearestChoice) {
    EXPECT_TRUE(
        contains(refusal(with(simple, {"--quality", "hgih"}), ErrorCode::invalid_option), "high"));
    EXPECT_TRUE(contains(refusal(with(simple, {"--size", "0"}), ErrorCode::invalid_option), "32"));
}

TEST(CommandLine, SaysWhatIsMissing) {
    EXPECT_TRUE(contains(refusal({}), "command"));
    EXPECT_TRUE(contains(refusal({"stylize", "--style", "a.jpg", "-o", "o.png"}), "content"));
    EXPECT_TRUE(contains(refusal({"stylize", "p.jpg", "-o", "o.png"}), "style"));
    EXPECT_TRUE(contains(refusal({"stylize", "p.jpg", "--style", "a.jpg"}), "output"));
    EXPECT_TRUE(contains(refusal({"stylize", "p.jpg", "--style"}), "--style"));
    EXPECT_TRUE(contains(refusal({"measure", "--style", "a.jpg"}), "measure IMAGE"));
    EXPECT_TRUE(contains(refusal({"run"}), "JOB.json"));
    EXPECT_TRUE(contains(refusal({"sample", "all"}), "output"));
    EXPECT_TRUE(contains(refusal({"models", "import"}), "FILE"));
}

TEST(CommandLine, RefusesWordsTooMany) {
    EXPECT_TRUE(contains(refusal(with(simple, {"b.jpg"})), "\"b.jpg\""));
    EXPECT_TRUE(contains(refusal({"paint", "p.jpg"}), "paint"));
    EXPECT_TRUE(contains(refusal({"devices", "cpu"}), "cpu"));
    EXPECT_TRUE(contains(refusal({"devices", "--verbose", "--json"}), "--json"));
}

TEST(CommandLine, ReadsABatch) {
    const Command command = parse_command_line(
        {"batch", "a.jpg",       "folder",   "--style", "s.jpg", "--weight", "2",  "--size",
         "300",   "-o",          "out",      "--list",  "-",     "--suffix", "-x", "--format",
         "png",   "--recursive", "--resume", "--shard", "2/3",   "--json"});
    EXPECT_EQ(command.kind, Kind::batch);
    EXPECT_TRUE(command.json);
    EXPECT_EQ(command.batch.sources, (Words{"a.jpg", "folder"}));
    EXPECT_EQ(command.batch.recipe.styles.at(0).weight, 2);
    EXPECT_EQ(command.batch.recipe.options.size, 300);
    EXPECT_EQ(command.batch.output_folder, "out");
    EXPECT_EQ(command.batch.list, "-");
    EXPECT_EQ(command.batch.suffix, "-x");
    EXPECT_EQ(command.batch.format, "png");
    EXPECT_TRUE(command.batch.recursive && command.batch.resume);
    EXPECT_EQ(command.batch.shard.index, 2);
    EXPECT_EQ(command.batch.shard.count, 3);
    const Words simple_batch = {"batch", "a.jpg", "--style", "s.jpg", "-o", "out"};
    EXPECT_EQ(parse_command_line(simple_batch).batch.shard.count, 1);
    EXPECT_TRUE(contains(refusal({"batch", "--style", "s.jpg", "-o", "out"}), "Pictures"));
    EXPECT_TRUE(contains(refusal({"batch", "a.jpg", "-o", "out"}), "--style"));
    EXPECT_TRUE(contains(refusal({"batch", "a.jpg", "--style", "s.jpg"}), "--output-dir"));
    EXPECT_TRUE(contains(refusal(with(simple_batch, {"--shard", "0/3"})), "--shard"));
    EXPECT_TRUE(contains(refusal(with(simple_batch, {"--resum"})), "--resume"));
    EXPECT_TRUE(contains(refusal(with(simple_batch, {"--job", "none.json"})), "not from both"));
}

TEST(CommandLine, ReadsAMeasurement) {
    const Command command = parse_command_line({"measure", "x.png", "--content", "p.jpg", "--style",
                                                "a.jpg", "--objective", "gatys", "--json"});
    EXPECT_EQ(command.kind, Kind::measure);
    EXPECT_TRUE(command.json);
    EXPECT_EQ(command.picture, "x.png");
    EXPECT_EQ(command.job.content.file, "p.jpg");
    EXPECT_EQ(command.job.options.objective, MANIERA_OBJECTIVE_GATYS);
}

TEST(CommandLine, PassesModelImportsOn) {
    const Command fetch = parse_command_line({"models", "fetch", "--into", "folder"});
    EXPECT_EQ(fetch.kind, Kind::models_import);
    EXPECT_EQ(fetch.words, (Words{"--fetch", "--into", "folder"}));
    const Command import = parse_command_line({"models", "import", "w.pth", "--name", "mine"});
    EXPECT_EQ(import.words, (Words{"w.pth", "--name", "mine"}));
    EXPECT_EQ(parse_command_line({"models"}).kind, Kind::models_list);
    EXPECT_EQ(parse_command_line({"models", "verify"}).kind, Kind::models_verify);
}

TEST(CommandLine, HelpNamesEveryOption) {
    const Command command = parse_command_line({"stylize", "--help"});
    EXPECT_EQ(command.kind, Kind::print);
    std::size_t rows = 0;
    const ManieraOption* table = maniera_option_table(&rows);
    for (std::size_t i = 0; i < rows; ++i)
        EXPECT_TRUE(contains(command.text, "--" + std::string(table[i].name))) << table[i].name;
}

TEST(CommandLine, HelpHasTopics) {
    EXPECT_TRUE(contains(parse_command_line({"help", "exit-codes"}).text, "130"));
    EXPECT_TRUE(contains(parse_command_line({"help", "quality"}).text, "iterations"));
    EXPECT_TRUE(contains(parse_command_line({"help"}).text, "stylize"));
    EXPECT_TRUE(contains(refusal({"help", "quallity"}), "quality"));
}

TEST(CommandLine, TellsItsVersion) {
    EXPECT_EQ(parse_command_line({"--version"}).text, "maniera " MANIERA_VERSION "\n");
}

} // namespace
} // namespace maniera
