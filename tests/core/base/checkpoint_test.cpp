// SPDX-License-Identifier: GPL-3.0-or-later
// Checkpoints: what is written is read, what is not whole is refused, and a run goes on as it
// would.

#include "core/base/checkpoint.h"

#include "core/run/resumed_budget.h"
#include "core/stylize.h"
#include "tests/support/pictures.h"
#include "tests/support/process.h"
#include "tests/support/refusal.h"
#include "tests/support/settings.h"
#include "tests/support/tiny_model.h"

#include <ATen/Context.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <limits>

namespace maniera {
namespace {

using test::contains;
using test::read_text;
using test::refusal;
using test::ScratchFolder;
using test::write_text;

std::string refusal_of(const std::string& path) {
    return refusal([&] { CheckpointReader reader(path); });
}

void write_small(const std::string& path) {
    write_text(path, "");
    CheckpointWriter writer(path);
    const float values[] = {1, 2, 3, 4, 5};
    writer.text("job", "something");
    writer.number("step", 12);
    writer.begin_array("x", 5);
    writer.add_values(values, 3);
    writer.add_values(values + 3, 2);
    writer.finish();
}

TEST(Checkpoint, GivesBackWhatWasWritten) {
    const ScratchFolder folder;
    write_small(folder / "c");
    const CheckpointReader reader(folder / "c");
    EXPECT_EQ(reader.text("job"), "something");
    EXPECT_EQ(reader.number("step"), 12);
    float two[2] = {};
    reader.values("x", 3, two, 2);
    EXPECT_EQ(two[0], 4);
    EXPECT_EQ(two[1], 5);
    EXPECT_TRUE(contains(refusal([&] { reader.number("stride"); }), "lacks stride"));
    EXPECT_EQ(reader.count("x"), 5u);
    EXPECT_EQ(reader.count("y"), 0u);
    reader.expect_count("x", 5);
    EXPECT_TRUE(contains(refusal([&] { reader.expect_count("x", 2); }), "another size"));
    EXPECT_TRUE(contains(refusal([&] { reader.values("x", 4, two, 2); }), "another size"));
}

TEST(Checkpoint, GivesBackEveryBitOfANumber) {
    at::globalContext().setFlushDenormal(true); // as in a run
    const ScratchFolder folder;
    write_text(folder / "c", "");
    using Limits = std::numeric_limits<double>;
    const double numbers[] = {0.1, -0.0, 1e300, Limits::denorm_min(), Limits::infinity(), 9e18 + 1};
    CheckpointWriter writer(folder / "c");
    for (std::size_t i = 0; i < std::size(numbers); ++i)
        writer.number("n" + std::to_string(i), numbers[i]);
    writer.finish();
    const CheckpointReader reader(folder / "c");
    for (std::size_t i = 0; i < std::size(numbers); ++i) {
        const double number = reader.number("n" + std::to_string(i));
        EXPECT_EQ(std::memcmp(&number, &numbers[i], sizeof number), 0) << numbers[i];
    }
}

// By the format's description alone.
TEST(Checkpoint, IsASafetensorsFile) {
    const ScratchFolder folder;
    write_small(folder / "c");
    EXPECT_TRUE(is_checkpoint(folder / "c"));
    const std::string bytes = read_text(folder / "c");
    std::uint64_t length = 0;
    std::memcpy(&length, bytes.data(), sizeof length);
    ASSERT_LE(length, bytes.size() - sizeof length);
    const auto header = nlohmann::json::parse(bytes.substr(sizeof length, length));
    EXPECT_EQ(header["__metadata__"]["job"], "something");
    EXPECT_EQ(header["__metadata__"]["step"], "12");
    EXPECT_EQ(header["x"]["dtype"], "F32");
    EXPECT_EQ(header["x"]["shape"], nlohmann::json({5}));
    EXPECT_EQ(header["x"]["data_offsets"], nlohmann::json({0, 20}));
    ASSERT_EQ(bytes.size(), sizeof length + length + 20);
    float last = 0;
    std::memcpy(&last, bytes.data() + bytes.size() - sizeof last, sizeof last);
    EXPECT_EQ(last, 5);
}

TEST(Checkpoint, RefusesEveryCutAndEveryFlippedBit) {
    const ScratchFolder folder;
    write_small(folder / "c");
    const std::string whole = read_text(folder / "c");
    // The header's reserved room is 64 KiB of spaces: of these only some are changed.
    const std::size_t dense = whole.find("  ") + 64, room = 997;
    const std::size_t data = whole.size() - 5 * sizeof(float);
    const auto next = [&](std::size_t at) {
        return at < dense || at >= data ? at + 1 : std::min(data, at + room);
    };
    for (std::size_t length = 0; length < whole.size(); length = next(length)) {
        write_text(folder / "cut", whole.substr(0, length));
        EXPECT_NE(refusal_of(folder / "cut"), "accepted") << length;
    }
    for (std::size_t byte = 0; byte < whole.size(); byte = next(byte))
        for (int bit = 0; bit < 8; ++bit) {
            std::string flipped = whole;
            flipped[byte] = static_cast<char>(flipped[byte] ^ (1 << bit));
            write_text(folder / "flipped", flipped);
            EXPECT_NE(refusal_of(folder / "flipped"), "accepted") << byte << ' ' << bit;
        }
    write_text(folder / "more", whole + "x");
    EXPECT_TRUE(contains(refusal_of(folder / "more"), "damaged"));
    write_text(folder / "foreign", std::string(1000, 'x'));
    EXPECT_TRUE(contains(refusal_of(folder / "foreign"), "not one of Maniera's"));
    write_text(folder / "first", "Maniera checkpoint 1\n" + std::string(100, 'x'));
    EXPECT_TRUE(contains(refusal_of(folder / "first"), "was written by Maniera 0.1.0"));
    EXPECT_TRUE(is_checkpoint(folder / "first")); // it may be written over
    EXPECT_TRUE(contains(refusal_of(folder / "none"), "is not there"));
    EXPECT_TRUE(contains(refusal_of(folder / ""), "no file"));
}

Inputs inputs_of(int width, int height) {
    Inputs inputs;
    inputs.content = test::make_picture(width, height, 1);
    inputs.styles.resize(1);
    inputs.styles[0].picture = test::make_picture(90, 131, 2);
    return inputs;
}

void save_to(const std::string& path, const Progress& progress) {
    write_text(path, "");
    CheckpointWriter writer(path);
    progress.save(writer);
    writer.finish();
}

TEST(Checkpoint, GoesOnFromEveryStepAsIfNothingHadHappened) {
    const Model model = test::make_tiny_model();
    Inputs inputs = inputs_of(171, 117);
    const ScratchFolder folder;
    const std::string in_memory, in_files = folder.path().string();
    for (const auto& [optimizer, scratch] : {std::pair("lbfgs", in_memory),
                                             {"adam", in_memory},
                                             {"lbfgs", in_files},
                                             {"adam", in_files}}) {
        inputs.scratch_folder = scratch; // in so little memory they are wanted
        ManieraOptions options;
        char message[MANIERA_MESSAGE_MAX];
        maniera_options_init(&options);
        for (const auto& [name, value] : {std::pair("optimizer", optimizer),
                                          {"threads", "1"},
                                          {"memory", "64"},
                                          {"scales", "2"},
                                          {"iterations", "4,5"}})
            ASSERT_TRUE(maniera_option_set(&options, name, value, message)) << message;
        int step = 0;
        const auto save = [&](const Progress& progress) {
            save_to(folder / std::to_string(++step), progress);
            EXPECT_EQ(progress.last, step == 9);
            return true;
        };
        std::string told;
        const Result whole = stylize(model, inputs, options, save, nullptr,
                                     [&](Notice, const std::string& text) { told += text; });
        EXPECT_EQ(contains(told, "the optimizer's pictures in files"), !scratch.empty()) << told;
        ASSERT_EQ(step, 9);
        for (; step >= 1; --step) {
            const CheckpointReader from(folder / std::to_string(step));
            int more = 0;
            const Result rest = stylize(
                model, inputs, options, [&](const Progress&) { return ++more > 0; }, &from);
            EXPECT_EQ(more, 9 - step) << optimizer;
            EXPECT_EQ(rest.steps, 9);
            EXPECT_EQ(rest.loss, whole.loss);
            EXPECT_EQ(rest.picture.color.pixels, whole.picture.color.pixels)
                << optimizer << " from step " << step;
        }
    }
}

// The scales of 256 and 512 px are compared with the styles at one size.
TEST(Checkpoint, ADraftGoesOnWithTheMatchesOfTheScaleBefore) {
    const Model model = test::make_tiny_model();
    Inputs inputs = inputs_of(512, 150);
    inputs.styles[0].picture = test::make_picture(600, 180, 2); // not smaller than the run
    ManieraOptions options;
    char message[MANIERA_MESSAGE_MAX];
    maniera_options_init(&options);
    for (const auto& [name, value] :
         {std::pair("quality", "draft"), {"threads", "1"}, {"iterations", "1,2,1"}})
        ASSERT_TRUE(maniera_option_set(&options, name, value, message)) << message;
    const ScratchFolder folder;
    int step = 0;
    const Result whole = stylize(model, inputs, options, [&](const Progress& progress) {
        save_to(folder / std::to_string(++step), progress);
        return true;
    });
    ASSERT_EQ(step, 4);
    for (; step >= 1; --step) {
        const CheckpointReader from(folder / std::to_string(step));
        EXPECT_EQ(from.number("match-cell"), step < 4 ? 4 : 8);
        const Result rest = stylize(model, inputs, options, {}, &from);
        EXPECT_EQ(rest.picture.color.pixels, whole.picture.color.pixels) << "from step " << step;
    }
}

// Else the tiles would be those of whatever memory there is when it goes on.
TEST(Checkpoint, GoesOnInTheTilesItBeganWith) {
    const Model model = test::make_wide_model();
    const Inputs inputs = inputs_of(560, 440);
    ManieraOptions free_choice, little;
    char message[MANIERA_MESSAGE_MAX];
    maniera_options_init(&free_choice);
    for (const auto& [name, value] : {std::pair("threads", "1"),
                                      {"scales", "1"},
                                      {"iterations", "2"},
                                      {"content-layers", "relu2_1"},
                                      {"style-layers", "relu1_1,relu2_1"}})
        ASSERT_TRUE(maniera_option_set(&free_choice, name, value, message)) << message;
    little = free_choice;
    ASSERT_TRUE(maniera_option_set(&little, "memory", "64", message)) << message;
    const ScratchFolder folder;
    std::string told;
    const auto tell = [&](Notice, const std::string& text) { told += text + "\n"; };
    int step = 0;
    const Result whole = stylize(
        model, inputs, little,
        [&](const Progress& progress) {
            if (++step == 1)
                save_to(folder / "c", progress);
            return true;
        },
        nullptr, tell);
    ASSERT_TRUE(contains(told, " tiles of ")) << told;
    const std::string began = told;

    told.clear();
    const CheckpointReader from(folder / "c");
    const Result rest = stylize(model, inputs, free_choice, {}, &from, tell);
    EXPECT_EQ(told, began); // nor a word of less memory
    EXPECT_EQ(rest.picture.color.pixels, whole.picture.color.pixels);
}

TEST(Checkpoint, TheBudgetOfARunThatGoesOnIsTheOldOneWhileItFits) {
    constexpr std::int64_t gibibyte = std::int64_t{1} << 30;
    ManieraOptions options;
    maniera_options_init(&options);
    const ResolvedOptions resolved = resolve(options);
    Budget now;
    now.content = {2048, 1536};
    now.styles = {{{1024, 768}, 0}};
    const std::vector<Size> sizes = {{1024, 768}, {2048, 1536}}, small = {{512, 384}};
    now.bytes = 100 * gibibyte; // there is more now
    EXPECT_EQ(resumed_budget(3 * gibibyte, now, sizes, resolved), 3 * gibibyte);
    now.bytes = 3 * gibibyte; // what it would take in one piece is not there any more
    EXPECT_EQ(resumed_budget(100 * gibibyte, now, sizes, resolved), 3 * gibibyte);
    EXPECT_EQ(resumed_budget(100 * gibibyte, now, small, resolved), 100 * gibibyte); // nor needed
}

// A file sealed with the right digest, but without one of its records or with another value there.
class Altered {
public:
    explicit Altered(const std::string& path) : path_(path), bytes_(read_text(path)) {
        std::uint64_t length = 0;
        std::memcpy(&length, bytes_.data(), sizeof length);
        header_ = nlohmann::json::parse(bytes_.substr(sizeof length, length));
        data_ = sizeof length + length;
    }
    std::vector<std::string> arrays() const {
        std::vector<std::string> names;
        for (const auto& [name, entry] : header_.items())
            if (name != "__metadata__")
                names.push_back(name);
        return names;
    }
    std::vector<std::string> numbers() const {
        std::vector<std::string> names;
        for (const auto& [name, value] : header_["__metadata__"].items())
            if (name != "format" && name != "sha256")
                names.push_back(name);
        return names;
    }
    // Writes all records but the arrays in `without`; the text `name` becomes `value` (nothing: is
    // left out).
    void write(const std::string& to, const std::vector<std::string>& without,
               const std::string& name = "", const std::string& value = "") const {
        write_text(to, "");
        CheckpointWriter writer(to);
        for (const std::string& each : numbers())
            if (each != name || !value.empty())
                writer.text(each, each == name ? value
                                               : header_["__metadata__"][each].get<std::string>());
        for (const std::string& each : arrays()) {
            if (std::find(without.begin(), without.end(), each) != without.end())
                continue;
            const std::uint64_t begin = header_[each]["data_offsets"][0],
                                end = header_[each]["data_offsets"][1];
            std::vector<float> values((end - begin) / sizeof(float));
            std::memcpy(values.data(), bytes_.data() + data_ + begin, end - begin);
            writer.begin_array(each, values.size());
            writer.add_values(values.data(), values.size());
        }
        writer.finish();
    }

private:
    std::string path_, bytes_;
    nlohmann::json header_;
    std::size_t data_ = 0;
};

TEST(Checkpoint, LackingAnyRecordIsRefusedInASentence) {
    const ScratchFolder folder;
    for (const char* optimizer : {"lbfgs", "adam"}) {
        Inputs inputs;
        inputs.content = test::make_picture(80, 64, 20);
        inputs.styles.emplace_back();
        inputs.styles[0].picture = test::make_picture(70, 60, 31);
        const ManieraOptions options =
            test::repeatable("9", {{"scales", "1"}, {"optimizer", optimizer}});
        const auto run = [&](const ProgressCallback& progress, const CheckpointReader* from) {
            stylize(test::make_tiny_model(), inputs, options, progress, from);
        };
        write_text(folder / "c", "");
        int steps = 0;
        run(
            [&](const Progress& progress) {
                if (++steps < 5)
                    return true;
                CheckpointWriter writer(folder / "c");
                progress.save(writer);
                writer.finish();
                return false;
            },
            nullptr);
        const auto resumed = [&] {
            return refusal([&] {
                const CheckpointReader reader(folder / "bad");
                run([](const Progress&) { return false; }, &reader);
            });
        };
        const Altered whole(folder / "c");
        whole.write(folder / "bad", {});
        EXPECT_EQ(resumed(), "accepted");
        for (const std::string& name : whole.arrays()) {
            whole.write(folder / "bad", {name});
            if (name == "direction") // a state between two moves has none
                EXPECT_EQ(resumed(), "accepted");
            else
                EXPECT_TRUE(contains(resumed(), "lacks " + name)) << name << ": " << resumed();
        }
        for (const std::string& name : whole.numbers()) {
            whole.write(folder / "bad", {}, name);
            EXPECT_TRUE(contains(resumed(), "lacks " + name)) << name;
            whole.write(folder / "bad", {}, name, "none");
            EXPECT_TRUE(contains(resumed(), "no number " + name)) << name;
            for (const char* odd : {"nan", "-1", "1e300", "inf"}) {
                whole.write(folder / "bad", {}, name, odd);
                resumed(); // refused or not, it ends
            }
        }
        whole.write(folder / "bad", {}, optimizer == std::string("adam") ? "averaged" : "pairs",
                    "-3");
        EXPECT_TRUE(contains(resumed(), "has no count")) << resumed();
    }
}

} // namespace
} // namespace maniera
