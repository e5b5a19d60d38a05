// SPDX-License-Identifier: GPL-3.0-or-later
// Several ranks, here threads with a connection each, see what one process sees.

#include "core/distributed/row_partition.h"

#include "tests/support/device_runs.h"
#include "tests/support/rank_threads.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/equal.h>
#include <c10/core/InferenceMode.h>
#include <gtest/gtest.h>

#include <cmath>
#include <memory>
#include <vector>

namespace maniera {
namespace {

using test::as_ranks;
using test::DeviceRun;
using test::Settings;

struct Seen {
    std::vector<double> values; // total, then term by term
    at::Tensor gradient;        // of the whole picture
};

Seen seen_by(const std::vector<Evaluation>& ranks) {
    Seen seen;
    const Evaluation& first = ranks[0];
    seen.values = {first.total.item<double>(), first.smoothness.item<double>()};
    for (const auto* terms : {&first.content, &first.style})
        for (const auto& term : *terms)
            seen.values.push_back(term.second.item<double>());
    std::vector<at::Tensor> bands;
    for (const Evaluation& rank : ranks) {
        bands.push_back(rank.gradient);
        EXPECT_EQ(rank.total.item<double>(), seen.values[0]); // all decide by the same bits
    }
    seen.gradient = at::cat(bands, 2);
    return seen;
}

struct Case {
    Settings settings;
    int tile = 0;
};

Evaluation evaluated(const Case& of, Communicator& comm = local_communicator()) {
    return DeviceRun(Placement(), SqrtMethod::eigen_float64, of.settings, of.tile, comm)
        .evaluate_elsewhere();
}

// What so many ranks see, case by case.
std::vector<Seen> by_ranks(int count, const std::vector<Case>& cases) {
    std::vector<std::vector<Evaluation>> seen(cases.size(), std::vector<Evaluation>(count));
    as_ranks(count, [&](int rank, Communicator& comm) {
        for (std::size_t i = 0; i < cases.size(); ++i)
            seen[i][rank] = evaluated(cases[i], comm);
    });
    std::vector<Seen> all;
    for (const std::vector<Evaluation>& ranks : seen)
        all.push_back(seen_by(ranks));
    return all;
}

std::vector<Case> cases_in(const std::vector<int>& tiles) {
    std::vector<Case> cases;
    for (const Settings& settings : {
             Settings{},
             Settings{{"style-term", "gram"}, {"pooling", "average"}},
             Settings{{"objective", "gatys"}},
             Settings{{"content-layers", "relu2_2"}, {"style-layers", "relu1_1,relu4_1"}},
         })
        for (const int tile : tiles)
            cases.push_back({settings, tile});
    return cases;
}

TEST(RowPartition, SeeTheSameBitsInTheSameTiles) {
    const c10::InferenceMode no_autograd;
    const std::vector<Case> cases = cases_in({16, 32});
    for (const int count : {2, 3, 4}) { // of tiles of 32 there are three rows
        const std::vector<Seen> several = by_ranks(count, cases);
        for (std::size_t i = 0; i < cases.size(); ++i) {
            const Seen one = seen_by({evaluated(cases[i])});
            EXPECT_EQ(several[i].values, one.values) << count << " ranks, case " << i;
            EXPECT_TRUE(at::equal(several[i].gradient, one.gradient)) << count << ' ' << i;
        }
    }
}

TEST(RowPartition, SeeTheSameToRoundingWithoutTiles) {
    const c10::InferenceMode no_autograd;
    const std::vector<Case> cases = cases_in({0});
    for (const int count : {2, 3, 4}) {
        const std::vector<Seen> several = by_ranks(count, cases);
        for (std::size_t i = 0; i < cases.size(); ++i) {
            const Seen one = seen_by({evaluated(cases[i])});
            for (std::size_t v = 0; v < one.values.size(); ++v)
                EXPECT_NEAR(several[i].values[v], one.values[v], 1e-5 * std::abs(one.values[v]))
                    << count << " ranks, case " << i << ", term " << v;
            const double largest = one.gradient.abs().max().item<double>();
            EXPECT_LE((several[i].gradient - one.gradient).abs().max().item<double>(),
                      1e-5 * largest);
        }
    }
}

at::Tensor painted(const Settings& settings, Communicator& comm = local_communicator()) {
    const DeviceRun run(Placement(), SqrtMethod::eigen, settings, 32, comm);
    const std::unique_ptr<Optimizer> optimizer = run.optimizer();
    optimizer->begin_scale(20);
    double loss = 0;
    for (int step = 0; step < 20; ++step)
        loss = optimizer->step(run.function());
    EXPECT_TRUE(std::isfinite(loss));
    return optimizer->result();
}

TEST(RowPartition, PaintThePictureOfOneProcess) {
    const c10::InferenceMode no_autograd;
    for (const char* optimizer : {"lbfgs", "adam"}) {
        const Settings settings = {{"optimizer", optimizer}};
        const at::Tensor one = painted(settings);
        for (const int count : {2, 3, 4}) {
            std::vector<at::Tensor> bands(count);
            as_ranks(count,
                     [&](int rank, Communicator& comm) { bands[rank] = painted(settings, comm); });
            const at::Tensor off = at::cat(bands, 2) - one;
            EXPECT_LE(off.square().mean().sqrt().item<double>(), 1e-3) << optimizer << ' ' << count;
        }
    }
}

} // namespace
} // namespace maniera
