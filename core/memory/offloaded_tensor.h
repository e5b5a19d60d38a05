// SPDX-License-Identifier: GPL-3.0-or-later
// A tensor as large as the picture between its uses: in memory or in a scratch file. Internal.
//
//     OffloadedTensor s(tensor, folder);       // in a file there; in memory where `folder` is
//     empty double product = dot(s, y);   // read in bands of a few MiB at::Tensor back =
//     s.whole();
//
// Values lie channels last: a row of the picture is one piece. All arithmetic runs over the same
// bands wherever the values are, so that a run gives the same bits in memory and in files.

#pragma once

#include "core/image/tiles.h"

#include <ATen/core/Tensor.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace maniera {

class ScratchFile;

class OffloadedTensor {
public:
    OffloadedTensor(); // holds nothing
    // Room for (1, C, H, W); its values are anything. A GPU's tensors stay in its memory.
    OffloadedTensor(at::IntArrayRef sizes, const at::TensorOptions& options,
                    const std::string& folder);
    // Holds what `tensor` does; in memory it is the same storage where that is channels last.
    OffloadedTensor(const at::Tensor& tensor, const std::string& folder);
    ~OffloadedTensor();
    OffloadedTensor(OffloadedTensor&&) noexcept;
    OffloadedTensor& operator=(OffloadedTensor&&) noexcept;

    bool empty() const { return sizes_.empty(); }
    bool in_file() const { return file_ != nullptr; }
    at::IntArrayRef sizes() const { return sizes_; }
    const at::TensorOptions& options() const { return options_; }
    std::int64_t count() const; // of values

    // May share memory with what is kept: not to be written to.
    at::Tensor whole() const;
    at::Tensor copy() const; // never does

    // Values `begin` to before `end` in the order of memory, one-dimensional. In memory it is what
    // is kept itself; what was changed is kept for sure once it is written.
    at::Tensor read(std::int64_t begin, std::int64_t end) const;
    void write(std::int64_t begin, const at::Tensor& values);

    // Of a window of the tensor's own rows and columns: (1, C, h, w), channels last.
    at::Tensor read(const Window& window) const;
    // Of pixels, counted by rows: (n, C). `pixels` is int64, on the processor.
    at::Tensor read(const at::Tensor& pixels) const;
    void write(const Window& window, const at::Tensor& values);

private:
    at::Tensor empty_tensor(at::IntArrayRef sizes) const;
    std::int64_t value_bytes() const;

    std::vector<std::int64_t> sizes_;
    at::TensorOptions options_;
    at::Tensor memory_; // or
    std::unique_ptr<ScratchFile> file_;
};

// Calls f(begin, end) for bands that cover `count` values, each of so many at most.
template <typename F>
void for_bands(std::int64_t count, std::int64_t most, const F& f) {
    for (std::int64_t begin = 0; begin < count; begin += most)
        f(begin, std::min(count, begin + most));
}

constexpr std::int64_t band_values = 1 << 20;

template <typename F>
void for_bands(const OffloadedTensor& kept, const F& f) {
    for_bands(kept.count(), band_values, f);
}

// All of one size, of float32 or float64. Numbers are 0-dimensional and stay on the device; sums
// are float64 whatever they are of.
at::Tensor dot(const OffloadedTensor& a, const OffloadedTensor& b);
at::Tensor largest(const OffloadedTensor& kept); // absolute value, float64
void add(OffloadedTensor& to, const OffloadedTensor& other,
         const at::Tensor& factor);                           // to += factor * other
void multiply(OffloadedTensor& to, const at::Tensor& factor); // to *= factor
void multiply(OffloadedTensor& to, double factor);
OffloadedTensor difference(const OffloadedTensor& a, const OffloadedTensor& b,
                           const std::string& folder);

} // namespace maniera
