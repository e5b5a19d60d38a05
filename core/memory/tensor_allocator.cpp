// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/memory/tensor_allocator.h"

#include <c10/core/CPUAllocator.h>
#include <c10/core/alignment.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <new>
#include <utility>

namespace maniera {
namespace {

constexpr std::size_t alignment = c10::gAlignment;

// glibc's own block is remembered before what is given out, which oneDNN's wrapper in LibTorch
// wants to be all that it must know (Allocator::raw_allocate).
void* aligned_in(void* block) {
    const auto start = reinterpret_cast<std::uintptr_t>(block) + sizeof block + alignment - 1;
    void** const given = reinterpret_cast<void**>(start / alignment * alignment);
    given[-1] = block;
    return given;
}

void give_back(void* given) {
    if (given)
        std::free(static_cast<void**>(given)[-1]);
}

// What LibTorch asks of an allocator differs: `allocate` is not const from 2.3 on, and `copy_data`
// is asked for from 2.1 on. Hence no `override`.
class Allocator : public c10::Allocator {
public:
    c10::DataPtr allocate(std::size_t bytes) const {
        const c10::Device processor(c10::DeviceType::CPU);
        if (bytes == 0)
            return {nullptr, processor};
        if (bytes > std::numeric_limits<std::size_t>::max() - alignment)
            throw std::bad_alloc();
        void* const block = std::malloc(bytes + alignment);
        if (!block)
            throw std::bad_alloc();
        void* const given = aligned_in(block);
        return {given, given, give_back, processor};
    }
    c10::DeleterFnPtr raw_deleter() const { return give_back; }
    c10::DataPtr allocate(std::size_t bytes) { return std::as_const(*this).allocate(bytes); }
    void copy_data(void* to, const void* from, std::size_t bytes) const {
        std::memcpy(to, from, bytes);
    }
};

} // namespace

void reuse_memory_of_tensors() {
    static Allocator allocator; // outlives all tensors
    c10::SetCPUAllocator(&allocator);
}

} // namespace maniera
