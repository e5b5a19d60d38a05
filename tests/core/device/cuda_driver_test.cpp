// SPDX-License-Identifier: GPL-3.0-or-later
// Against a driver of a few lines: what is asked of it, and what people are told.

#include "core/device/cuda_driver.h"
#include "core/device/gpu_errors.h"
#include "core/device/placement.h"

#include "tests/support/refusal.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace maniera {
namespace {

using test::contains;

const std::string fake = MANIERA_FAKE_CUDA_DRIVER;

class CudaDriverTest : public testing::Test {
protected:
    void SetUp() override {
        unsetenv("FAKE_CUDA_ERROR");
        setenv("FAKE_CUDA_GPUS",
               "9 0 85520809984 83000000000 NVIDIA H100 80GB HBM3\n"
               "7 5 16000000000 15000000000 Tesla T4",
               1);
    }
    void TearDown() override {
        unsetenv("FAKE_CUDA_ERROR");
        unsetenv("FAKE_CUDA_GPUS");
    }
};

constexpr CudaBuild with_cuda{true, 12080, 0};

std::string told(const CudaDriver& driver, CudaBuild build = with_cuda) {
    const std::string why = why_no_gpu(build, driver);
    EXPECT_TRUE(why.empty() || contains(why, "--device cpu")) << why;
    return why;
}

TEST_F(CudaDriverTest, TellsOfEveryGpu) {
    const CudaDriver driver = ask_cuda_driver(fake);
    ASSERT_EQ(driver.state, CudaDriver::State::ready);
    EXPECT_EQ(driver.version, 12040);
    ASSERT_EQ(driver.gpus.size(), 2u);
    EXPECT_EQ(describe(driver.gpus[0]), "NVIDIA H100 80GB HBM3, compute capability 9.0");
    EXPECT_EQ(describe(driver.gpus[1]), "Tesla T4, compute capability 7.5");
    EXPECT_EQ(driver.gpus[1].memory, 16000000000);
    EXPECT_EQ(free_gpu_memory(0, fake), 83000000000);
    EXPECT_EQ(free_gpu_memory(1, fake), 15000000000);
    EXPECT_EQ(free_gpu_memory(2, fake), -1);
}

TEST_F(CudaDriverTest, MayBeMissing) {
    const CudaDriver driver = ask_cuda_driver("libthere-is-none.so.1");
    EXPECT_EQ(driver.state, CudaDriver::State::missing);
    EXPECT_EQ(free_gpu_memory(0, "libthere-is-none.so.1"), -1);
    EXPECT_TRUE(contains(told(driver), "no NVIDIA driver"));
    // A library that is no driver has none of its functions.
    EXPECT_EQ(ask_cuda_driver("libc.so.6").state, CudaDriver::State::refuses);
    EXPECT_EQ(free_gpu_memory(0, "libc.so.6"), -1);
}

TEST_F(CudaDriverTest, MayRefuse) {
    const auto refused = [](const char* error) {
        setenv("FAKE_CUDA_ERROR", error, 1);
        const CudaDriver driver = ask_cuda_driver(fake);
        EXPECT_EQ(driver.state, CudaDriver::State::refuses);
        EXPECT_EQ(free_gpu_memory(0, fake), -1);
        return told(driver);
    };
    EXPECT_TRUE(contains(refused("100"), "finds no GPU"));
    EXPECT_TRUE(contains(refused("803"), "start the machine again"));
    EXPECT_TRUE(contains(refused("999"), "999"));
}

TEST_F(CudaDriverTest, MayHaveNoGpuOrBeTooOldForLibTorch) {
    EXPECT_TRUE(contains(told(ask_cuda_driver(fake)), "LibTorch cannot use NVIDIA H100"));
    EXPECT_EQ(told(ask_cuda_driver(fake), {true, 13020, 2}), "");
    const std::string old = told(ask_cuda_driver(fake), {true, 13020, 0});
    EXPECT_TRUE(contains(old, "12.4") && contains(old, "13.2")) << old;
    unsetenv("FAKE_CUDA_GPUS");
    EXPECT_TRUE(contains(told(ask_cuda_driver(fake)), "finds no GPU"));
}

TEST_F(CudaDriverTest, DoesNotMatterWhereLibTorchHasNoCuda) {
    EXPECT_TRUE(contains(told(ask_cuda_driver(fake), {false, 0, 0}), "PyPI"));
}

TEST(GpuFailures, SayWhatToDo) {
    const maniera::Gpu old{"NVIDIA GeForce GTX 970", 5, 2, 4};
    const auto failure = [&](const char* text) {
        const Error error = gpu_failure("cuda:1", old, text);
        EXPECT_TRUE(contains(error.what(), "--device cpu")) << error.what();
        return error;
    };
    const Error age = failure("CUDA error: no kernel image is available for execution on the "
                              "device\nCompile with TORCH_USE_CUDA_DSA");
    EXPECT_EQ(age.code(), ErrorCode::no_device);
    EXPECT_TRUE(contains(age.what(), "cuda:1 (NVIDIA GeForce GTX 970, compute capability 5.2)"));
    EXPECT_TRUE(contains(age.what(), "too old"));
    EXPECT_EQ(failure("CUDA error: out of memory").code(), ErrorCode::out_of_memory);
    EXPECT_TRUE(contains(
        failure("CUDA error: all CUDA-capable devices are busy or unavailable").what(), "taken"));
    EXPECT_TRUE(contains(
        failure("CUDA driver version is insufficient for CUDA runtime version").what(), "newer"));
    const Error other = failure("CUDA error: unspecified launch failure\nmore");
    EXPECT_TRUE(contains(other.what(), "(CUDA error: unspecified launch failure)"));
}

TEST(GpuPrecision, FollowsTheComputeCapability) {
    EXPECT_EQ(gpu_precision(9, convention_of(MANIERA_OBJECTIVE_PAINTERLY)), at::kBFloat16);
    EXPECT_EQ(gpu_precision(8, convention_of(MANIERA_OBJECTIVE_GATYS)), at::kBFloat16);
    EXPECT_EQ(gpu_precision(7, convention_of(MANIERA_OBJECTIVE_PAINTERLY)), at::kHalf);
    EXPECT_EQ(gpu_precision(7, convention_of(MANIERA_OBJECTIVE_GATYS)), at::kFloat);
    EXPECT_EQ(gpu_precision(6, convention_of(MANIERA_OBJECTIVE_PAINTERLY)), at::kFloat);
}

TEST(GpuBudget, LeavesAReserve) {
    constexpr std::int64_t gib = std::int64_t{1} << 30;
    EXPECT_EQ(gpu_budget(70 * gib, 5 * gib, 80 * gib), 71 * gib);
    EXPECT_EQ(gpu_budget(3 * gib, 0, 4 * gib), 3 * gib - gib / 4);
    EXPECT_EQ(gpu_budget(gib / 8, 0, 4 * gib), 0);
}

} // namespace
} // namespace maniera
