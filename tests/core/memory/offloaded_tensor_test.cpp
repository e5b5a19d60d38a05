// SPDX-License-Identifier: GPL-3.0-or-later
// Tensors between their uses: whatever is done gives the same bits in memory and in files.

#include "core/memory/offloaded_tensor.h"

#include "core/error.h"
#include "tests/support/process.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <csignal>
#include <sys/resource.h>

namespace maniera {
namespace {

using test::ScratchFolder;

// Two bands and a part of a third.
at::Tensor some_tensor(std::uint64_t seed) {
    at::manual_seed(seed);
    return at::rand({1, 3, 911, 803}).contiguous(at::MemoryFormat::ChannelsLast);
}

TEST(OffloadedTensor, HoldsTheSameInMemoryAndInAFile) {
    const ScratchFolder folder;
    const at::Tensor a = some_tensor(1), b = some_tensor(2);
    std::vector<at::Tensor> results[2];
    for (const std::string& place : {std::string(), folder.path().string()}) {
        std::vector<at::Tensor>& got = results[place.empty() ? 0 : 1];
        OffloadedTensor first(a.clone(), place);
        const OffloadedTensor second(b.clone(), place);
        const Window window{{17, 640}, {5, 700}};
        got.push_back(first.read(window).clone());
        first.write(window, second.read(window));
        add(first, second, at::scalar_tensor(-0.25));
        multiply(first, 3);
        got.push_back(first.copy());
        got.push_back(difference(first, second, place).copy());
        got.push_back(dot(first, second));
        got.push_back(largest(first));
        EXPECT_TRUE(folder.names().empty()); // files have no names
    }
    for (std::size_t i = 0; i < results[0].size(); ++i)
        EXPECT_TRUE(results[0][i].equal(results[1][i])) << i;
    at::Tensor wanted = a.clone();
    wanted.narrow(2, 5, 695).narrow(3, 17, 623).copy_(b.narrow(2, 5, 695).narrow(3, 17, 623));
    wanted = (wanted - 0.25 * b) * 3;
    EXPECT_LT((results[1][1] - wanted).abs().max().item<double>(), 1e-6);
    EXPECT_NEAR(results[1][3].item<double>(), (wanted * b).sum(at::kDouble).item<double>(), 1e-3);
}

TEST(OffloadedTensor, TakesAnyOrderOfMemory) {
    const ScratchFolder folder;
    const at::Tensor rows = some_tensor(3).contiguous();
    const OffloadedTensor kept(rows, folder.path().string());
    EXPECT_TRUE(kept.whole().equal(rows));
}

TEST(OffloadedTensor, SaysWhereThereIsNoRoom) {
    const ScratchFolder folder;
    rlimit before{};
    ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
    const auto handler = std::signal(SIGXFSZ, SIG_IGN);
    rlimit small = before;
    small.rlim_cur = 1 << 20;
    ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
    try {
        const OffloadedTensor kept(some_tensor(4), folder.path().string());
        ADD_FAILURE() << "there was room";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::no_space) << error.what();
        EXPECT_NE(std::string(error.what()).find(folder.path().string()), std::string::npos);
    }
    setrlimit(RLIMIT_FSIZE, &before);
    std::signal(SIGXFSZ, handler);
    EXPECT_THROW(OffloadedTensor(some_tensor(4), folder / "missing"), Error);
}

} // namespace
} // namespace maniera
