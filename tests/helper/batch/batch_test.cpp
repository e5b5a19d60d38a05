// SPDX-License-Identifier: GPL-3.0-or-later
// `maniera batch` as a user runs it, with a tiny model.

#include "helper/batch/batch.h"
#include "helper/images/image_file.h"
#include "tests/support/pictures.h"
#include "tests/support/program.h"
#include "tests/support/refusal.h"
#include "tests/support/tensor_memory.h"
#include "tests/support/tiny_model.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <sstream>
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

class Batch : public test::ProgramWithTinyModel {
protected:
    Batch() {
        save_picture(make_picture(90, 71, 9), {}, folder / "style.png");
        fs::create_directory(photos());
        const std::pair<int, int> sizes[] = {{64, 47}, {47, 64}, {96, 64}, {64, 47}, {33, 80}};
        for (int i = 0; i < 5; ++i)
            save_picture(make_picture(sizes[i].first, sizes[i].second, i), {},
                         photos("p" + std::to_string(i) + ".png"));
    }

    std::string photos(const std::string& name = "") const {
        return folder / (name.empty() ? "photos" : "photos/" + name);
    }
    std::string out(const std::string& name = "") const {
        return folder / (name.empty() ? "out" : "out/" + name);
    }
    Words look() const {
        return {"--style", folder / "style.png", "--model", "tiny",         "--threads",
                "1",       "--precision",        "fp32",    "--iterations", "4"};
    }
    Words batch() const { return Words{"batch", photos(), "--output-dir", out()} + look(); }
    // Results and ledgers.
    std::map<std::string, std::string> files() const {
        std::map<std::string, std::string> files;
        for (const auto& entry : fs::recursive_directory_iterator(out()))
            if (entry.is_regular_file())
                files[entry.path().lexically_relative(out()).string()] =
                    read_text(entry.path().string());
        return files;
    }
    std::map<std::string, fs::file_time_type> times() const {
        std::map<std::string, fs::file_time_type> times;
        for (const auto& entry : fs::directory_iterator(out()))
            if (entry.path().filename().string()[0] != '.')
                times[entry.path().filename().string()] = entry.last_write_time();
        return times;
    }
    void expect_results(std::map<std::string, std::string> expected) const {
        auto now = files();
        for (auto* each : {&expected, &now})
            each->erase(".maniera-batch");
        EXPECT_TRUE(now == expected); // names and bytes
    }
    void expect_single_run(const std::string& name) const {
        const std::string single = folder / ("single-" + name);
        ASSERT_EQ(maniera(Words{"stylize", photos(name), "-o", single} + look()).code, 0);
        EXPECT_EQ(read_text(out(name)), read_text(single)) << name;
    }
};

std::vector<json> events(const Outcome& outcome, const std::string& kind) {
    std::vector<json> found;
    std::istringstream lines(outcome.out);
    for (std::string line; std::getline(lines, line);) {
        const json event = json::parse(line);
        if (event["event"] == kind)
            found.push_back(event);
    }
    return found;
}

TEST_F(Batch, PaintsWhatStylizePaints) {
    const Outcome outcome = maniera(batch());
    ASSERT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_TRUE(contains(outcome.err, "5 pictures painted")) << outcome.err;
    EXPECT_EQ(files().size(), 6u); // with the ledger
    for (const char* name : {"p0.png", "p1.png", "p2.png", "p3.png", "p4.png"})
        expect_single_run(name);
    const auto before = files();
    const Outcome again = maniera(batch()); // without --resume all are painted
    EXPECT_TRUE(contains(again.err, "5 pictures painted")) << again.err;
    expect_results(before);
}

