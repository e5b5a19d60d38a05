// SPDX-License-Identifier: GPL-3.0-or-later
// A job's pictures, from files and from memory.

#include "helper/job/inputs.h"

#include "core/error.h"
#include "tests/support/pictures.h"
#include "tests/support/process.h"
#include "tests/support/refusal.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <sys/mman.h>
#include <unistd.h>

namespace maniera {
namespace {

using test::contains;
using test::refusal;
using test::ScratchFolder;

class LoadInputs : public testing::Test {
protected:
    void save(const std::string& name, int width, int height, float level) {
        Picture picture;
        picture.color = Image(width, height, 3);
        for (std::size_t i = 0; i < picture.color.pixels.size(); ++i)
            picture.color.pixels[i] = level * (0.5f + 0.5f * std::sin(0.1f * i));
        save_picture(picture, {}, folder / name);
    }
    PictureLocation file(const std::string& name) const { return {folder / name, {}}; }
    ScratchFolder folder;
};

TEST_F(LoadInputs, ReadsFiles) {
    save("p.png", 64, 48, 1);
    save("a.png", 40, 33, 1);
    Job job;
    job.content.file = folder / "p.png";
    job.styles.push_back({file("a.png"), file("p.png"), {}, 2.0, 0.5});
    const JobInputs loaded = load_inputs(job);
    EXPECT_EQ(loaded.inputs.content.color.size.width, 64);
    EXPECT_EQ(loaded.inputs.content.name, job.content.file);
    ASSERT_EQ(loaded.inputs.styles.size(), 1u);
    EXPECT_EQ(loaded.inputs.styles[0].picture.color.height, 33);
    EXPECT_EQ(loaded.inputs.styles[0].mask.channels, 1);
    EXPECT_EQ(loaded.inputs.styles[0].weight, 2);
    EXPECT_EQ(loaded.inputs.styles[0].scale, 0.5);
}

TEST_F(LoadInputs, ReadsAStartPicture) {
    save("p.png", 64, 48, 1);
    Job job;
    job.content.file = folder / "p.png";
    job.styles.push_back({file("p.png"), {}, {}, {}, 0});
    set_option(job.options, "init", folder / "p.png");
    EXPECT_EQ(load_inputs(job).inputs.initial.size.width, 64);
    set_option(job.options, "init", folder / "none.png");
    EXPECT_TRUE(contains(refusal([&] { load_inputs(job); }), "does not exist"));
}

TEST_F(LoadInputs, RefusesCountsOfWeightsThatDoNotMatch) {
    save("p.png", 64, 48, 1);
    Job job;
    job.content.file = folder / "p.png";
    job.styles.push_back({file("p.png"), {}, {}, 1.0, 0});
    job.styles.push_back({file("p.png"), {}, {}, {}, 0});
    ErrorCode code{};
    EXPECT_TRUE(contains(refusal([&] { load_inputs(job); }, &code), "2 styles"));
    EXPECT_EQ(code, ErrorCode::invalid_option);
    job.styles[1].mask = file("p.png"); // a region's weight is its own
    EXPECT_EQ(refusal([&] { load_inputs(job); }), "accepted");
}

// A memory as a client makes it.
class Memory : public testing::Test {
protected:
    Memory() : client(memfd_create("test", 0)), memory(dup(client)) {}
    ~Memory() override { close(client); }
    void resize(std::size_t bytes) { ASSERT_EQ(ftruncate(client, static_cast<off_t>(bytes)), 0); }
    void put(std::size_t offset, const std::vector<float>& values) {
        const std::size_t bytes = values.size() * sizeof(float);
        ASSERT_EQ(pwrite(client, values.data(), bytes, static_cast<off_t>(offset)),
                  static_cast<ssize_t>(bytes));
    }
    static MemoryPicture at(std::uint64_t offset, int width, int height, int channels) {
        return {offset, width, height, channels, "The layer"};
    }
    std::string refused(const MemoryPicture& place) const {
        std::size_t odd = 0;
        return refusal([&] { memory.read_picture(place, odd); });
    }

