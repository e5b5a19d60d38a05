// SPDX-License-Identifier: GPL-3.0-or-later
// Several ranks, here threads, paint the picture of one process, and none holds or reads all of it.

#include "core/base/checkpoint.h"
#include "core/distributed/gather_rows.h"
#include "core/error.h"
#include "core/stylize.h"

#include "tests/support/pictures.h"
#include "tests/support/rank_threads.h"
#include "tests/support/settings.h"
#include "tests/support/tiny_model.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <memory>
#include <set>
#include <string>
#include <sys/resource.h>
#include <tuple>
#include <unistd.h>
#include <utility>
#include <vector>

namespace maniera {
namespace {

using test::as_ranks;
using test::make_mask;
using test::make_picture;
using test::rms_difference;
using test::Settings;

constexpr int width = 119, height = 243; // more rows of tiles than ranks, and odd at every pool

ManieraOptions with(const Settings& settings) { return test::repeatable("3", settings); }

Inputs whole_inputs(bool masks) {
    Inputs inputs;
    inputs.content = make_picture(width, height, 20);
    inputs.styles.resize(2);
    inputs.styles[0].picture = make_picture(130, 98, 31);
    inputs.styles[1].picture = make_picture(110, 83, 32);
    if (masks) { // of other sizes; where both are white, and where neither is
        inputs.styles[0].mask = make_mask(60, 70, 0.6, 0.3);
        inputs.styles[1].mask = make_mask(200, 150, 0.3);
    }
    return inputs;
}

// Forgets that the picture is in memory, and notes which rows were wanted.
RowSource by_rows(ImageView picture, std::set<int>* seen) {
    return {size_of(picture), picture.channels, [picture, seen](Span rows) {
                for (int row = rows.begin; row < rows.end; ++row)
                    seen->insert(row);
                return copy(rows_in(picture, rows));
            }};
}

struct Seen {
    std::set<int> content, mask;
};

Inputs by_rows(const Inputs& whole, Seen& seen) {
    Inputs inputs = whole;
    inputs.content = {"content", by_rows(whole.content.color.whole, &seen.content), {}};
    for (std::size_t i = 0; i < whole.styles.size(); ++i)
        if (!whole.styles[i].mask.empty())
            inputs.styles[i].mask = by_rows(whole.styles[i].mask.whole, &seen.mask);
    return inputs;
}

struct Painted {
    std::vector<Result> results;
    Image picture; // as rank 0 gets it
    std::vector<Seen> seen;
};

Painted painted_by(int count, const Inputs& whole, const ManieraOptions& options,
                   const ProgressCallback& progress = {}, const std::string& from = "",
                   const ProgressCallback& others = {},
                   const std::vector<StopCallback>& stops = {}) {
    const Model model = test::make_tiny_model();
    Painted painted{std::vector<Result>(count), Image(), std::vector<Seen>(count)};
    as_ranks(count, [&](int rank, Communicator& comm) {
        std::unique_ptr<CheckpointReader> reader;
        if (!from.empty())
            reader = std::make_unique<CheckpointReader>(from);
        Result& result = painted.results[rank];
        result = stylize(model, by_rows(whole, painted.seen[rank]), options,
                         rank == 0 ? progress : others, reader.get(), {}, comm,
                         stops.empty() ? StopCallback() : stops[rank]);
        if (rank == 0)
            painted.picture = Image(result.size.width, result.size.height, 3);
        std::size_t place = 0;
        gather_rows(comm, result.picture.color, [&](ImageView strip) {
            const std::size_t length = std::size_t{3} * strip.width * strip.height;
            std::copy_n(strip.pixels, length, &painted.picture.pixels.at(place));
            place += length;
        });
        EXPECT_EQ(place, painted.picture.pixels.size() * (rank == 0));
    });
    return painted;
}

void expect_one_picture(int count, const Inputs& inputs, const Settings& settings) {
    const std::string about = ::testing::PrintToString(settings) + ' ' + std::to_string(count);
    const Result one = stylize(test::make_tiny_model(), inputs, with(settings), {});
    const Painted several = painted_by(count, inputs, with(settings));
    EXPECT_LE(rms_difference(several.picture, one.picture.color), 1e-3) << about;
    for (const Result& result : several.results) {
        EXPECT_NEAR(result.loss, one.loss, 1e-4 * one.loss) << about;
        EXPECT_EQ(result.loss, several.results[0].loss) << about;
        EXPECT_EQ(result.steps, one.steps);
        EXPECT_LT(result.picture.color.height, count > 1 ? height : height + 1);
    }
}

TEST(RankStylize, PaintsThePictureOfOneProcess) {
    for (const int count : {2, 3, 4})
        expect_one_picture(count, whole_inputs(false), {{"tile", "32"}});
    for (const Settings& settings : std::vector<Settings>{
             {},                // in one piece a band
             {{"tile", "128"}}, // ranks that have no rows
             {{"tile", "64"}, {"optimizer", "adam"}},
             {{"tile", "64"}, {"objective", "gatys"}},
             {{"tile", "64"}, {"colors", "content"}, {"init", "noise"}},
             {{"tile", "64"}, {"colors", "match"}, {"init", "style"}},
             {{"tile", "64"}, {"init", "content"}, {"size", "300"}},
             {{"tile", "64"}, {"match-parts", "auto"}},
             {{"tile", "64"}, {"parts", "3"}},
             {{"tile", "64"}, {"parts", "3"}, {"wasserstein-rank", "2"}}, // on few directions
             {{"tile", "64"}, {"quality", "draft"}, {"size", "400"}}, // shallow layers of the last
         })
        expect_one_picture(3, whole_inputs(false), settings);
    Inputs started = whole_inputs(false);
    started.initial = make_picture(90, 90, 5).color;
    expect_one_picture(3, started, {{"tile", "64"}, {"size", "190"}});
}

TEST(RankStylize, SharesMasksOut) {
    for (const Settings& settings : std::vector<Settings>{{{"tile", "64"}},
                                                          {{"tile", "128"}},
                                                          {{"tile", "64"}, {"objective", "gatys"}},
                                                          {{"tile", "64"}, {"colors", "match"}},
                                                          {{"tile", "64"}, {"match-parts", "auto"}},
                                                          {{"tile", "64"}, {"parts", "2"}}})
        expect_one_picture(3, whole_inputs(true), settings);
}

TEST(RankStylize, StaysNearTheFrameBefore) {
    Inputs inputs = whole_inputs(false);
    inputs.temporal.painting = make_picture(width, height, 8).color;
    inputs.temporal.shown = make_mask(width, height, 0.6, 0.4);
    inputs.temporal.weights = copy(inputs.temporal.shown);
    inputs.temporal.weight = 100;
    expect_one_picture(3, inputs, {{"tile", "64"}});
}

TEST(RankStylize, MakesTheTileOfOneProcess) {
    for (const char* axes : {"xy", "x", "y"})
        expect_one_picture(3, whole_inputs(true),
                           {{"tile", "128"}, {"tileable", axes}, {"iterations", "3"}});
}

TEST(RankStylize, ReadsItsPartOfTheFiles) {
    for (const std::string match : {"off", "auto"}) {
        const Painted painted =
            painted_by(4, whole_inputs(true), with({{"tile", "64"}, {"match-parts", match}}));
        std::set<int> all;
        for (std::size_t rank = 0; rank < painted.seen.size(); ++rank) {
            const Seen& seen = painted.seen[rank];
            all.insert(seen.content.begin(), seen.content.end());
            if (match == "auto" && rank == 0) // finds the matches for all
                continue;
            EXPECT_LE(seen.content.size(), height / 4 + 6u) << match;
            EXPECT_LE(seen.mask.size(), 150u / 4 + 70 / 4 + 10) << match;
        }
        EXPECT_EQ(all.size(), static_cast<std::size_t>(height));
    }
}

// Rank 0 sees, and stops, for all.
TEST(RankStylize, ShowsAndStopsAtRank0) {
    int calls = 0;
    const auto stop_early = [&](const Progress& progress) {
        ++calls;
        const Image picture = progress.picture();
        EXPECT_EQ(picture.width, progress.width);
        EXPECT_EQ(picture.height, progress.height);
        return calls < 2;
    };
    const Inputs inputs = whole_inputs(true);
    const Painted several = painted_by(3, inputs, with({{"tile", "64"}}), stop_early);
    EXPECT_EQ(calls, 2);
    calls = 0;
    const Result one = stylize(test::make_tiny_model(), inputs, with({{"tile", "64"}}), stop_early);
    EXPECT_FALSE(several.results[2].complete);
    EXPECT_EQ(several.results[2].steps, 2);
    EXPECT_LE(rms_difference(several.picture, one.picture.color), 1e-3);
}

// The wish of another rank is known to rank 0's callback.
TEST(RankStylize, StopsWhereAnotherRankIsAskedTo) {
    const auto first = [](const Progress& progress) { return !progress.stop_asked; };
    const auto others = [](const Progress& progress) {
        EXPECT_FALSE(progress.picture);
        return progress.step < 2;
    };
    const Painted several =
        painted_by(3, whole_inputs(false), with({{"tile", "64"}}), first, "", others);
    for (const Result& result : several.results)
        EXPECT_EQ(result.steps, 2);
}

// A step takes minutes where a picture is large, and a signal comes to one rank or to all.
TEST(RankStylize, AbandonsTheStepOfAllRanks) {
    const Inputs inputs = whole_inputs(false);
    const auto check = [&](const char* tile, const std::set<int>& signalled) {
        const ManieraOptions options = with({{"tile", tile}, {"scales", "1"}});
        const Painted until = painted_by(
            3, inputs, options, [](const Progress& progress) { return progress.step < 2; });
        std::atomic<int> steps{0};
        const auto count = [&](const Progress& progress) {
            steps = progress.step;
            return true; // the answer to `stop` was enough
        };
        std::vector<StopCallback> stops(3);
        for (const int rank : signalled) // in the middle of the third step's passes
            stops[rank] = [&, asked = 0]() mutable { return steps == 2 && ++asked > 5; };
        const Painted stopped = painted_by(3, inputs, options, count, "", {}, stops);
        for (const Result& result : stopped.results) {
            EXPECT_FALSE(result.complete);
            EXPECT_EQ(result.steps, 2);
        }
        EXPECT_EQ(stopped.picture.pixels, until.picture.pixels)
            << tile << ' ' << ::testing::PrintToString(signalled);
    };
    for (const std::set<int>& signalled : std::vector<std::set<int>>{{0}, {1}, {2}, {0, 1, 2}})
        check("64", signalled);
    check("512", {0}); // in one piece; rank 2 has nothing of it
}

// Where a run with one number of ranks was cut off, another goes on.
TEST(RankStylize, GoesOnWithOtherRanks) {
    const Inputs inputs = whole_inputs(false);
    const std::string path = "rank_stylize." + std::to_string(getpid());
    using Case = std::tuple<const char*, const char*, int>;
    for (const auto& [optimizer, parts, step] :
         {Case{"lbfgs", "off", 2}, {"lbfgs", "off", 5}, {"adam", "off", 3}, {"lbfgs", "auto", 5}}) {
        const ManieraOptions options =
            with({{"tile", "64"}, {"optimizer", optimizer}, {"match-parts", parts}});
        const Result one = stylize(test::make_tiny_model(), inputs, options, {});
        std::fclose(std::fopen(path.c_str(), "w"));
        int steps = 0;
        painted_by(3, inputs, options, [&](const Progress& progress) {
            if (++steps < step)
                return true;
            CheckpointWriter writer(path);
            progress.save(writer);
            writer.finish();
            return false;
        });
        const Painted later = painted_by(2, inputs, options, {}, path);
        EXPECT_EQ(later.results[1].steps, one.steps);
        EXPECT_LE(rms_difference(later.picture, one.picture.color), 1e-3)
            << optimizer << ' ' << step;
        // And one process, with what they left.
        const CheckpointReader reader(path);
        const Result alone = stylize(test::make_tiny_model(), inputs, options, {}, &reader);
        EXPECT_LE(rms_difference(alone.picture.color, one.picture.color), 1e-3)
            << optimizer << ' ' << step;
    }
    std::remove(path.c_str());
}

// A checkpoint that cannot be written to its end is rank 0's trouble alone.
TEST(RankStylize, OutlivesACheckpointThatFails) {
    const std::string path = "rank_stylize." + std::to_string(getpid());
    std::fclose(std::fopen(path.c_str(), "w"));
    std::signal(SIGXFSZ, SIG_IGN);
    rlimit usual{};
    getrlimit(RLIMIT_FSIZE, &usual);
    int failures = 0;
    const auto full = [&](const Progress& progress) {
        CheckpointWriter writer(path);
        // Bytes of a file: the header's room and some rows of rank 0's.
        const rlimit small{(1 << 16) + 30000, usual.rlim_max};
        setrlimit(RLIMIT_FSIZE, &small);
        try {
            progress.save(writer);
        } catch (const Error&) {
            ++failures;
        }
        setrlimit(RLIMIT_FSIZE, &usual);
        return true;
    };
    const Painted several = painted_by(3, whole_inputs(false), with({{"tile", "64"}}), full);
    EXPECT_EQ(failures, several.results[0].steps);
    EXPECT_TRUE(several.results[0].complete);
    std::remove(path.c_str());
}

} // namespace
} // namespace maniera
