// SPDX-License-Identifier: GPL-3.0-or-later
// The program as a user runs it: files in, files out, with the real model.

#include "core/error.h"
#include "core/image/pyramid.h"
#include "helper/images/image_file.h"
#include "helper/samples/sample.h"
#include "tests/support/pictures.h"
#include "tests/support/program.h"
#include "tests/support/refusal.h"
#include "tests/support/test_data.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <csignal>
#include <filesystem>
#include <limits>
#include <numeric>
#include <sstream>
#include <thread>

namespace maniera {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using test::contains;
using test::maniera;
using test::mean_difference;
using test::operator+;
using test::Outcome;
using test::Process;
using test::read_text;
using test::ScratchFolder;
using test::with_disk;
using test::Words;
using test::write_text;

const std::string program = MANIERA_PROGRAM;

double sum_of(const json& layers) {
    double sum = 0;
    for (const auto& value : layers)
        sum += value.get<double>();
    return sum;
}

// White on the left half, black on the right.
void save_left_mask(const std::string& path, int width, int height) {
    Picture mask;
    mask.color = Image(width, height, 3);
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width / 2; ++x)
            std::fill_n(mask.color.at(x, y), 3, 1.0f);
    save_picture(mask, {}, path);
}

class Program : public testing::Test {
protected:
    static void SetUpTestSuite() {
        samples = new ScratchFolder;
        save_picture(make_sample("landscape", 161, 117), {}, *samples / "photo.png");
        save_picture(make_sample("strokes", 160, 120), {}, *samples / "strokes.png");
        save_picture(make_sample("glass", 150, 131), {}, *samples / "glass.png");
        save_left_mask(*samples / "left.png", 40, 30);
    }
    static void TearDownTestSuite() {
        delete samples;
        samples = nullptr;
    }

    std::string photo() const { return *samples / "photo.png"; }
    std::string strokes() const { return *samples / "strokes.png"; }
    std::string glass() const { return *samples / "glass.png"; }
    std::string left() const { return *samples / "left.png"; }
    std::string out(const std::string& name = "out.png") const { return folder / name; }
    Words painting() const {
        return {"stylize", photo(), "--style", strokes(), "-o", out(), "--iterations", "30"};
    }
    Image load(const std::string& path) const { return load_picture(path).picture.color; }

    json measure(const std::string& image, const Words& more) const {
        const Outcome outcome =
            maniera(Words{"measure", image, "--content", photo(), "--json"} + more);
        EXPECT_EQ(outcome.code, 0) << outcome.out << outcome.err;
        return json::parse(outcome.out);
    }
    double style_sum(const std::string& image, const Words& more) const {
        return sum_of(measure(image, more)["style"]);
    }
    // A run that must be refused in one sentence, leaving everything as it was.
    void expect_refusal(const Words& words, int code, const std::string& part) {
        write_text(out("before.png"), "precious");
        const auto names = folder.names();
        const Outcome outcome = maniera(words);
        EXPECT_EQ(outcome.code, code) << outcome.err;
        EXPECT_TRUE(contains(outcome.err, part)) << outcome.err;
        EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
        EXPECT_EQ(outcome.out, "");
        EXPECT_EQ(folder.names(), names);
        EXPECT_EQ(read_text(out("before.png")), "precious");
    }

    ScratchFolder folder;
    static ScratchFolder* samples;
};

ScratchFolder* Program::samples = nullptr;

// The three kinds of transfer

TEST_F(Program, PaintsInTheMannerOfAPainting) {
    // On a busy machine it may take the minute from which on checkpoints are written, and told of.
    const Outcome outcome = maniera(painting() + Words{"--no-checkpoint"});
    ASSERT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_FALSE(
        contains(outcome.err, "\r")); // a line every ten seconds, where there is no terminal
    EXPECT_EQ(load(out()).width, 161);
    const Words style = {"--style", strokes()};
    EXPECT_LT(style_sum(out(), style), 0.4 * style_sum(photo(), style));
    EXPECT_LT(measure(out(), style)["total"], 0.3 * measure(photo(), style)["total"].get<double>());
}

