// SPDX-License-Identifier: GPL-3.0-or-later
// Runs that are cut off and gone on with, as a user meets them, with a tiny model. Results are
// pictures of floats, so that equal files are equal bits.

#include "core/base/checkpoint.h"
#include "helper/images/image_file.h"
#include "tests/support/pictures.h"
#include "tests/support/program.h"
#include "tests/support/refusal.h"
#include "tests/support/tiny_model.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <random>
#include <thread>

namespace maniera {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using test::contains;
using test::make_picture;
using test::operator+;
using test::Outcome;
using test::read_text;
using test::ScratchFolder;
using test::Words;
using test::write_text;
using Clock = std::chrono::steady_clock;

class Resume : public test::ProgramWithTinyModel {
protected:
    Resume() { save_inputs(171, 117); }

    std::string out(const std::string& name = "out.tif") const { return results / name; }
    std::string checkpoint() const { return results / "run"; }
    Words stylize(const std::string& iterations = "3,4") const {
        return {"stylize",      folder / "photo.tif",
                "--style",      folder / "style.png",
                "--model",      "tiny",
                "--threads",    "1",
                "--scales",     "2",
                "--precision",  "fp32",
                "-o",           out(),
                "--iterations", iterations};
    }
    // A run that ends after its first step.
    Words cut_off() const {
        return stylize() + Words{"--checkpoint", checkpoint(), "--time-limit", "0.001"};
    }
    // What the run paints when nothing happens to it.
    std::string undisturbed(const Words& run) const {
        const Outcome outcome = maniera(run + Words{"-o", folder / "undisturbed.tif"});
        EXPECT_EQ(outcome.code, 0) << outcome.err;
        EXPECT_EQ(outcome.err, "");
        return read_text(folder / "undisturbed.tif");
    }
    void expect_refusal(const Words& words, int code, const std::string& part) const {
        const auto names = results.names();
        const Outcome outcome = maniera(words);
        EXPECT_EQ(outcome.code, code) << outcome.err;
        EXPECT_TRUE(contains(outcome.err, part)) << outcome.err;
        EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
        EXPECT_EQ(results.names(), names);
    }