    int client;
    SharedMemory memory;
    std::size_t odd = 0;
};

TEST_F(Memory, HoldsGrayColorsAndAlpha) {
    resize(1000);
    put(5, {0.25f, 0.5f, 0.75f, 1, 0.1f, 0.2f, 0.3f, 0.5f}); // no place need be aligned
    const Picture with_alpha = memory.read_picture(at(5, 2, 1, 4), odd);
    EXPECT_EQ(with_alpha.name, "The layer");
    EXPECT_EQ(with_alpha.color.pixels, (std::vector<float>{0.25f, 0.5f, 0.75f, 0.1f, 0.2f, 0.3f}));
    EXPECT_EQ(with_alpha.alpha.pixels, (std::vector<float>{1, 0.5f}));
    const Picture color = memory.read_picture(at(5, 1, 2, 3), odd);
    EXPECT_EQ(color.color.height, 2);
    EXPECT_EQ(color.color.pixels[3], 1);
    EXPECT_TRUE(color.alpha.empty());
    const Picture gray = memory.read_picture(at(5, 2, 1, 1), odd);
    EXPECT_EQ(gray.color.pixels, (std::vector<float>{0.25f, 0.25f, 0.25f, 0.5f, 0.5f, 0.5f}));
    EXPECT_TRUE(memory.read_picture(at(5, 1, 1, 4), odd).alpha.empty()) << "opaque";

    EXPECT_EQ(memory.read_mask(at(5, 3, 1, 1), odd).pixels,
              (std::vector<float>{0.25f, 0.5f, 0.75f}));
    const float luma = 0.299f * 0.1f + 0.587f * 0.2f + 0.114f * 0.3f;
    EXPECT_NEAR(memory.read_mask(at(5, 2, 1, 4), odd).pixels[1], luma * 0.5f, 1e-6);
    EXPECT_EQ(odd, 0u);
}

// Layers of 32-bit precision hold such values: bright lights, and what a filter divided by zero.
TEST_F(Memory, ClipsAndCleansValues) {
    resize(100);
    put(0, {-3, 7, 0.5f, NAN, std::numeric_limits<float>::infinity(),
            -std::numeric_limits<float>::infinity()});
    const Picture picture = memory.read_picture(at(0, 2, 1, 3), odd);
    EXPECT_EQ(picture.color.pixels, (std::vector<float>{0, 1, 0.5f, 0, 1, 0}));
    EXPECT_EQ(odd, 3u);
}

TEST_F(Memory, RefusesBytesBeyondItsEnd) {
    resize(480);
    EXPECT_EQ(refused(at(0, 10, 4, 3)), "accepted");
    EXPECT_TRUE(contains(refused(at(1, 10, 4, 3)), "481 of a shared memory of 480"));
    EXPECT_TRUE(contains(refused(at(std::numeric_limits<std::int64_t>::max(), 10, 4, 3)), "byte"));
    EXPECT_TRUE(contains(refused(at(0, 1 << 24, 1 << 24, 4)), "byte"));
    // It becomes smaller and larger between requests, as the client likes.
    resize(479);
    EXPECT_TRUE(contains(refused(at(0, 10, 4, 3)), "The layer"));
    resize(10000);
    EXPECT_EQ(refused(at(8000, 10, 4, 3)), "accepted");
    EXPECT_TRUE(
        contains(refusal([&] { SharedMemory().check(at(0, 1, 1, 1)); }), "none was passed"));
}

TEST_F(Memory, TakesOnlyFiles) {
    int ends[2];
    ASSERT_EQ(pipe(ends), 0);
    const SharedMemory pipe_memory(ends[0]);
    EXPECT_TRUE(contains(refusal([&] { pipe_memory.check(0, 1, "x"); }), "none was passed"));
    close(ends[0]);
    close(ends[1]);
}

TEST_F(Memory, IsWrittenWhereAskedAndNotEnlarged) {
    resize(100);
    const Image image = test::make_noise(2, 2, 3, 1);
    memory.write_picture(at(7, 2, 2, 3), image);
    EXPECT_EQ(memory.read_picture(at(7, 2, 2, 3), odd).color.pixels, image.pixels);
    EXPECT_TRUE(contains(refusal([&] { memory.write_picture(at(60, 2, 2, 3), image); }), "108"));
    EXPECT_EQ(lseek(client, 0, SEEK_END), 100);
}

TEST_F(Memory, GivesAJobItsPicturesAndSaysWhatIsOdd) {
    resize(100000);
    const Image picture = test::make_picture(64, 48, 3).color;
    put(16, picture.pixels);
    put(50000, std::vector<float>(64 * 48, 0.5f));
    put(50000, {NAN});
    Job job;
    job.content.memory = at(16, 64, 48, 3);
    job.styles.push_back({job.content, {}, {}, {}, 0});
    job.styles[0].mask.memory = at(50000, 64, 48, 1);
    std::vector<std::string> warnings;
    const JobInputs loaded =
        load_inputs(job, memory, [&](const std::string& text) { warnings.push_back(text); });
    EXPECT_EQ(take_whole(loaded.inputs.content.color).pixels, picture.pixels);
    EXPECT_EQ(loaded.inputs.styles[0].mask.whole.pixels[1], 0.5f);
    ASSERT_EQ(warnings.size(), 1u);
    EXPECT_TRUE(contains(warnings[0], "The layer has 1 values"));
    // What files are refused for, memory is too.
    job.content.memory->width = 20;
    EXPECT_TRUE(contains(refusal([&] { load_inputs(job, memory, [](const std::string&) {}); }),
                         "short side"));
}

} // namespace
} // namespace maniera
