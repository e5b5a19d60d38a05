// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/memory/tensor_allocator.h"

#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/sum.h>
#include <c10/core/CPUAllocator.h>
#include <c10/core/alignment.h>

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <set>
#include <vector>

namespace maniera {
namespace {

class TensorAllocator : public testing::Test {
protected:
    TensorAllocator() { reuse_memory_of_tensors(); }
    ~TensorAllocator() override { c10::SetCPUAllocator(c10::GetDefaultCPUAllocator()); }
};

at::Tensor block() { return at::empty({100000}, at::kByte); } // too small to be mapped by itself

TEST_F(TensorAllocator, WhatATensorLeavesIsTakenByTheNextOfItsSize) {
#ifdef __SANITIZE_ADDRESS__
    GTEST_SKIP() << "what is freed is not taken again at once";
#endif
    constexpr std::size_t count = 40;
    std::vector<at::Tensor> tensors;
    for (std::size_t i = 0; i < count; ++i)
        tensors.push_back(block());
    std::set<void*> left;
    for (std::size_t i = 1; i < count; i += 2) { // between others, so that no two become one
        left.insert(tensors[i].data_ptr());
        tensors[i] = at::Tensor();
    }
    std::size_t taken = 0;
    for (std::size_t i = 1; i < count; i += 2) {
        tensors[i] = block();
        taken += left.count(tensors[i].data_ptr());
    }
    EXPECT_GE(taken, left.size() * 3 / 4);
}

TEST_F(TensorAllocator, BlocksAreAligned) {
    for (const std::int64_t bytes : {1, 3, 64, 1000, 70000, 50000000}) {
        const at::Tensor tensor = at::empty({bytes}, at::kByte);
        EXPECT_EQ(reinterpret_cast<std::uintptr_t>(tensor.data_ptr()) % c10::gAlignment, 0u)
            << bytes;
    }
    EXPECT_EQ(at::empty({0}, at::kByte).data_ptr(), nullptr);
}

// LibTorch's own oneDNN, as in builds without ours and in products of bfloat16, asks for blocks
// that no tensor holds.
TEST_F(TensorAllocator, BlocksAreGivenWithoutATensorToo) {
    c10::Allocator& allocator = *c10::GetCPUAllocator();
    void* const block = allocator.raw_allocate(1000);
    ASSERT_NE(block, nullptr);
    std::memset(block, 1, 1000);
    allocator.raw_deallocate(block);
    const at::Tensor ones = at::ones({128, 128}, at::kBFloat16);
    EXPECT_EQ(at::mm(ones, ones).sum().item<float>(), 128 * 128 * 128);
}

} // namespace
} // namespace maniera