TEST_F(Batch, TellsProgramsHowItGoes) {
    write_text(photos("p1.png"), "This is a text.");
    const Outcome outcome = maniera(batch() + Words{"--json", "--format", "jpg"});
    ASSERT_EQ(outcome.code, 3) << outcome.err;
    EXPECT_EQ(outcome.err, "");
    const auto progress = events(outcome, "progress"), results = events(outcome, "result"),
               errors = events(outcome, "error"), summaries = events(outcome, "summary");
    EXPECT_EQ(progress.size(), 16u);
    ASSERT_EQ(results.size(), 4u);
    EXPECT_EQ(results[1]["content"], photos("p2.png"));
    EXPECT_EQ(results[1]["output"], out("p2.jpg"));
    EXPECT_EQ(results[1]["picture"], 3);
    EXPECT_EQ(results[1]["pictures"], 5);
    EXPECT_EQ(results[1]["steps"], 4);
    ASSERT_EQ(errors.size(), 1u);
    EXPECT_EQ(errors[0]["code"], "unreadable-image");
    EXPECT_EQ(errors[0]["content"], photos("p1.png"));
    ASSERT_EQ(summaries.size(), 1u);
    EXPECT_EQ(summaries[0]["painted"], 4);
    EXPECT_EQ(summaries[0]["failed"], 1);
    EXPECT_EQ(summaries[0]["left"], 0);
    EXPECT_EQ(summaries[0]["complete"], true);
    EXPECT_GE(summaries[0]["seconds"], summaries[0]["painting-seconds"]);
    EXPECT_GT(summaries[0]["painting-seconds"], 0);
}

TEST_F(Batch, NamesBadPicturesAtTheEndAndPaintsTheOthers) {
    write_text(photos("p1.png"), "This is a text.");
    save_picture(make_picture(20, 90, 1), {}, photos("small.png"));
    save_picture(make_picture(400, 60, 1), {}, photos("thin.png"));
    Picture clear = make_picture(64, 47, 1);
    clear.alpha = Image(64, 47, 1);
    save_picture(clear, {}, photos("clear.png"));
    write_text(photos("huge.pgm"), "P5 90000 90000 255\n"); // its header is enough
    write_text(folder / "list", photos("missing.png"));
    const Outcome outcome =
        maniera(batch() + Words{"--list", folder / "list", "--size", "64", "--iterations", "2"});
    EXPECT_EQ(outcome.code, 3);
    std::istringstream lines(outcome.err);
    std::vector<std::string> sentences;
    for (std::string line; std::getline(lines, line);)
        sentences.push_back(line);
    ASSERT_EQ(sentences.size(), 8u) << outcome.err;
    const std::pair<const char*, const char*> expected[] = {{"clear.png", "transparent everywhere"},
                                                            {"huge.pgm", ""},
                                                            {"missing.png", "does not exist"},
                                                            {"p1.png", "not a picture"},
                                                            {"p4.png", "short side would be 26"},
                                                            {"small.png", "at least 32"},
                                                            {"thin.png", "larger --size"}};
    for (int i = 0; i < 7; ++i) {
        EXPECT_TRUE(contains(sentences[i], photos(expected[i].first))) << sentences[i];
        EXPECT_TRUE(contains(sentences[i], expected[i].second)) << sentences[i];
    }
    EXPECT_TRUE(contains(sentences[7], "3 pictures painted")) << sentences[7];
    EXPECT_TRUE(contains(sentences[7], "7 failed")) << sentences[7];
    EXPECT_EQ(times().size(), 3u);
}

TEST_F(Batch, EndsAtOnceWhereNoPictureCanBePainted) {
    const auto refused = [&](const Words& words, int code, const std::string& part) {
        const Outcome outcome = maniera(words);
        EXPECT_EQ(outcome.code, code) << outcome.err;
        EXPECT_TRUE(contains(outcome.err, part)) << outcome.err;
        EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
        EXPECT_FALSE(fs::exists(out()));
    };
    refused(batch() + Words{"--model", "none"}, 4, "models fetch");
    refused(batch() + Words{"--device", "toaster"}, 2, "toaster");
    refused(batch() + Words{"--tile", "17"}, 2, "--tile 16");
    refused(batch() + Words{"--shard", "3/2"}, 2, "--shard");
    refused(batch() + Words{"--preview", "p.png"}, 2, "--preview");
    refused(batch() + Words{"--style", folder / "none.png"}, 3, "none.png");
    write_text(folder / "text.png", "This is a text.");
    refused(batch() + Words{"--style", folder / "text.png"}, 3, "text.png");
    write_text(folder / "file", "x");
    refused(batch() + Words{"-o", folder / "file/out"}, 2, "file/out");
    fs::copy_file(photos("p0.png"), photos("q.png"));
    write_text(photos("q.gif"), "");
    refused(batch(), 2, "q.gif and ");
}