    ScratchFolder results;
};

// At any moment: starting, painting, writing a checkpoint, writing the result.
TEST_F(Resume, IsKilledFiftyTimesAndPaintsTheSamePicture) {
    const Words often = {"--checkpoint-interval", "0.01"};
    const Words run = stylize("15,20") + Words{"--checkpoint", checkpoint()} + often;
    const std::string whole = undisturbed(stylize("15,20"));
    const Clock::time_point start = Clock::now();
    ASSERT_EQ(maniera(run).code, 0);
    const auto usual = std::chrono::duration<double>(Clock::now() - start);
    ASSERT_EQ(read_text(out()), whole);
    fs::remove(out());

    std::mt19937 random(5);
    std::uniform_real_distribution<double> when(0, 1);
    int kills = 0, gone_on = 0, finished = 0, torn = 0;
    while (kills < 50) {
        const bool goes_on = fs::exists(checkpoint());
        const Words words = goes_on ? Words{"resume", checkpoint()} + often : run;
        test::Process process(Words{MANIERA_PROGRAM} + words, environment());
        std::this_thread::sleep_for(when(random) * usual);
        process.signal(SIGKILL);
        const Outcome outcome = process.wait();
        gone_on += goes_on;
        if (outcome.code == 0) { // it was done before
            ASSERT_EQ(results.names(), Words{"out.tif"}) << outcome.err;
            ASSERT_EQ(read_text(out()), whole);
            fs::remove(out());
            ++finished;
            continue;
        }
        ASSERT_EQ(outcome.code, 128 + SIGKILL) << outcome.err;
        ++kills;
        if (fs::exists(checkpoint())) {
            ASSERT_NO_THROW(CheckpointReader reader(checkpoint())) << "kill " << kills;
        }
        if (fs::exists(out())) {
            ASSERT_EQ(read_text(out()), whole) << "kill " << kills;
        }
        for (const std::string& name : results.names())
            torn += name != "run" && name != "out.tif";
    }
    const Outcome last = maniera(fs::exists(checkpoint()) ? Words{"resume", checkpoint()} : run);
    EXPECT_EQ(last.code, 0) << last.err;
    EXPECT_EQ(read_text(out()), whole);
    EXPECT_EQ(results.names(), Words{"out.tif"}); // of all the killed runs nothing is left
    EXPECT_GT(gone_on, 0);
    std::printf("went on %d times, was done before the kill %d times, left %d torn files\n",
                gone_on, finished, torn);
}

TEST_F(Resume, GoesOnStepByStepAsOneRun) {
    const Words regions = {"--mask",        folder / "mask.png",
                           "--style",       folder / "photo.tif",
                           "--style-scale", "0.7",
                           "--init",        folder / "style.png",
                           "--colors",      "match"};
    for (const Words& more : {Words{}, Words{"--optimizer", "adam"}, regions}) {
        const Words run = stylize() + more;
        const std::string whole = undisturbed(run);
        Outcome outcome =
            maniera(run + Words{"--checkpoint", checkpoint(), "--time-limit", "0.001", "--json"});
        int calls = 1;
        const auto complete = [&] {
            const std::size_t at = outcome.out.find("{\"event\":\"result\"");
            EXPECT_NE(at, std::string::npos) << outcome.out << outcome.err;
            const json result = json::parse(outcome.out.substr(at));
            EXPECT_EQ(result["steps"], std::min(calls, 7));
            EXPECT_EQ(result.value("checkpoint", ""), calls < 7 ? checkpoint() : "");
            return result["complete"].get<bool>();
        };
        while (!complete() && calls < 20) {
            EXPECT_NE(read_text(out()), whole);
            outcome = maniera({"resume", checkpoint(), "--time-limit", "0.001", "--json"});
            ++calls;
        }
        EXPECT_EQ(calls, 7); // the seventh step is the last
        EXPECT_EQ(read_text(out()), whole);
        EXPECT_EQ(results.names(), Words{"out.tif"});
    }
}

TEST_F(Resume, PutsTheResultElsewhere) {
    const std::string whole = undisturbed(stylize());
    const Outcome outcome = maniera(cut_off());
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_TRUE(contains(outcome.err, "maniera resume " + checkpoint())) << outcome.err;
    fs::remove(out());
    EXPECT_EQ(maniera({"resume", checkpoint(), "-o", out("else.tif")}).code, 0);
    EXPECT_EQ(read_text(out("else.tif")), whole);
    EXPECT_EQ(results.names(), Words{"else.tif"});
}

TEST_F(Resume, RefusesPicturesAndModelsThatAreOthers) {
    const Words run = cut_off() + Words{"--mask", folder / "mask.png"};
    ASSERT_EQ(maniera(run).code, 0);
    const Words resume = {"resume", checkpoint()};
    for (const char* name : {"photo.tif", "style.png", "mask.png"}) {
        const std::string file = folder / name, before = read_text(file);
        save_picture(make_picture(60, 50, 9), {}, file);
        expect_refusal(resume, 3, file + " is not the picture that the run began with");
        fs::remove(file);
        expect_refusal(resume, 3, file + ", which cannot be read now");
        write_text(file, before);
    }
    Model other = test::make_tiny_model();
    other.convolutions[0].second.weight[0] += 0.1f;
    test::save_model(other, models.path().string(), "tiny");
    expect_refusal(resume, 4, "is not the one that the run began with");
    test::save_model(test::make_tiny_model(), models.path().string(), "tiny");
    EXPECT_EQ(maniera(resume).code, 0);
}

TEST_F(Resume, RefusesCheckpointsThatAreNotWhole) {
    ASSERT_EQ(maniera(cut_off()).code, 0);
    const std::string whole = read_text(checkpoint());
    const Words resume = {"resume", out("bad")};
    write_text(out("bad"), whole.substr(0, whole.size() / 2));
    expect_refusal(resume, 2, "is cut short");
    std::string flipped = whole;
    flipped[whole.size() / 2] = static_cast<char>(flipped[whole.size() / 2] ^ 1);
    write_text(out("bad"), flipped);
    expect_refusal(resume, 2, "is damaged");
    write_text(out("bad"), "This is a text.");
    expect_refusal(resume, 2, "is not one of Maniera's");
    expect_refusal({"resume", folder / "photo.tif"}, 2, "is not one of Maniera's");
    expect_refusal({"resume", out("none")}, 2, "is not there");
    expect_refusal({"resume", folder.path().string()}, 2, "is no file");
    expect_refusal({"resume", checkpoint(), "--seed", "2"}, 2, "--seed cannot be given");
    CheckpointWriter writer(out("bad"));
    writer.text("program", "0.0.1");
    writer.finish();
    expect_refusal(resume, 2, "was made by Maniera 0.0.1");
}

TEST_F(Resume, ANewRunSaysThatAnEarlierOneWasCutOff) {
    const std::string whole = undisturbed(stylize());
    ASSERT_EQ(maniera(cut_off()).code, 0);
    const Outcome outcome = maniera(stylize() + Words{"--checkpoint", checkpoint()});
    EXPECT_EQ(outcome.code, 0);
    EXPECT_TRUE(contains(outcome.err, "maniera resume " + checkpoint())) << outcome.err;
    EXPECT_TRUE(contains(outcome.err, "starts from scratch")) << outcome.err;
    EXPECT_EQ(read_text(out()), whole);
    EXPECT_EQ(results.names(), Words{"out.tif"});
}

TEST_F(Resume, ShortRunsAndThoseThatWantNoneWriteNoCheckpoints) {
    for (const char* steps : {"3,4", "100000"}) {
        ASSERT_EQ(maniera(stylize(steps) + Words{"--time-limit", "0.001"}).code, 0);
        EXPECT_EQ(results.names(), Words{"out.tif"});
    }
    for (const char* wanted : {"--no-checkpoint", "--checkpoint-interval=60"}) {
        test::Process process(Words{MANIERA_PROGRAM} + stylize("100000") + Words{wanted, "--json"},
                              environment());
        while (!contains(process.out_so_far(), "progress"))
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        process.signal(SIGINT);
        const Outcome outcome = process.wait();
        EXPECT_EQ(outcome.code, 130);
        const bool kept = fs::remove(out("out.tif.maniera-checkpoint"));
        EXPECT_EQ(kept, contains(wanted, "interval"));
        EXPECT_EQ(kept, contains(outcome.err, "maniera resume")) << outcome.err;
        EXPECT_EQ(results.names(), Words{"out.tif"});
    }
}

TEST_F(Resume, NeverWritesOverWhatIsNoCheckpoint) {
    for (const std::string& file : {folder / "photo.tif", folder / "style.png"}) {
        const std::string before = read_text(file);
        expect_refusal(stylize() + Words{"--checkpoint", file}, 2, "would replace");
        EXPECT_EQ(read_text(file), before);
    }
    write_text(folder / "notes", "mine");
    expect_refusal(stylize() + Words{"--checkpoint", folder / "notes"}, 2, "is not a checkpoint");
    expect_refusal(stylize() + Words{"--checkpoint", out()}, 2, "would replace");
    expect_refusal(stylize() + Words{"--checkpoint", out("none/run")}, 2, "does not exist");
    ASSERT_EQ(maniera(cut_off()).code, 0);
    const std::string before = read_text(checkpoint());
    fs::rename(checkpoint(), out("run.tif"));
    expect_refusal({"resume", out("run.tif"), "-o", out("run.tif")}, 2, "would replace");
    EXPECT_EQ(read_text(out("run.tif")), before);
}

TEST_F(Resume, NeverWritesOverWhatItReads) {
    const std::string photo = folder / "photo.tif", style = folder / "style.png",
                      mask = folder / "mask.png";
    fs::create_symlink(photo, folder / "link.tif");
    fs::create_hard_link(style, folder / "same.png");
    const auto refused = [&](const Words& more, const std::string& input) {
        const std::string before = read_text(input);
        expect_refusal(stylize() + more, 2, "would replace the picture");
        EXPECT_EQ(read_text(input), before);
    };
    refused({"-o", photo}, photo);
    refused({"-o", folder / "link.tif"}, photo);
    refused({"-o", folder / "same.png"}, style);
    refused({"-o", folder / "./style.png", "--no-checkpoint"}, style);
    refused({"--mask", mask, "-o", mask}, mask);
    refused({"--preview", photo}, photo);
    refused({"--init", mask, "--preview", mask}, mask);
    expect_refusal(stylize() + Words{"--preview", out()}, 2, "would replace the output");
    ASSERT_EQ(maniera(cut_off()).code, 0);
    expect_refusal({"resume", checkpoint(), "-o", photo}, 2, "would replace the picture");
}

TEST_F(Resume, FindsItsPicturesWhereTheFolderWasMoved) {
    fs::create_directories(folder / "work/in");
    fs::create_directories(folder / "work/out");
    fs::copy(folder / "photo.tif", folder / "work/in/photo.tif");
    fs::copy(folder / "style.png", folder / "work/in/style.png");
    fs::copy(folder / "mask.png", folder / "work/in/mask.png");
    ASSERT_EQ(maniera({"pack", folder / "style.png", "-o", folder / "work/in/style.maniera-style",
                       "--model", "tiny"})
                  .code,
              0);
    Words run = stylize() + Words{"--mask",        folder / "work/in/mask.png",
                                  "--style",       folder / "work/in/style.maniera-style",
                                  "--match-parts", "off"};
    const std::string whole = undisturbed(run);
    run[1] = folder / "work/in/photo.tif";
    run[3] = folder / "work/in/style.png";
    run = run + Words{"-o",           folder / "work/out/out.tif",
                      "--checkpoint", folder / "work/out/run",
                      "--time-limit", "0.001"};
    ASSERT_EQ(maniera(run).code, 0);
    fs::rename(folder / "work", folder / "moved");
    // One beside the checkpoint by its name, and those that were renamed, by their bytes.
    fs::rename(folder / "moved/in/photo.tif", folder / "moved/out/photo.tif");
    fs::rename(folder / "moved/in/style.png", folder / "moved/out/other.png");
    fs::rename(folder / "moved/in/style.maniera-style", folder / "moved/out/other.maniera-style");
    fs::remove(folder / "moved/out/out.tif");
    const Outcome outcome = maniera({"resume", folder / "moved/out/run"});
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    std::string painted = read_text(folder / "moved/out/out.tif");
    for (const char* ending : {".png", ".maniera-style"}) { // in the recipe
        const std::size_t renamed = painted.find("other" + std::string(ending));
        ASSERT_NE(renamed, std::string::npos) << ending;
        painted.replace(renamed, 5, "style");
    }
    EXPECT_TRUE(painted == whole);
}

TEST_F(Resume, RefusesAMovedFolderInWhichAPictureIsAnother) {
    fs::create_directory(folder / "work");
    fs::copy(folder / "photo.tif", folder / "work/photo.tif");
    Words run =
        cut_off() + Words{"-o", folder / "work/out.tif", "--checkpoint", folder / "work/run"};
    run[1] = folder / "work/photo.tif";
    ASSERT_EQ(maniera(run).code, 0);
    fs::rename(folder / "work", folder / "moved");
    write_text(folder / "moved/photo.tif", "another");
    expect_refusal({"resume", folder / "moved/run"}, 3, "cannot be read now");
}

TEST_F(Resume, LeavesTheCheckpointOfARunBesideIt) {
    // The first to begin finds its name taken by another run's file when it writes its second one.
    const Words often = {"--checkpoint", checkpoint(), "--checkpoint-interval", "0.01"};
    test::Process first(Words{MANIERA_PROGRAM} + stylize("400,4") + often, environment());
    for (int i = 0; i < 300 && !fs::exists(checkpoint()); ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
    for (int i = 0; i < 300 && !fs::exists(checkpoint() + "-2"); ++i) {
        // Once more where it came between the first run's look at the file and its renaming.
        if (read_text(checkpoint()) != "another run's") {
            write_text(out("theirs"), "another run's");
            fs::rename(out("theirs"), checkpoint());
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    EXPECT_TRUE(fs::exists(checkpoint() + "-2"));
    const Outcome outcome = first.wait();
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_TRUE(contains(outcome.err, "Another run writes")) << outcome.err;
    EXPECT_EQ(read_text(checkpoint()), "another run's");
    EXPECT_EQ(results.names(), (Words{"out.tif", "run"})); // its own is gone
}

TEST_F(Resume, TakesNamesThatShellsCut) {
    const std::string file = out("it's a run");
    const Outcome outcome = maniera(cut_off() + Words{"--checkpoint", file});
    const std::string command = "maniera resume '" + out("it'\\''s a run") + "'";
    EXPECT_TRUE(contains(outcome.err, command)) << outcome.err;
    EXPECT_EQ(maniera({"resume", file}).code, 0);
}

class ResumeOnASmallDisk : public Resume {
protected:
    void SetUp() override {
        if (on_disk("64k", {"true"}).code != 0)
            GTEST_SKIP() << "this user may not mount file systems";
    }
    // Runs it with a small disk; what the disk holds in the end is then in `seen`.
    Outcome on_disk(const std::string& size, const Words& words) {
        fs::remove_all(disk);
        fs::remove_all(seen);
        const Words keep = {"sh", "-c", "\"$@\"; code=$?; cp -a \"$0\" \"$0-seen\"; exit $code",
                            disk};
        return test::with_disk(disk, "size=" + size, keep + words, environment());
    }
    std::size_t files_seen() const {
        return static_cast<std::size_t>(
            std::distance(fs::directory_iterator(seen), fs::directory_iterator()));
    }

    const std::string disk = folder / "disk", seen = folder / "disk-seen";
};

TEST_F(ResumeOnASmallDisk, ACheckpointWithoutRoomEndsNoPainting) {
    const std::string whole = undisturbed(stylize());
    const Outcome outcome =
        on_disk("256k", Words{MANIERA_PROGRAM} + stylize() +
                            Words{"--checkpoint", disk + "/run", "--checkpoint-interval", "0.001"});
    EXPECT_EQ(outcome.code, 0);
    EXPECT_TRUE(contains(outcome.err, "no more checkpoints: The disk is full")) << outcome.err;
    EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
    EXPECT_EQ(read_text(out()), whole);
    EXPECT_EQ(files_seen(), 0u);
}

TEST_F(ResumeOnASmallDisk, TheEarlierCheckpointStaysWhole) {
    const Words adam = {"--optimizer", "adam"}; // checkpoints of one size
    const std::string whole = undisturbed(stylize() + adam);
    ASSERT_EQ(maniera(cut_off() + adam).code, 0);
    const auto kib = fs::file_size(checkpoint()) * 3 / 2 / 1024; // room for one and a half
    // Two steps on that disk: the second's checkpoint finds no room beside the first's.
    const Outcome outcome =
        on_disk(std::to_string(kib) + "k",
                Words{"sh", "-c",
                      "run=$1; program=$2; shift 2; \"$program\" \"$@\" --checkpoint \"$run\" && "
                      "exec \"$program\" resume \"$run\" --time-limit 0.001",
                      "sh", disk + "/run", MANIERA_PROGRAM} +
                    stylize() + adam + Words{"--time-limit", "0.001"});
    EXPECT_EQ(outcome.code, 0);
    EXPECT_TRUE(contains(outcome.err, "no more checkpoints: The disk is full")) << outcome.err;
    EXPECT_TRUE(contains(outcome.err, "stopped after 2 steps")) << outcome.err;
    EXPECT_EQ(files_seen(), 1u);
    EXPECT_EQ(maniera({"resume", seen + "/run"}).code, 0); // with room, from the first step
    EXPECT_EQ(read_text(out()), whole);
    EXPECT_EQ(files_seen(), 0u);
}

TEST_F(ResumeOnASmallDisk, AResultWithoutRoomIsNotLost) {
    const std::string whole = undisturbed(stylize());
    ASSERT_GT(whole.size(), 90u << 10);
    // Room for the check before the work, and none for the result.
    const Outcome outcome =
        on_disk("80k", Words{MANIERA_PROGRAM} + stylize() +
                           Words{"-o", disk + "/out.tif", "--checkpoint", checkpoint()});
    EXPECT_EQ(outcome.code, 7);
    EXPECT_TRUE(contains(outcome.err, "is full")) << outcome.err;
    EXPECT_TRUE(contains(outcome.err, "maniera resume " + checkpoint() + " writes it"))
        << outcome.err;
    EXPECT_EQ(files_seen(), 0u);
    const Outcome resumed = maniera({"resume", checkpoint(), "-o", out(), "--json"});
    EXPECT_EQ(resumed.code, 0) << resumed.err;
    EXPECT_FALSE(contains(resumed.out, "progress")) << resumed.out; // no step is done twice
    EXPECT_EQ(read_text(out()), whole);
    EXPECT_EQ(results.names(), Words{"out.tif"});
}

} // namespace
} // namespace maniera
