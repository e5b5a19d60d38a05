// SPDX-License-Identifier: GPL-3.0-or-later
// Which failures are of memory, so that less of it may be tried, and what a person is told.

#include "core/memory/memory_errors.h"

#include "core/error.h"

#include <c10/util/Exception.h>
#if __has_include(<c10/util/Lazy.h>)
#include <c10/util/Lazy.h>
#endif
#include <gtest/gtest.h>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>

namespace maniera {
namespace {

// LibTorch keeps the backtrace as text up to 2.1, and as something that makes the text later.
c10::Error torch_error(const std::string& message, const std::string& backtrace) {
#if __has_include(<c10/util/Lazy.h>)
    return c10::Error(message, std::make_shared<c10::PrecomputedLazyValue<std::string>>(backtrace));
#else
    return c10::Error(message, backtrace);
#endif
}

TEST(MemoryErrors, KnowTheLibrariesWords) {
    EXPECT_TRUE(is_out_of_memory(std::bad_alloc()));
    EXPECT_TRUE(is_out_of_memory(torch_error(
        "[enforce fail at alloc_cpu.cpp:66] . DefaultCPUAllocator: can't allocate memory: you "
        "tried to allocate 1024 bytes. Error code 12 (Cannot allocate memory)",
        "")));
    EXPECT_TRUE(is_out_of_memory(torch_error("CUDA out of memory. Tried to allocate 2 GiB", "")));
    EXPECT_TRUE(is_out_of_memory(std::runtime_error("Failed to allocate 80 bytes")));
    EXPECT_FALSE(is_out_of_memory(std::runtime_error("the picture is too bright")));
}

TEST(MemoryErrors, TakeNoBacktraceForWords) {
    const c10::Error failed =
        torch_error("linalg.eigh: The algorithm failed to converge",
                    "frame #3: c10::impl::alloc_cpu (in libc10.so)\nframe #4: the allocator");
    EXPECT_FALSE(is_out_of_memory(failed));
    EXPECT_THROW(had_memory([&] { throw failed; }), c10::Error) << "smaller tiles do not help";
    try {
        translating_errors([&]() -> int { throw failed; });
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::internal);
        EXPECT_STREQ(error.what(),
                     "LibTorch failed: linalg.eigh: The algorithm failed to converge");
    }
}

TEST(MemoryErrors, AreTriedAgainOnlyWhereMemoryFailed) {
    EXPECT_TRUE(had_memory([] {}));
    EXPECT_FALSE(had_memory([] { throw std::bad_alloc(); }));
    EXPECT_THROW(had_memory([] { throw std::runtime_error("odd"); }), std::runtime_error);
}

} // namespace
} // namespace maniera
