// SPDX-License-Identifier: GPL-3.0-or-later
// `maniera frames` as a user runs it, with a tiny model.

#include "core/image/pyramid.h"
#include "helper/images/image_file.h"
#include "tests/support/picture_files.h"
#include "tests/support/pictures.h"
#include "tests/support/program.h"
#include "tests/support/refusal.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <sstream>
#include <vector>

namespace maniera {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using test::contains;
using test::make_picture;
using test::operator+;
using test::Outcome;
using test::read_text;
using test::rms_difference;
using test::Words;

class FramesProgram : public test::ProgramWithTinyModel {
protected:
    FramesProgram() {
        save_picture(make_picture(90, 71, 9), {}, folder / "style.png");
        fs::create_directory(folder / "in");
        for (int i = 7; i < 12; ++i) // 7 to 11
            save(i, i < 11 ? 5 : 6); // the last one is of another shot
    }

    // A window over one larger picture, 2 pixels further on.
    void save(int i, std::uint32_t seed) const {
        Picture picture;
        picture.color = crop(make_picture(140, 90, seed).color, 10 + 2 * i, 12, 80, 64);
        save_picture(picture, {}, in(i));
    }
    std::string in(int i) const { return folder / ("in/f" + std::to_string(i) + ".png"); }
    std::string out(int i) const { return folder / ("out/f" + std::to_string(i) + ".png"); }
    Words frames() const {
        return {"frames",       folder / "in",
                "-o",           folder / "out",
                "--style",      folder / "style.png",
                "--model",      "tiny",
                "--threads",    "1",
                "--precision",  "fp32",
                "--iterations", "6",
                "--json"};
    }
    // The events by frame, without what says how far one has come.
    static std::map<int, json> events(const Outcome& run) {
        std::map<int, json> events;
        std::istringstream lines(run.out);
        for (std::string line; std::getline(lines, line);) {
            const json event = json::parse(line);
            if (event.contains("frame"))
                events[event["frame"].get<int>()] = event;
        }
        return events;
    }
    static int skipped(const Outcome& run) {
        int count = 0;
        for (const auto& [frame, event] : events(run))
            count += event["event"] == "skipped";
        return count;
    }
    std::map<std::string, std::string> results() const {
        std::map<std::string, std::string> files;
        for (const auto& entry : fs::directory_iterator(folder / "out"))
            if (entry.path().extension() == ".png")
                files[entry.path().filename().string()] = read_text(entry.path().string());
        return files;
    }
};

TEST_F(FramesProgram, FramesFollowEachOtherAndACutBeginsAnew) {
    const Outcome run = maniera(frames());
    ASSERT_EQ(run.code, 0) << run.err;
    auto painted = events(run);
    ASSERT_EQ(painted.size(), 5u);
    std::vector<int> steps;
    for (int i = 1; i <= 5; ++i) {
        const bool anew = i == 1 || i == 5;
        EXPECT_EQ(painted[i]["output"], out(i + 6)); // f9 before f10
        EXPECT_EQ(painted[i]["anew"], anew) << i;
        steps.push_back(painted[i]["steps"]);
    }
    // What comes into sight until the fourth is enough that this one was painted before the second,
    // as a lone picture in few steps.
    EXPECT_EQ(steps, (std::vector<int>{6, 2 + 3, 3, 3, 6}));
    // As the photograph moved by 2 pixels, so did the painting.
    const Image a = load_picture(out(8)).picture.color, b = load_picture(out(9)).picture.color;
    EXPECT_LT(rms_difference(crop(a, 12, 10, 60, 44), crop(b, 10, 10, 60, 44)), 0.03);
    EXPECT_GT(rms_difference(crop(a, 10, 10, 60, 44), crop(b, 10, 10, 60, 44)), 0.04);
}

TEST_F(FramesProgram, GoesOnWhereItWasCutOffAndEndsAsInOneGo) {
    ASSERT_EQ(maniera(frames()).code, 0);
    const auto whole = results();
    for (const int first : {9, 10}) {    // the second takes from what was painted for earlier ones
        for (int i = first; i < 12; ++i) // as after a kill
            fs::remove(out(i));
        const Outcome again = maniera(frames());
        ASSERT_EQ(again.code, 0) << again.err;
        EXPECT_EQ(skipped(again), first - 7);
        EXPECT_EQ(results(), whole) << first;
    }
    EXPECT_EQ(skipped(maniera(frames())), 5);
}

TEST_F(FramesProgram, WhatFollowsAChangedFrameIsPaintedAgain) {
    ASSERT_EQ(maniera(frames()).code, 0);
    save(9, 6);
    EXPECT_EQ(skipped(maniera(frames())), 2);
}

TEST_F(FramesProgram, WhatTookFromAChangedFrameIsPaintedAgain) {
    ASSERT_EQ(maniera(frames()).code, 0);
    Picture changed = load_picture(in(10)).picture;
    changed.color.at(40, 30)[0] = 0.5f;
    save_picture(changed, {}, in(10));
    const Outcome again = maniera(frames());
    EXPECT_EQ(skipped(again), 1);
    const auto painted = results();
    fs::remove_all(folder / "out");
    ASSERT_EQ(maniera(frames()).code, 0);
    EXPECT_EQ(results(), painted);
}

TEST_F(FramesProgram, WhatGoesOnWithoutThePictureAheadIsDoneOnce) {
    ASSERT_EQ(maniera(frames()).code, 0);
    ASSERT_TRUE(fs::remove(folder / "out/.maniera-owed/f10.png.png.ahead.png"));
    fs::remove(out(9));
    const Outcome again = maniera(frames());
    EXPECT_EQ(again.code, 0) << again.err;
    EXPECT_EQ(skipped(again), 2);
    EXPECT_EQ(skipped(maniera(frames())), 5);
}

TEST_F(FramesProgram, WhatCannotBeReadIsToldInItsTurn) {
    save(11, 5); // of the same shot, so that it is looked at ahead
    const std::string whole = read_text(in(11));
    test::write_text(in(11), whole.substr(0, whole.size() / 2));
    const Outcome run = maniera(frames());
    EXPECT_EQ(run.code, 3);
    EXPECT_TRUE(contains(run.err + run.out, "f11.png")) << run.err;
    EXPECT_EQ(results().size(), 4u);
    test::write_text(in(11), whole);
    EXPECT_EQ(skipped(maniera(frames())), 4);
}

TEST_F(FramesProgram, AStillIsNeverPaintedAnew) {
    for (int i = 8; i < 12; ++i)
        fs::copy_file(in(7), in(i), fs::copy_options::overwrite_existing);
    for (const auto& [frame, event] : events(maniera(frames())))
        EXPECT_EQ(event["steps"], frame == 1 ? 6 : 3) << frame;
}

TEST_F(FramesProgram, OtherSettingsPaintAllAgain) {
    fs::remove(in(9));
    fs::remove(in(10));
    ASSERT_EQ(maniera(frames()).code, 0);
    for (const Words& more : {Words{"--temporal-weight", "5"}, Words{"--frame-steps", "2"}})
        EXPECT_EQ(skipped(maniera(frames() + more)), 0) << more[0];
}

// What is found in one frame and not in the next would flicker.
TEST_F(FramesProgram, HavePartsWhereTheyAreAskedForAlone) {
    ASSERT_EQ(maniera(frames()).code, 0);
    EXPECT_EQ(skipped(maniera(frames() + Words{"--parts", "off"})), 5);
    EXPECT_EQ(skipped(maniera(frames() + Words{"--parts", "auto"})), 0);
}

TEST_F(FramesProgram, ThePreviewIsTheLastFrame) {
    ASSERT_EQ(maniera(frames() + Words{"--preview", folder / "now.png"}).code, 0);
    EXPECT_EQ(read_text(folder / "now.png"), read_text(out(11)));
}

TEST_F(FramesProgram, PaintingsAreSavedAsAsked) {
    VipsImage* frame = vips_image_new_from_file(in(7).c_str(), nullptr);
    VipsImage* in_its_profile = test::wide(frame);
    ASSERT_EQ(vips_image_write_to_file(in_its_profile, (folder / "wide.png").c_str(), nullptr), 0);
    g_object_unref(frame);
    g_object_unref(in_its_profile);
    fs::rename(folder / "wide.png", in(7));
    ASSERT_EQ(maniera(frames()).code, 0);
    const auto whole = results();
    EXPECT_TRUE(contains(whole.at("f7.png"), "iCCP"));
    const Words asked = {"--output-option", "compression=0", "--metadata", "strip"};
    const Outcome again = maniera(frames() + asked);
    ASSERT_EQ(again.code, 0) << again.err;
    EXPECT_EQ(skipped(again), 0); // they are other files
    EXPECT_EQ(skipped(maniera(frames() + asked)), 5);
    EXPECT_FALSE(contains(results().at("f7.png"), "iCCP"));
    EXPECT_GT(results().at("f8.png").size(), whole.at("f8.png").size());
}

// As those of a lone photograph do; what a frame follows has them too.
TEST_F(FramesProgram, SixteenBitsStaySixteen) {
    for (int i = 7; i < 12; ++i) {
        const Picture picture = load_picture(in(i)).picture;
        save_picture(picture, {16, nullptr}, in(i));
    }
    ASSERT_EQ(maniera(frames()).code, 0);
    for (int i = 7; i < 12; ++i) {
        const LoadedPicture painted = load_picture(out(i));
        EXPECT_EQ(painted.info.depth, 16) << i;
        const std::vector<float>& values = painted.picture.color.pixels;
        const auto between = std::count_if(values.begin(), values.end(), [](float value) {
            return std::abs(value * 255 - std::round(value * 255)) > 0.01f;
        });
        EXPECT_GT(between, static_cast<std::ptrdiff_t>(values.size() / 2)) << i;
    }
}

TEST_F(FramesProgram, HowTheyCannotBeSavedIsSaidBeforeTheWork) {
    const Outcome unknown = maniera(frames() + Words{"--output-option", "subsample-mode=on"});
    EXPECT_EQ(unknown.code, 2);
    EXPECT_TRUE(contains(unknown.out, "no output option subsample-mode")) << unknown.out;
    Words words = frames() + Words{"--output-option", "compression=9"};
    words[3] = folder / "made.webm";
    const Outcome video = maniera(words);
    EXPECT_EQ(video.code, 2);
    EXPECT_TRUE(contains(video.out, "FFmpeg writes the video")) << video.out;
    EXPECT_FALSE(fs::exists(out(7)));
}

class VideoProgram : public FramesProgram {
protected:
    void SetUp() override {
        if (std::system("ffmpeg -version >/dev/null 2>&1 && ffprobe -version >/dev/null 2>&1") != 0)
            GTEST_SKIP() << "FFmpeg is not installed";
        const std::string film = folder / "film.mkv";
        const std::string make = "cd '" + film.substr(0, film.rfind('/')) +
                                 "' && ffmpeg -v error -framerate 12 -start_number 7 -i in/f%d.png "
                                 "-f lavfi -i sine=duration=0.4 film.mkv";
        EXPECT_EQ(std::system(make.c_str()), 0);
    }
    Words video(const std::string& output) const {
        Words words = frames();
        words[1] = folder / "film.mkv";
        words[3] = folder / output;
        return words;
    }
    // "h264,5\naac,..."
    std::string streams(const std::string& file) const {
        const std::string list = folder / "streams.txt";
        const std::string ask = "ffprobe -v error -count_frames -show_entries "
                                "stream=codec_type,avg_frame_rate,nb_read_frames -of csv=p=0 '" +
                                (folder / file) + "' >'" + list + "'";
        EXPECT_EQ(std::system(ask.c_str()), 0);
        return read_text(list);
    }
};

TEST_F(VideoProgram, AVideoBecomesAVideoWithItsSound) {
    const Outcome run = maniera(video("painted.mp4"));
    ASSERT_EQ(run.code, 0) << run.out << run.err;
    const std::string said = streams("painted.mp4");
    EXPECT_TRUE(contains(said, "video,12/1,5")) << said;
    EXPECT_TRUE(contains(said, "audio")) << said;
    EXPECT_FALSE(fs::exists(folder / "painted.mp4.maniera-frames"));
}

TEST_F(VideoProgram, AVideoBecomesNumberedPicturesAndGoesOn) {
    ASSERT_EQ(maniera(video("out")).code, 0);
    EXPECT_EQ(results().size(), 5u);
    fs::remove(folder / "out/00000004.png");
    const Outcome again = maniera(video("out"));
    ASSERT_EQ(again.code, 0) << again.err;
    EXPECT_EQ(skipped(again), 4);
}

TEST_F(VideoProgram, AFolderBecomesAVideo) {
    Words words = frames() + Words{"--frame-rate", "10"};
    words[3] = folder / "made.webm";
    const Outcome run = maniera(words);
    ASSERT_EQ(run.code, 0) << run.out << run.err;
    EXPECT_TRUE(contains(streams("made.webm"), "video,10/1,5")) << streams("made.webm");
}

TEST_F(FramesProgram, SaysWhatVideosNeed) {
    Words words = frames();
    words[1] = folder / "style.mp4";
    test::write_text(words[1], "no video");
    const Outcome without = test::maniera(words, environment() + Words{"PATH=/nowhere"});
    EXPECT_EQ(without.code, 2);
    EXPECT_TRUE(contains(without.out, "install FFmpeg")) << without.out;
    words[1] = folder / "none.mp4";
    EXPECT_TRUE(contains(maniera(words).out, "cannot be found"));
}

TEST_F(FramesProgram, RefusesWhatCannotBe) {
    const Outcome none = maniera({"frames", folder / "in", "-o", folder / "out"});
    EXPECT_EQ(none.code, 2);
    EXPECT_TRUE(contains(none.err, "A style is missing")) << none.err;
    const Outcome half = maniera(frames() + Words{"--frame-steps", "0.5"});
    EXPECT_EQ(half.code, 2);
    EXPECT_TRUE(contains(half.out, "--frame-steps must be a whole number")) << half.out;
    const Outcome published = maniera(frames() + Words{"--objective", "gatys"});
    EXPECT_EQ(published.code, 2);
    EXPECT_FALSE(fs::exists(out(7))); // refused before the first frame, not at the second
}

} // namespace
} // namespace maniera
