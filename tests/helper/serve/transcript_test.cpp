// SPDX-License-Identifier: GPL-3.0-or-later
// The transcripts of tests/protocol and the examples of docs/protocol.md, played at the
// real helper with a tiny model.

#include "helper/images/image_file.h"
#include "tests/support/pictures.h"
#include "tests/support/serve_client.h"
#include "tests/support/tiny_model.h"
#include "tests/support/transcript.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <deque>
#include <filesystem>
#include <limits>
#include <sstream>

namespace maniera {
namespace {

using nlohmann::json;
using test::TranscriptLine;

void save(const Image& image, const std::string& path) {
    Picture picture;
    picture.color = image;
    save_picture(picture, {}, path);
}

// A folder with the pictures and models that transcripts name, and a helper that knows it.
class TranscriptsTest : public testing::Test {
protected:
    TranscriptsTest() {
        std::filesystem::create_directory(models_);
        test::save_model(test::make_tiny_model(), models_, "vgg16");
        test::save_manifest(test::make_tiny_model(), models_, "torn", std::string(64, '0'));
        test::write_text(models_ + "/torn.safetensors", "torn");
        save(test::make_picture(64, 48, 8).color, scratch_ / "style.png");
        save(test::make_picture(96, 72, 3).color, scratch_ / "content.png");
        client_ = std::make_unique<test::ServeClient>(
            MANIERA_PROGRAM,
            test::ServeClient::Settings{
                {"MANIERA_MODELS=" + models_, "XDG_CACHE_HOME=" + (scratch_ / "cache")}, 0, true});
    }

    void play(const TranscriptLine& line) {
        if (line.kind == '>')
            client_->send(line.text);
        else if (line.kind == '<')
            expect(line);
        else
            direct(line.text);
    }

    void expect(const TranscriptLine& line) {
        const json expected = json::parse(line.text);
        json message = client_->next();
        while (!test::same_kind(expected, message))
            message = client_->next();
        ASSERT_EQ(test::difference(expected, message, line.any), "") << message;
    }

    void direct(const std::string& text) {
        std::istringstream words(text);
        std::string what, value;
        std::uint64_t first = 0;
        words >> what;
        if (what == "ends") {
            words >> value;
            client_->ends(std::chrono::milliseconds(static_cast<int>(1000 * std::stod(value))));
            return;
        }
        words >> first;
        if (what == "memory") {
            client_->resize_memory(first);
        } else if (what == "fill") {
            int width = 0, height = 0, channels = 0;
            words >> width >> height >> channels;
            client_->put_image(first, smooth(width, height, channels));
        } else if (what == "put") {
            words >> value;
            const float number = std::strtof(value.c_str(), nullptr); // it reads nan and inf
            client_->put(first, &number, sizeof number);
        } else if (what == "keep") {
            words >> kept_size_;
            kept_at_ = first;
            kept_ = client_->get(kept_at_, kept_size_);
        } else if (what == "same") {
            EXPECT_EQ(client_->get(kept_at_, kept_size_) == kept_, true);
        } else if (what == "changed") {
            EXPECT_NE(client_->get(kept_at_, kept_size_) == kept_, true);
        } else if (what == "floats") {
            int count = 0;
            words >> count;
            const Image found = client_->get_image(first, count, 1, 1);
            const auto [least, most] =
                std::minmax_element(found.pixels.begin(), found.pixels.end());
            EXPECT_TRUE(*least >= 0 && *most <= 1 && *least < *most) << *least << " " << *most;
        } else if (what == "picture") {
            std::string path;
            int width = 0, height = 0;
            std::istringstream(text) >> what >> path >> width >> height;
            const Image found = load_picture(path).picture.color;
            EXPECT_EQ(found.width, width);
            EXPECT_EQ(found.height, height);
        } else if (what == "absent") {
            std::string path;
            std::istringstream(text) >> what >> path;
            EXPECT_FALSE(std::filesystem::exists(path));
        } else if (what == "line") {
            client_->send(std::string(first, 'x'));
        } else if (what == "close") {
            client_->close_input();
        } else {
            FAIL() << "the direction " << what << " is not known";
        }
    }