TEST_F(Batch, ResumeLeavesWhatIsDoneAndRedoesTheRest) {
    ASSERT_EQ(maniera(batch()).code, 0);
    const auto painted = files();
    auto before = times();
    const auto redone = [&](const Words& more) {
        const Outcome outcome = maniera(batch() + Words{"--resume", "--json"} + more);
        EXPECT_EQ(outcome.code, 0) << outcome.err;
        std::set<std::string> names;
        const auto now = times();
        for (const auto& [name, time] : now)
            if (time != before[name])
                names.insert(name);
        EXPECT_EQ(events(outcome, "result").size(), names.size());
        EXPECT_EQ(events(outcome, "skipped").size(), now.size() - names.size());
        before = now;
        return names;
    };
    using Names = std::set<std::string>;
    EXPECT_EQ(redone({}), Names{});
    EXPECT_EQ(redone({"--threads", "2"}), Names{}); // says nothing of the painting
    // A torn result, one with a bad byte, one that is missing, and a torn ledger.
    write_text(out("p0.png"), painted.at("p0.png").substr(0, 1000));
    std::string odd = painted.at("p3.png");
    odd[odd.size() / 2] ^= 1;
    write_text(out("p3.png"), odd);
    fs::remove(out("p4.png"));
    EXPECT_EQ(redone({}), (Names{"p0.png", "p3.png", "p4.png"}));
    expect_results(painted);
    const std::string& ledger = painted.at(".maniera-batch");
    write_text(out(".maniera-batch"), ledger.substr(0, ledger.size() - 3)); // of p4.png
    EXPECT_EQ(redone({}), Names{"p4.png"});
    // Another picture of the same name, another recipe, another style of the same name.
    fs::copy_file(photos("p3.png"), photos("p0.png"), fs::copy_options::overwrite_existing);
    EXPECT_EQ(redone({}), Names{"p0.png"});
    EXPECT_EQ(redone({"--strength", "90"}).size(), 5u);
    EXPECT_EQ(redone({"--strength", "90"}), Names{});
    save_picture(make_picture(90, 71, 10), {}, folder / "style.png");
    EXPECT_EQ(redone({"--strength", "90"}).size(), 5u);
}

TEST_F(Batch, ShardsPaintSideBySide) {
    for (int i = 5; i < 11; ++i)
        save_picture(make_picture(40 + i, 47, i), {}, photos("p" + std::to_string(i) + ".png"));
    std::vector<std::unique_ptr<test::Process>> processes;
    for (const char* shard : {"1/3", "2/3", "3/3"})
        processes.push_back(std::make_unique<test::Process>(
            Words{MANIERA_PROGRAM} + batch() + Words{"--shard", shard, "--json"}, environment()));
    std::multiset<std::string> painted;
    for (const auto& process : processes) {
        const Outcome outcome = process->wait();
        EXPECT_EQ(outcome.code, 0) << outcome.out << outcome.err;
        for (const json& result : events(outcome, "result"))
            painted.insert(result["output"]);
    }
    EXPECT_EQ(painted.size(), 11u);
    EXPECT_EQ(std::set<std::string>(painted.begin(), painted.end()).size(), 11u);
    EXPECT_EQ(times().size(), 11u);
    expect_single_run("p10.png");
    // Together they are the whole batch, and a part of another cut knows their work too.
    EXPECT_EQ(events(maniera(batch() + Words{"--resume", "--json"}), "skipped").size(), 11u);
    EXPECT_EQ(
        events(maniera(batch() + Words{"--resume", "--json", "--shard", "1/2"}), "skipped").size(),
        6u);
    EXPECT_EQ(maniera(batch() + Words{"--shard", "12/12"}).code, 0); // nothing is left for it
}

