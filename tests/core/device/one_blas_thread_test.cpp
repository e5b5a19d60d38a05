// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/device/one_blas_thread.h"

#include <ATen/Parallel.h>
#include <gtest/gtest.h>

#include <thread>

#include <omp.h>

namespace maniera {
namespace {

// LibTorch sets a thread's number at its first use there: in the middle of what is to be computed
// in one, whose bits then depended on which thread had been used before.
TEST(OneBlasThread, HoldsInAThreadThatHasNotUsedLibTorchYet) {
    const int before = at::get_num_threads();
    at::set_num_threads(2);
    std::thread([] {
        {
            const OneBlasThread alone;
            EXPECT_EQ(at::get_num_threads(), 1);
            EXPECT_EQ(omp_get_max_threads(), 1);
        }
        EXPECT_EQ(omp_get_max_threads(), 2);
    }).join();
    at::set_num_threads(before);
}

} // namespace
} // namespace maniera