    static Image smooth(int width, int height, int channels) {
        if (channels == 1)
            return test::make_mask(width, height, 0.5, 0.2);
        const Image color = test::make_picture(width, height, 3).color;
        Image image(width, height, channels);
        for (std::size_t i = 0; i < image.pixels.size(); ++i) {
            const std::size_t pixel = i / static_cast<std::size_t>(channels);
            const std::size_t channel = i % static_cast<std::size_t>(channels);
            image.pixels[i] = channel < 3 ? color.pixels[3 * pixel + channel] : 1;
        }
        return image;
    }

    const test::ScratchFolder scratch_;
    const std::string models_ = scratch_ / "models";
    std::unique_ptr<test::ServeClient> client_;

private:
    std::uint64_t kept_at_ = 0;
    std::size_t kept_size_ = 0;
    std::string kept_;
};

std::vector<std::string> transcripts() {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(MANIERA_SOURCE "/tests/protocol"))
        if (entry.path().extension() == ".jsonl")
            names.push_back(entry.path().stem());
    std::sort(names.begin(), names.end());
    return names;
}

class ATranscript : public TranscriptsTest, public testing::WithParamInterface<std::string> {};

TEST_P(ATranscript, HoldsForTheRealHelper) {
    const test::Transcript transcript =
        test::read_transcript(MANIERA_SOURCE "/tests/protocol/" + GetParam() + ".jsonl",
                              test::transcript_words(scratch_.path()));
    if (transcript.only == "client")
        GTEST_SKIP() << "concerns the client alone";
    for (const TranscriptLine& line : transcript.lines) {
        SCOPED_TRACE("line " + std::to_string(line.number) + ": " + line.text);
        play(line);
        if (HasFatalFailure())
            return;
    }
}

INSTANTIATE_TEST_SUITE_P(Protocol, ATranscript, testing::ValuesIn(transcripts()),
                         [](const auto& info) {
                             std::string name = info.param;
                             std::replace(name.begin(), name.end(), '-', '_');
                             return name;
                         });

// The page shows each kind of message once; in a conversation others lie between them, so that a
// notification may be any that was heard. The memory is the one that the page's job describes.
TEST_F(TranscriptsTest, ExamplesOfThePageHold) {
    const test::Transcript page =
        test::read_examples(MANIERA_SOURCE "/docs/protocol.md", scratch_ / "style.png");
    ASSERT_GE(page.lines.size(), 9u);
    client_->resize_memory(5242880 + 2 * 512 * 512 * 3);
    client_->put_image(0, smooth(512, 384, 4));
    client_->put_image(3145728, smooth(300, 200, 3));
    client_->put_image(4190208, smooth(512, 384, 1));
    const float no_number = std::numeric_limits<float>::quiet_NaN(); // of which a log tells
    client_->put(0, &no_number, sizeof no_number);
    std::deque<json> heard;
    const auto fits = [](const json& expected, const json& message) {
        return test::same_kind(expected, message) &&
               test::example_difference(expected, message).empty();
    };
    for (const TranscriptLine& line : page.lines) {
        SCOPED_TRACE("protocol.md:" + std::to_string(line.number) + ": " + line.text);
        const json expected = json::parse(line.text);
        if (line.kind == '>') {
            client_->send(line.text);
        } else if (expected.contains("id")) {
            json message = client_->next();
            for (; !message.contains("id"); message = client_->next())
                heard.push_back(message);
            ASSERT_EQ(test::example_difference(expected, message), "") << message;
        } else {
            const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
            while (std::none_of(heard.begin(), heard.end(),
                                [&](const json& each) { return fits(expected, each); })) {
                ASSERT_LT(std::chrono::steady_clock::now(), end) << "no such notification came";
                heard.push_back(client_->next());
                ASSERT_FALSE(heard.back().contains("id")) << "it did not come: " << heard.back();
            }
        }
    }
}

} // namespace
} // namespace maniera
