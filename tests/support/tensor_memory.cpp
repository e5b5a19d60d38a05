// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/support/tensor_memory.h"

#include <c10/core/CPUAllocator.h>

#include <cstring>
#include <mutex>
#include <unordered_map>
#include <utility>

namespace maniera::test {
namespace {

// As an allocator outlives all tensors, what it counts does so too.
std::mutex mutex;
std::unordered_map<void*, std::size_t> blocks;
std::size_t held = 0, most = 0;

void release(void* block) {
    if (!block)
        return;
    {
        const std::lock_guard lock(mutex);
        const auto found = blocks.find(block);
        held -= found->second;
        blocks.erase(found);
    }
    c10::GetDefaultCPUAllocator()->raw_deallocate(block);
}

// What LibTorch asks of an allocator differs: `allocate` is not const from 2.3 on, and `copy_data`
// is asked for from 2.1 on. Hence no `override`.
class Limited : public c10::Allocator {
public:
    c10::DataPtr allocate(std::size_t bytes) const {
        const std::lock_guard lock(mutex);
        TORCH_CHECK(held + bytes <= most, "DefaultCPUAllocator: can't allocate memory: ", bytes,
                    " bytes are over the test's limit.");
        void* block = c10::GetDefaultCPUAllocator()->raw_allocate(bytes);
        if (block) {
            blocks[block] = bytes;
            held += bytes;
        }
        return {block, block, release, c10::Device(c10::DeviceType::CPU)};
    }
    c10::DataPtr allocate(std::size_t bytes) { return std::as_const(*this).allocate(bytes); }
    c10::DeleterFnPtr raw_deleter() const { return release; }
    void copy_data(void* to, const void* from, std::size_t bytes) const {
        std::memcpy(to, from, bytes);
    }
};

} // namespace

TensorMemoryLimit::TensorMemoryLimit(std::size_t bytes) {
    static Limited allocator;
    {
        const std::lock_guard lock(mutex);
        most = held + bytes;
    }
    c10::SetCPUAllocator(&allocator);
}

TensorMemoryLimit::~TensorMemoryLimit() { c10::SetCPUAllocator(c10::GetDefaultCPUAllocator()); }

} // namespace maniera::test