TEST_F(Program, PaintsByThePublishedFormula) {
    const Words gatys = {"--style", strokes(), "--objective", "gatys"};
    const Outcome outcome =
        maniera(Words{"stylize", photo(), "-o", out()} + gatys + Words{"--iterations", "60"});
    ASSERT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_LT(style_sum(out(), gatys), 0.05 * style_sum(photo(), gatys));
    EXPECT_LT(measure(out(), gatys)["total"], 0.1 * measure(photo(), gatys)["total"].get<double>());
}

TEST_F(Program, MixesSeveralStylesByWeight) {
    const auto mixed = [&](const char* a, const char* b, const std::string& file) {
        const Words styles = {"--style", strokes(), "--weight", a,
                              "--style", glass(),   "--weight", b};
        EXPECT_EQ(
            maniera(Words{"stylize", photo(), "-o", file, "--quality", "draft"} + styles).code, 0);
    };
    mixed("4", "1", out("a.png"));
    mixed("1", "4", out("b.png"));
    // Each is nearer to the style that weighs more.
    for (const auto& [style, near, far] :
         {std::tuple(strokes(), "a.png", "b.png"), std::tuple(glass(), "b.png", "a.png")})
        EXPECT_LT(style_sum(out(near), {"--style", style}),
                  0.9 * style_sum(out(far), {"--style", style}));
}

TEST_F(Program, LeavesWhatNoMaskCovers) {
    for (const char* objective : {"painterly", "gatys"}) {
        const Outcome outcome = maniera(
            painting() + Words{"--mask", left(), "--objective", objective, "--iterations", "10"});
        ASSERT_EQ(outcome.code, 0) << outcome.err;
        const Image before = load(photo()), after = load(out());
        double painted = 0, kept = 0;
        for (int y = 0; y < before.height; ++y)
            for (int x = 0; x < before.width; ++x) {
                const double d = std::abs(before.at(x, y)[1] - after.at(x, y)[1]);
                if (x < before.width / 2 - 4)
                    painted += d;
                if (x > before.width / 2 + 4)
                    kept = std::max(kept, d);
            }
        EXPECT_GT(painted / (before.width / 2 * before.height), 0.02) << objective;
        EXPECT_EQ(kept, 0) << objective;
    }
}

TEST_F(Program, PaintsRegionsInDifferentManners) {
    const Outcome outcome =
        maniera({"stylize", photo(), "--style", strokes(), "--mask", left(), "--style", glass(),
                 "--style-mask", left(), "-o", out(), "--iterations", "30"});
    ASSERT_EQ(outcome.code, 0) << outcome.err;
    // The whole picture has changed, and each style is met better where it was asked for.
    const Words here = {"--style", strokes(), "--mask", left()};
    const Words there = {"--style", glass(), "--mask", left()};
    EXPECT_LT(style_sum(out(), here), 0.45 * style_sum(photo(), here));
    EXPECT_LT(style_sum(out(), here), style_sum(out(), there));
}

// What stays the same

TEST_F(Program, RepeatsItselfWithASeedAndOneThread) {
    const Words again = {"--threads", "1", "--seed", "7", "--init", "noise", "--iterations", "4"};
    ASSERT_EQ(maniera(painting() + again).code, 0);
    const std::string first = read_text(out());
    ASSERT_EQ(maniera(painting() + again).code, 0);
    EXPECT_EQ(read_text(out()), first);
    ASSERT_EQ(maniera(painting() + again + Words{"--seed", "8"}).code, 0);
    EXPECT_NE(read_text(out()), first);
}

TEST_F(Program, AJobGivesWhatTheCommandLineGives) {
    const Words same = {"--threads", "1", "--iterations", "4"};
    ASSERT_EQ(maniera(painting() + same).code, 0);
    write_text(folder / "job.json",
               json{{"inputs", {{"content", photo()}, {"styles", {{{"file", strokes()}}}}}},
                    {"options", {{"threads", 1}, {"iterations", {4}}}},
                    {"output", "job.png"}}
                   .dump());
    ASSERT_EQ(maniera({"run", folder / "job.json"}).code, 0);
    EXPECT_EQ(read_text(out("job.png")), read_text(out()));
}

