// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/core/optimizer/bowl.h"

#include "tests/support/process.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <filesystem>
#include <iterator>

namespace maniera {
namespace {

TEST(Optimizers, GoOnAtAnotherSize) {
    const at::Tensor target = some_target();
    const at::Tensor larger = target.repeat_interleave(2, 2).repeat_interleave(2, 3);
    const Resizer twice = [](const at::Tensor& t) {
        return t.repeat_interleave(2, 2).repeat_interleave(2, 3);
    };
    for (const bool adam : {true, false}) {
        auto optimizer = adam ? make_adam({0.05, 0.8}, at::full_like(target, 0.5))
                              : make_lbfgs({}, at::full_like(target, 0.5));
        run(*optimizer, bowl(target), 60);
        const at::Tensor before = optimizer->result();
        optimizer->resize(twice(before) * 0.9, twice);
        EXPECT_LT(largest(optimizer->result() - twice(before) * 0.9), 1e-6);
        run(*optimizer, bowl(larger), 100);
        EXPECT_LT(largest(optimizer->result() - larger), 0.02);
    }
}

TEST(Optimizers, GoTheSameWayWhereverTheirStateLies) {
    const test::ScratchFolder folder;
    const std::string in_file = folder.path().string();
    at::manual_seed(5);
    const at::Tensor target =
        (at::rand({1, 3, 431, 407}) * 0.8 + 0.1).contiguous(at::MemoryFormat::ChannelsLast);
    const at::Tensor larger = target.repeat_interleave(2, 2);
    const Resizer taller = [](const at::Tensor& t) { return t.repeat_interleave(2, 2); };
    for (const bool adam : {true, false}) {
        std::vector<at::Tensor> results;
        for (const OffloadDirs& dirs :
             {OffloadDirs{}, OffloadDirs{in_file, ""}, OffloadDirs{in_file, in_file}}) {
            const at::Tensor start = at::full_like(target, 0.5);
            auto optimizer = adam ? make_adam({0.05, 0.8}, start, dirs)
                                  : make_lbfgs({0.9, 1.6, true}, start, dirs);
            run(*optimizer, bowl(target), 9);
            optimizer->end_scale();
            optimizer->resize(taller(optimizer->result()), taller, dirs);
            run(*optimizer, bowl(larger), 5);
            optimizer->end_scale();
            results.push_back(optimizer->result());
        }
        EXPECT_LT(largest(results[0] - larger), 0.45);
        EXPECT_TRUE(results[1].equal(results[0])) << adam;
        EXPECT_TRUE(results[2].equal(results[0])) << adam;
    }
}

std::ptrdiff_t open_files() {
    return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {});
}

// Between two sizes there is room for more of what lies in memory before the state is resized.
TEST(Optimizers, OffloadWhatBelongsInFiles) {
    const test::ScratchFolder folder;
    const std::string in_file = folder.path().string();
    const at::Tensor target = some_target().contiguous(at::MemoryFormat::ChannelsLast);
    const Resizer same = [](const at::Tensor& t) { return t.clone(); };
    for (const bool adam : {true, false}) {
        const auto painted = [&](const OffloadDirs& dirs, std::ptrdiff_t files) {
            const at::Tensor start = at::full_like(target, 0.5);
            auto optimizer =
                adam ? make_adam({0.05, 0.8}, start) : make_lbfgs({0.9, 1.6, true}, start);
            run(*optimizer, bowl(target), 9);
            optimizer->end_scale();
            const std::ptrdiff_t before = open_files();
            optimizer->offload(dirs);
            EXPECT_EQ(open_files() - before, files) << adam;
            optimizer->offload(dirs); // they are there
            EXPECT_EQ(open_files() - before, files) << adam;
            optimizer->resize(optimizer->result(), same, dirs);
            run(*optimizer, bowl(target), 5);
            return optimizer->result();
        };
        const at::Tensor in_memory = painted({}, 0);
        EXPECT_TRUE(painted({in_file, ""}, adam ? 3 : 12).equal(in_memory)) << adam;
        EXPECT_TRUE(painted({in_file, in_file}, adam ? 4 : 13).equal(in_memory)) << adam;
    }
}

} // namespace
} // namespace maniera
