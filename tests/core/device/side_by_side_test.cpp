// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/device/side_by_side.h"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/eye.h>
#include <ATen/ops/linalg_eigh.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/rand.h>
#include <c10/core/InferenceMode.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <stdexcept>
#include <thread>
#include <vector>

namespace maniera {
namespace {

class SideBySide : public testing::Test {
protected:
    SideBySide() { at::set_num_threads(2); }
    ~SideBySide() override { at::set_num_threads(before_); }

private:
    int before_ = at::get_num_threads();
};

TEST_F(SideBySide, CallsForEachOnce) {
    for (const std::size_t count : {0, 1, 3, 4, 31}) {
        std::vector<std::atomic<int>> calls(count);
        side_by_side(at::kCPU, count, [&](std::size_t i) { ++calls[i]; });
        for (const std::atomic<int>& often : calls)
            EXPECT_EQ(often, 1) << count;
    }
}

// Calls f in two threads at least: in each the first call waits for the other's.
void in_two_threads(const std::function<void()>& f) {
    std::atomic<int> waiting{0};
    side_by_side(at::kCPU, 4, [&](std::size_t) {
        ++waiting;
        const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
        while (waiting < 2 && std::chrono::steady_clock::now() < end)
            std::this_thread::yield();
        EXPECT_GE(waiting, 2);
        f();
    });
}

TEST_F(SideBySide, ComputesTwoAtATimeEachInOneThread) {
    if (at::hasMKL())
        GTEST_SKIP() << "this LibTorch has MKL inside, which is not asked by several threads";
    in_two_threads([] { EXPECT_TRUE(at::in_parallel_region()); });
}

TEST_F(SideBySide, ComputesEachInOneThreadHoweverFew) {
    for (const std::size_t count : {1, 2, 3, 7}) {
        std::vector<std::atomic<int>> calls(count);
        each_in_one_thread(count, [&](std::size_t i) {
            ++calls[i];
            EXPECT_TRUE(at::in_parallel_region() || at::get_num_threads() == 1);
        });
        for (const std::atomic<int>& often : calls)
            EXPECT_EQ(often, 1) << count;
    }
    EXPECT_EQ(at::get_num_threads(), 2);
}

// MKL's eigenvectors were wrong by tens where several threads asked for some.
TEST_F(SideBySide, DecomposesMatricesRight) {
    const at::Tensor rows = at::rand({108, 512}, at::kDouble);
    const at::Tensor matrix = at::matmul(rows.t(), rows) / 108 + at::eye(512, at::kDouble) * 1e-4;
    std::vector<double> errors(6, 1);
    const auto decompose = [&](std::size_t i) {
        const auto [values, vectors] = at::linalg_eigh(matrix);
        errors[i] = (at::matmul(vectors * values, vectors.t()) - matrix).abs().max().item<double>();
    };
    for (const auto& in_turns :
         {std::function<void()>([&] { side_by_side(at::kCPU, 6, decompose); }),
          {[&] { each_in_one_thread(6, decompose); }}}) {
        std::fill(errors.begin(), errors.end(), 1);
        in_turns();
        for (const double error : errors)
            EXPECT_LT(error, 1e-10);
    }
}

TEST_F(SideBySide, LeavesAllThreadsToFewOfThem) {
    side_by_side(at::kCPU, 3, [](std::size_t) { EXPECT_FALSE(at::in_parallel_region()); });
}

TEST_F(SideBySide, KeepsTheModeOfTheCaller) {
    if (at::hasMKL())
        GTEST_SKIP() << "this LibTorch has MKL inside, which is not asked by several threads";
    for (const bool inference : {true, false}) {
        const c10::InferenceMode mode(inference);
        in_two_threads([&] { EXPECT_EQ(c10::InferenceMode::is_enabled(), inference); });
    }
}

TEST_F(SideBySide, ThrowsWhatOneThrows) {
    EXPECT_THROW(side_by_side(at::kCPU, 9,
                              [](std::size_t i) {
                                  if (i == 5)
                                      throw std::runtime_error("no");
                              }),
                 std::runtime_error);
}

} // namespace
} // namespace maniera