TEST_F(Program, KeepsTheContentsColours) {
    ASSERT_EQ(maniera(painting() + Words{"--colors", "content"}).code, 0);
    const Image content = load(photo()), result = load(out());
    // Red against blue, smoothed by the mean: the photograph's hue stays, whatever the style's.
    double apart = 0;
    for (std::size_t i = 0; i < content.pixels.size(); i += 3)
        apart +=
            (content.pixels[i] - content.pixels[i + 2]) - (result.pixels[i] - result.pixels[i + 2]);
    EXPECT_LT(std::abs(apart) / (content.pixels.size() / 3), 0.03);
    EXPECT_GT(mean_difference(content, result), 0.02);
}

TEST_F(Program, KeepsProfileDepthAndAlpha) {
    LoadedPicture photo16 = load_picture(photo());
    photo16.info.depth = 16;
    photo16.picture.alpha = Image(161, 117, 1);
    std::fill(photo16.picture.alpha.pixels.begin(), photo16.picture.alpha.pixels.end(), 0.5f);
    save_picture(photo16.picture, photo16.info, out("deep.png"));
    ASSERT_EQ(maniera({"stylize", out("deep.png"), "--style", strokes(), "-o", out(),
                       "--iterations", "3"})
                  .code,
              0);
    const LoadedPicture result = load_picture(out());
    EXPECT_EQ(result.info.depth, 16);
    ASSERT_FALSE(result.picture.alpha.empty());
    EXPECT_NEAR(*result.picture.alpha.at(50, 50), 0.5, 1e-4);
}

// Sizes

TEST_F(Program, PaintsAtTheSizeThatIsAskedFor) {
    ASSERT_EQ(maniera(painting() + Words{"--size", "99", "--iterations", "2"}).code, 0);
    EXPECT_EQ(load(out()).width, 99);
    EXPECT_EQ(load(out()).height, 72);
}

TEST_F(Program, PaintsPanoramas) {
    save_picture(make_sample("landscape", 512, 64), {}, out("wide.png"));
    ASSERT_EQ(maniera({"stylize", out("wide.png"), "--style", strokes(), "-o", out(),
                       "--iterations", "3"})
                  .code,
              0);
    EXPECT_EQ(load(out()).width, 512);
    EXPECT_EQ(load(out()).height, 64);
}

TEST_F(Program, TakesAwkwardNames) {
    const std::string name = out("Größe & Maß 猫.png");
    fs::copy_file(photo(), name);
    ASSERT_EQ(maniera({"stylize", name, "--style", strokes(), "-o", out("näch ste.jpg"),
                       "--iterations", "2"})
                  .code,
              0);
    EXPECT_EQ(load(out("näch ste.jpg")).width, 161);
}