TEST_F(Batch, AnInterruptLeavesAPictureUndoneAndResumeGoesOn) {
    save_picture(make_picture(420, 300, 3), {}, photos("p1.png")); // takes its time
    const Words words = batch() + Words{"--iterations", "60", "--json"};
    test::Process process(Words{MANIERA_PROGRAM} + words, environment());
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (std::chrono::steady_clock::now() < end &&
           !contains(process.out_so_far(), "\"picture\":2,"))
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    process.signal(SIGINT);
    const Outcome stopped = process.wait();
    EXPECT_EQ(stopped.code, 130);
    const json summary = events(stopped, "summary").at(0);
    EXPECT_EQ(summary["complete"], false);
    EXPECT_EQ(summary["painted"], 1);
    EXPECT_EQ(summary["left"], 4);
    EXPECT_EQ(times().size(), 1u);
    EXPECT_EQ(files().size(), 2u); // with the ledger, and nothing half-written
    const Outcome resumed = maniera(words + Words{"--resume"});
    EXPECT_EQ(resumed.code, 0) << resumed.err;
    EXPECT_EQ(events(resumed, "skipped").size(), 1u);
    EXPECT_EQ(events(resumed, "result").size(), 4u);
    EXPECT_EQ(times().size(), 5u);
}

TEST_F(Batch, TellsPeopleHowToGoOn) {
    test::Process process(Words{MANIERA_PROGRAM} + batch() + Words{"--iterations", "100000"},
                          environment());
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (std::chrono::steady_clock::now() < end && !fs::exists(out(".maniera-batch")))
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    process.signal(SIGTERM);
    const Outcome stopped = process.wait();
    EXPECT_EQ(stopped.code, 143);
    EXPECT_TRUE(contains(stopped.err, "0 pictures painted, 5 left")) << stopped.err;
    EXPECT_TRUE(contains(stopped.err, "--resume")) << stopped.err;
    EXPECT_EQ(files().size(), 1u);
}

TEST_F(Batch, AFullDiskLeavesWholeFiles) {
    if (test::with_disk(folder / "disk", "size=64k", {"true"}).code != 0)
        GTEST_SKIP() << "this user may not mount file systems";
    fs::remove(folder / "disk");
    for (int i = 0; i < 5; ++i)
        save_picture(make_picture(150, 120, i), {}, photos("p" + std::to_string(i) + ".png"));
    // What the disk holds at the end is copied to where it can be looked at.
    const Words keep = {"sh", "-c", "\"$@\"; code=$?; cp -a \"$0\" \"$0-seen\"; exit $code",
                        folder / "disk"};
    const Outcome outcome = test::with_disk(folder / "disk", "size=160k",
                                            keep + Words{MANIERA_PROGRAM} + batch() +
                                                Words{"--output-dir", folder / "disk"},
                                            environment());
    EXPECT_EQ(outcome.code, 7) << outcome.err;
    EXPECT_TRUE(contains(outcome.err, "is full")) << outcome.err;
    EXPECT_TRUE(contains(outcome.err, "--resume")) << outcome.err;
    std::size_t whole = 0;
    for (const auto& entry : fs::directory_iterator(folder / "disk-seen"))
        if (entry.path().filename() != ".maniera-batch") {
            EXPECT_NO_THROW(load_picture(entry.path().string())) << entry.path();
            ++whole;
        }
    EXPECT_GE(whole, 1u);
    EXPECT_LT(whole, 5u);
    // With room, it goes on.
    fs::rename(folder / "disk-seen", out());
    const Outcome resumed = maniera(batch() + Words{"--resume", "--json"});
    EXPECT_EQ(resumed.code, 0) << resumed.err;
    EXPECT_EQ(events(resumed, "skipped").size(), whole);
    EXPECT_EQ(times().size(), 5u);
}

