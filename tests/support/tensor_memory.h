// SPDX-License-Identifier: GPL-3.0-or-later
// Lets the allocations of tensors fail, as on a machine whose memory is short.

#pragma once

#include <cstddef>

namespace maniera::test {

// Until it goes out of scope, the tensors made in this process from now on have so many bytes, and
// LibTorch throws its own error where they want more. Neither what oneDNN and the standard library
// allocate is counted nor what is free in the heap, so the same run fails at the same tensor
// wherever it is tested. One at a time.
class TensorMemoryLimit {
public:
    explicit TensorMemoryLimit(std::size_t bytes);
    ~TensorMemoryLimit();
    TensorMemoryLimit(const TensorMemoryLimit&) = delete;
    TensorMemoryLimit& operator=(const TensorMemoryLimit&) = delete;
};

} // namespace maniera::test