// Four hundred million pixels in a file of 60 kB.
TEST_F(Program, CountsTheMemoryOfPicturesBeforeItTakesIt) {
    const std::string big = out("big.png");
    const std::string make = R"(
import struct, sys, zlib
side = 20000
chunk = lambda name, data: (struct.pack('>I', len(data)) + name + data
                            + struct.pack('>I', zlib.crc32(name + data)))
with open(sys.argv[1], 'wb') as file:
    file.write(b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', side, side, 1, 0, 0, 0, 0))
               + chunk(b'IDAT', zlib.compress(bytes(side * (1 + side // 8)))) + chunk(b'IEND', b''))
)";
    ASSERT_EQ(test::run({"python3", "-c", make, big}).code, 0);
    const Words limit = {"--memory", "900"}, style = {"--style", strokes()};
    const auto refused = [&](const Words& words) {
        Process process(Words{program} + words + limit);
        const Outcome outcome = process.wait(std::chrono::seconds(20));
        EXPECT_EQ(outcome.code, 6) << outcome.err;
        EXPECT_TRUE(contains(outcome.err, "memory")) << outcome.err;
    };
    refused(painting() + Words{"--init", big});
    refused(painting() + Words{"--mask", big});
    refused(painting() + Words{"--style", big});
    refused(Words{"measure", big, "--content", photo()} + style);
    refused(Words{"measure", photo(), "--content", big} + style);
    refused(Words{"batch", photo(), "--style", big, "-o", out("results")});
    refused(
        Words{"batch", photo(), "--style", strokes(), "--style-mask", big, "-o", out("results")});
    refused(Words{"batch", photo(), "--style", strokes(), "--init", big, "-o", out("results")});
}

// While it runs

TEST_F(Program, TellsProgramsHowItGoes) {
    const Outcome outcome =
        maniera(painting() + Words{"--json", "--size", "192", "--iterations", "3,2"});
    ASSERT_EQ(outcome.code, 0);
    std::istringstream lines(outcome.out);
    std::vector<json> events;
    for (std::string line; std::getline(lines, line);)
        events.push_back(json::parse(line));
    ASSERT_EQ(events.size(), 7u);
    EXPECT_EQ(events[0]["event"], "log");
    EXPECT_NE(events[0]["text"].get<std::string>().find("in one piece"), std::string::npos);
    events.erase(events.begin());
    double fraction = 0;
    for (std::size_t i = 0; i < 5; ++i) {
        EXPECT_EQ(events[i]["event"], "progress");
        EXPECT_GT(events[i]["fraction"], fraction);
        fraction = events[i]["fraction"];
    }
    EXPECT_NEAR(fraction, 1, 1e-9);
    EXPECT_EQ(events[5]["event"], "result");
    EXPECT_EQ(events[5]["complete"], true);
    EXPECT_EQ(events[5]["output"], out());
    EXPECT_EQ(events[5]["steps"], 5);
}

TEST_F(Program, WritesPreviews) {
    ASSERT_EQ(
        maniera(painting() + Words{"--preview", out("preview.jpg"), "--preview-interval", "0.05"})
            .code,
        0);
    EXPECT_EQ(load(out("preview.jpg")).width, 161);
    EXPECT_EQ(folder.names(), (Words{"out.png", "preview.jpg"}));
}

TEST_F(Program, StopsAtTheTimeLimit) {
    const Outcome outcome =
        maniera(painting() + Words{"--json", "--iterations", "100000", "--time-limit", "1"});
    ASSERT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_TRUE(contains(outcome.out, "\"complete\":false"));
    EXPECT_EQ(load(out()).width, 161);
}

TEST_F(Program, AnInterruptWritesTheBestSoFar) {
    Process process(Words{program} + painting() +
                    Words{"--iterations", "100000", "--preview", out("preview.png"),
                          "--preview-interval", "0.05"});
    // Until a preview, which has the size of its scale, shows that something was painted.
    const auto painted = [&] {
        const Image seen = load(out("preview.png"));
        return mean_difference(seen, resize(load(photo()), {seen.width, seen.height})) > 0.03;
    };
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (std::chrono::steady_clock::now() < end && !(fs::exists(out("preview.png")) && painted()))
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    process.signal(SIGINT);
    const Outcome outcome = process.wait(std::chrono::seconds(60));
    EXPECT_EQ(outcome.code, 130);
    EXPECT_TRUE(contains(outcome.err, "best picture so far")) << outcome.err;
    EXPECT_EQ(load(out()).width, 161); // at the full size, although the first scale was not left
    EXPECT_GT(mean_difference(load(out()), load(photo())), 0.02);
    // What was said is what goes on: here for no more than another second.
    const std::string checkpoint = out("out.png.maniera-checkpoint");
    EXPECT_TRUE(contains(outcome.err, "maniera resume " + checkpoint)) << outcome.err;
    EXPECT_EQ(folder.names(), (Words{"out.png", "out.png.maniera-checkpoint", "preview.png"}));
    EXPECT_EQ(maniera({"resume", checkpoint, "--time-limit", "1"}).code, 0);
}

TEST_F(Program, KeepsThePictureSoFarWhateverAsksItToEnd) {
    for (const int number : {SIGTERM, SIGHUP, SIGUSR1, SIGXCPU, SIGXFSZ}) {
        fs::remove(out("preview.png"));
        fs::remove(out());
        Process process(Words{program} + painting() +
                        Words{"--iterations", "100000", "--preview", out("preview.png"),
                              "--preview-interval", "0"});
        for (int i = 0; i < 600 && !fs::exists(out("preview.png")); ++i)
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
        process.signal(number);
        if (number == SIGXCPU || number == SIGXFSZ)
            process.signal(number); // as the kernel does
        const Outcome outcome = process.wait(std::chrono::seconds(60));
        EXPECT_EQ(outcome.code, 128 + number);
        EXPECT_TRUE(contains(outcome.err, "best picture so far")) << outcome.err;
        EXPECT_EQ(load(out()).width, 161) << number;
    }
}

TEST_F(Program, GoesOnWhereTheHangupIsIgnored) {
    Process process(
        Words{"sh", "-c", "trap '' HUP; exec \"$0\" \"$@\"", program} + painting() +
        Words{"--iterations", "6", "--preview", out("preview.png"), "--preview-interval", "0"});
    for (int i = 0; i < 600 && !fs::exists(out("preview.png")); ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    process.signal(SIGHUP);
    const Outcome outcome = process.wait(std::chrono::seconds(120));
    EXPECT_EQ(outcome.code, 0) << outcome.err;
}

TEST_F(Program, TakesNoMoreThreadsThanItMayUse) {
    const auto threads = [](const Words& before, const Words& environment = {}) {
        const Outcome outcome =
            test::run(before + Words{program, "devices", "--json"}, environment);
        const std::string text = json::parse(outcome.out)[0]["description"];
        return text.substr(text.find_last_of(',') + 2);
    };
    EXPECT_EQ(threads({"taskset", "-c", "0"}), "1 threads");
    EXPECT_EQ(threads({"env"}, {"OMP_NUM_THREADS=1,2"}), "1 threads");
    EXPECT_EQ(threads({"taskset", "-c", "0"}, {"OMP_NUM_THREADS=9"}), "1 threads");
}

// Bad input

TEST_F(Program, RefusesBadPictures) {
    write_text(out("text.png"), "This is a text.");
    write_text(out("empty.png"), "");
    write_text(out("cut.jpg"), [&] {
        save_picture(make_sample("landscape", 400, 300), {}, out("cut.jpg"));
        const std::string bytes = read_text(out("cut.jpg"));
        return bytes.substr(0, bytes.size() / 2);
    }());
    save_picture(make_sample("landscape", 1, 1), {}, out("dot.png"));
    save_picture(make_sample("landscape", 1, 20000), {}, out("line.png"));
    FileInfo floats;
    floats.depth = 32;
    Picture broken = make_sample("landscape", 64, 64);
    broken.color.pixels[100] = std::numeric_limits<float>::quiet_NaN();
    save_picture(broken, floats, out("nan.tif"));
    const std::pair<std::string, const char*> bad[] = {
        {out("none.png"), "does not exist"}, {folder.path().string(), "folder"},
        {out("text.png"), "not a picture"},  {out("empty.png"), "empty"},
        {out("cut.jpg"), "cut.jpg"},         {out("dot.png"), "1x1"},
        {out("line.png"), "1x20000"},        {out("nan.tif"), "NaN"}};
    for (const auto& [file, part] : bad) {
        expect_refusal({"stylize", file, "--style", strokes(), "-o", out("before.png")}, 3, part);
        expect_refusal({"stylize", photo(), "--style", file, "-o", out("before.png")}, 3, part);
    }
}

TEST_F(Program, RefusesBadMasksAndWeights) {
    Picture black;
    black.color = Image(50, 40, 3);
    save_picture(black, {}, out("black.png"));
    const Words run = {"stylize", photo(), "-o", out("before.png"), "--style", strokes()};
    expect_refusal(run + Words{"--mask", out("black.png")}, 3, "black everywhere");
    expect_refusal(run + Words{"--style-mask", out("black.png")}, 3, "black everywhere");
    expect_refusal(run + Words{"--weight", "-1"}, 2, "0 or more");
    expect_refusal(run + Words{"--weight", "nan"}, 2, "0 or more");
    expect_refusal(run + Words{"--weight", "0"}, 2, "zero");
    expect_refusal(run + Words{"--weight", "1", "--style", glass()}, 2, "2 styles");
}

TEST_F(Program, RefusesBadOptions) {
    const Words run = {"stylize", photo(), "--style", strokes(), "-o", out("before.png")};
    expect_refusal(run + Words{"--qualty", "high"}, 2, "--quality");
    expect_refusal(run + Words{"--quality", "hihg"}, 2, "high");
    expect_refusal(run + Words{"--size", "31"}, 2, "32");
    expect_refusal(run + Words{"--size", "40"}, 2, "short side");
    expect_refusal(run + Words{"--style-layers", "relu9_9"}, 2, "relu9_9");
    expect_refusal(run + Words{"--device", "toaster"}, 2, "toaster");
    expect_refusal(run + Words{"--iterations", "1,2,3,4,5"}, 2, "scales");
}

TEST_F(Program, RefusesBadOutputs) {
    const Words run = {"stylize", photo(), "--style", strokes(), "-o"};
    expect_refusal(run + Words{out("none/out.png")}, 2, "does not exist");
    expect_refusal(run + Words{out("out.gif")}, 2, ".png");
    expect_refusal(run + Words{folder.path().string()}, 2, "");
    expect_refusal(painting() + Words{"--preview", out("none/p.png")}, 2, "does not exist");
}

TEST_F(Program, SaysThatStandardOutputCannotBeWritten) {
    const auto to = [](const std::string& where, const std::string& words) {
        return test::run({"sh", "-c", program + " " + words + " " + where});
    };
    for (const char* words : {"help batch", "devices --json", "--version"}) {
        const Outcome full = to(">/dev/full", words);
        EXPECT_EQ(full.code, 7) << words;
        EXPECT_TRUE(contains(full.err, "Standard output could not be written")) << full.err;
        const Outcome closed = to(">&-", words);
        EXPECT_NE(closed.code, 0) << words;
    }
    // A picture that is written while the streams are closed gets nothing else.
    EXPECT_EQ(to("<&- >&- 2>&-", "sample strokes -o " + out("closed.png")).code, 0);
    EXPECT_EQ(to("", "sample strokes -o " + out("open.png")).code, 0);
    EXPECT_EQ(read_text(out("closed.png")), read_text(out("open.png")));
}

TEST_F(Program, SurvivesDisksThatAreFullOrReadOnly) {
    if (with_disk(out("disk"), "size=64k", {"true"}).code != 0)
        GTEST_SKIP() << "this user may not mount file systems";
    fs::remove(out("disk"));
    const Words run = {program,        "stylize", photo(), "--style",          strokes(),
                       "--iterations", "1",       "-o",    out("disk/out.png")};
    Outcome outcome = with_disk(out("disk"), "size=32k", run);
    EXPECT_EQ(outcome.code, 7) << outcome.err;
    EXPECT_TRUE(contains(outcome.err, "full")) << outcome.err;
    fs::remove(out("disk"));
    // Room for the check before the work, and none for the result.
    outcome = with_disk(out("disk"), "size=80k", run + Words{"--size", "400"});
    EXPECT_EQ(outcome.code, 7) << outcome.err;
    fs::remove(out("disk"));
    outcome = with_disk(out("disk"), "ro", run);
    EXPECT_EQ(outcome.code, 2) << outcome.err;
    EXPECT_TRUE(contains(outcome.err, "cannot be written to")) << outcome.err;
}

TEST_F(Program, TellsProgramsWhatWentWrong) {
    const Outcome outcome =
        maniera({"stylize", out("none.png"), "--style", strokes(), "-o", out(), "--json"});
    EXPECT_EQ(outcome.code, 3);
    const json error = json::parse(outcome.out);
    EXPECT_EQ(error["event"], "error");
    EXPECT_EQ(error["code"], "unreadable-image");
}

// The other commands

TEST_F(Program, MeasuresEveryTerm) {
    const json m = measure(photo(), {"--style", strokes()});
    EXPECT_EQ(m["model"], "vgg16");
    EXPECT_EQ(m["objective"], "painterly");
    EXPECT_EQ(m["content"].size(), 1u);
    EXPECT_LT(m["content"]["relu4_2"], 1e-6); // the content itself
    EXPECT_EQ(m["style"].size(), 5u);
    EXPECT_GT(m["smoothness"], 0);
    EXPECT_GT(m["gradient"]["l2"], m["gradient"]["max"]);
    double weighted =
        2 * m["smoothness"].get<double>() + 0.0033 * m["content"]["relu4_2"].get<double>();
    const char* layers[] = {"relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1"};
    double weight = 256;
    for (const char* layer : layers) {
        weighted += weight / 341 * m["style"][layer].get<double>();
        weight /= 4;
    }
    EXPECT_NEAR(m["total"].get<double>(), weighted, 1e-4 * weighted);
}

TEST_F(Program, MeasuresEachRegionOfThePicture) {
    const json m = measure(photo(), {"--style", strokes(), "--mask", left(), "--style", photo()});
    ASSERT_EQ(m["regions"].size(), 2u);
    EXPECT_EQ(m["regions"][0]["styles"], json({0}));
    EXPECT_EQ(m["regions"][1]["styles"], json({1}));
    for (const auto& [layer, value] : m["style"].items()) {
        const double first = m["regions"][0]["style"][layer],
                     second = m["regions"][1]["style"][layer];
        EXPECT_NEAR(first + second, value, 1e-9 * value.get<double>()) << layer;
        EXPECT_GT(first, second) << layer; // the second is like its style, the photograph
    }
    EXPECT_EQ(measure(photo(), {"--style", strokes()})["regions"], json::array());
}

TEST_F(Program, ListsModelsAndDevices) {
    EXPECT_TRUE(contains(maniera({"models"}).out, "vgg16"));
    EXPECT_TRUE(contains(maniera({"models", "verify"}).out, "good"));
    const json devices = json::parse(maniera({"devices", "--json"}).out);
    EXPECT_EQ(devices[0]["name"], "cpu");
    const Outcome told = maniera({"devices", "--verbose"}, {"OPENBLAS_CORETYPE=Prescott"});
    for (const char* part : {"LibTorch ", "oneDNN", "kernels: Prescott"})
        EXPECT_TRUE(contains(told.out, part)) << told.out;
    EXPECT_TRUE(contains(maniera({"--version"}).out, MANIERA_VERSION));
}

TEST_F(Program, SaysWhereItLookedForModels) {
    const test::ScratchFolder cache; // the launcher keeps OpenBLAS's quickest kernel there
    const Words nowhere = {"MANIERA_MODELS=" + (folder / "models"), "HOME=" + (folder / "home"),
                           "XDG_DATA_HOME=" + (folder / "home"), "XDG_DATA_DIRS=" + (folder / "d"),
                           "XDG_CACHE_HOME=" + cache.path().string()};
    const Outcome outcome = maniera(painting(), nowhere);
    EXPECT_EQ(outcome.code, 4);
    EXPECT_TRUE(contains(outcome.err, folder / "models")) << outcome.err;
    EXPECT_TRUE(contains(outcome.err, "maniera models fetch")) << outcome.err;
    EXPECT_TRUE(folder.names().empty());
}

TEST_F(Program, WritesSamples) {
    ASSERT_EQ(maniera({"sample", "all", "-o", out("samples")}).code, 0);
    for (const std::string& name : sample_names())
        EXPECT_EQ(load(out("samples/" + name + ".png")).width, 640) << name;
    ASSERT_EQ(maniera({"sample", "motion", "-o", out("motion")}).code, 0);
    for (const std::string& folder : {out("samples/motion/"), out("motion/")})
        for (const int frame : {1, 8})
            EXPECT_EQ(load(folder + "motion" + std::to_string(frame) + ".png").width, 320) << frame;
    expect_refusal({"sample", "landscpae", "-o", out("l.png")}, 2, "landscape");
}

// Real photographs and paintings

TEST_F(Program, PaintsRealPhotographs) {
    const test::TestData data_here = test::test_data();
    if (!data_here.missing.empty())
        GTEST_SKIP() << data_here.missing;
    const fs::path data = data_here.folder;
    const std::pair<const char*, const char*> pairs[] = {
        {"content/tubingen.jpg", "style/starry-night.jpg"},
        {"content/face.jpg", "style/kandinsky.jpg"}};
    for (const auto& [content, style] : pairs) {
        const Words styles = {"--style", (data / style).string(), "--size", "192"};
        ASSERT_EQ(
            maniera(Words{"stylize", (data / content).string(), "-o", out(), "--iterations", "30"} +
                    styles)
                .code,
            0);
        const auto sum = [&](const std::string& image) {
            const Outcome outcome = maniera(
                Words{"measure", image, "--content", (data / content).string(), "--json"} + styles);
            return sum_of(json::parse(outcome.out)["style"]);
        };
        EXPECT_LT(sum(out()), 0.5 * sum((data / content).string())) << content;
    }
}

// The mean of a gray picture within a box given in shares of its sides.
double mean_in(const Image& picture, double x0, double y0, double x1, double y1) {
    double sum = 0;
    int count = 0;
    for (int y = static_cast<int>(y0 * picture.height); y < y1 * picture.height; ++y)
        for (int x = static_cast<int>(x0 * picture.width); x < x1 * picture.width; ++x, ++count)
            sum += *picture.at(x, y);
    return sum / count;
}

TEST_F(Program, PairsThePartsOfRealPictures) {
    const test::TestData data_here = test::test_data();
    if (!data_here.missing.empty())
        GTEST_SKIP() << data_here.missing;
    const auto file = [&](const char* name) { return (data_here.folder / name).string(); };
    const Words bridge = {"parts", file("content/golden_gate.jpg")};
    ASSERT_EQ(maniera(bridge + Words{"--style", file("style/shipwreck.jpg"), "-o", out("p")}).code,
              0);
    const json found = json::parse(read_text(out("p/parts.json")))["parts"];
    // What the part is painted like that holds most of a box of the photograph.
    const auto counterpart = [&](double x0, double y0, double x1, double y1) {
        std::string best;
        double most = 0;
        for (const json& part : found) {
            const Image mask = load(out("p/") + part["mask"].get<std::string>());
            if (const double held = mean_in(mask, x0, y0, x1, y1); held > most) {
                most = held;
                best = part["styles"][0];
            }
        }
        EXPECT_GT(most, 0.6);
        return load(out("p/") + best);
    };
    const Image sky = counterpart(0.6, 0.05, 0.95, 0.25);
    EXPECT_GT(mean_in(sky, 0.1, 0.0, 0.9, 0.15), 0.6);
    EXPECT_LT(mean_in(sky, 0.3, 0.85, 0.9, 1.0), 0.1);
    const Image water = counterpart(0.6, 0.7, 0.95, 0.95);
    EXPECT_GT(mean_in(water, 0.5, 0.8, 0.9, 1.0), 0.6);
    EXPECT_LT(mean_in(water, 0.1, 0.0, 0.9, 0.15), 0.1);
    // Where parts would be alike for where they lie alone, there are none.
    const Outcome none =
        maniera(bridge + Words{"--style", file("style/kandinsky.jpg"), "-o", out("n")});
    EXPECT_TRUE(contains(none.err, "no parts in common")) << none.err;
}

} // namespace
} // namespace maniera