TEST_F(Batch, TakesItsRecipeFromAJob) {
    write_text(folder / "job.json",
               json{{"inputs", {{"content", "any.jpg"}, {"styles", {{{"file", "style.png"}}}}}},
                    {"options", {{"model", "tiny"}, {"threads", 1}, {"iterations", {9}}}},
                    {"output", "any.png"}}
                   .dump());
    const Words job = {"batch",       photos("p0.png"), "-o",
                       out(),         "--job",          folder / "job.json",
                       "--precision", "fp32",           "--json"};
    Outcome outcome = maniera(job);
    ASSERT_EQ(outcome.code, 0) << outcome.out;
    EXPECT_EQ(events(outcome, "result").at(0)["steps"], 9);
    outcome = maniera(job + Words{"--iterations", "4"}); // beside a job flags count first
    EXPECT_EQ(events(outcome, "result").at(0)["steps"], 4);
    expect_single_run("p0.png");
    EXPECT_EQ(maniera(job + Words{"--style", folder / "style.png"}).code, 2);
}

TEST_F(Batch, ReadsNamesFromStandardInput) {
    const Words words = Words{"sh",
                              "-c",
                              "printf '%s\\n' \"$0\" | \"$@\"",
                              photos("p3.png"),
                              MANIERA_PROGRAM,
                              "batch",
                              "--list",
                              "-",
                              "-o",
                              out()} +
                        look();
    const Outcome outcome = test::run(words, environment());
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    expect_single_run("p3.png");
    EXPECT_EQ(times().size(), 1u);
}

TEST(BatchInThisProcess, TellsOfAPictureForWhichMemoryIsShort) {
    const ScratchFolder folder;
    test::save_model(test::make_wide_model(), folder.path().string(), "wide");
    save_picture(make_picture(720, 720, 1), {}, folder / "photo.png");
    save_picture(make_picture(64, 64, 2), {}, folder / "style.png");
    ASSERT_EQ(setenv("MANIERA_MODELS", folder.path().c_str(), 1), 0);
    maniera::Batch batch;
    batch.recipe.styles.emplace_back();
    batch.recipe.styles[0].picture.file = folder / "style.png";
    char message[MANIERA_MESSAGE_MAX];
    for (const auto& [name, value] :
         {std::pair("model", "wide"), {"scales", "1"}, {"iterations", "1"}, {"memory", "100000"}})
        ASSERT_TRUE(maniera_option_set(&batch.recipe.options, name, value, message)) << message;
    batch.sources = {folder / "photo.png"};
    batch.output_folder = folder / "out";
    std::vector<std::string> told, failed;
    BatchListener listener;
    listener.progress = [](std::size_t, const BatchPicture&, const Progress&) {};
    listener.painted = [](std::size_t, const BatchPicture&, const Result&, const Manifest&) {};
    listener.failed = [&](std::size_t, const BatchPicture&, const Error& error) {
        failed.push_back(error.what());
    };
    listener.warn = [&](std::size_t number, const BatchPicture& picture, Notice,
                        const std::string& text) {
        told.push_back(std::to_string(number) + " " + picture.name + ": " + text);
    };
    listener.stop = [] { return false; };
    BatchSummary summary;
    run_batch(batch, listener, summary);
    EXPECT_EQ(told, Words());
    {
        const test::TensorMemoryLimit limit(180 << 20); // untiled 492 MiB, in bfloat16 247
        run_batch(batch, listener, summary);
    }
    EXPECT_EQ(failed, Words());
    EXPECT_EQ(summary.painted, 2u);
    ASSERT_FALSE(told.empty());
    EXPECT_TRUE(contains(told[0], "1 photo.png: Memory is short")) << told[0];
}

} // namespace
} // namespace maniera
