// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/memory/offloaded_tensor.h"

#include "core/base/scratch_file.h"
#include "core/network/layers.h"
#include "core/network/sweeps.h"
#include "core/network/vgg.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/full.h>
#include <ATen/ops/index_select.h>
#include <ATen/ops/maximum.h>
#include <ATen/ops/zeros.h>

namespace maniera {

OffloadedTensor::OffloadedTensor() = default;
OffloadedTensor::~OffloadedTensor() = default;
OffloadedTensor::OffloadedTensor(OffloadedTensor&&) noexcept = default;
OffloadedTensor& OffloadedTensor::operator=(OffloadedTensor&&) noexcept = default;

OffloadedTensor::OffloadedTensor(at::IntArrayRef sizes, const at::TensorOptions& options,
                                 const std::string& folder)
    : sizes_(sizes.vec()), options_(options) {
    if (folder.empty() || !options.device().is_cpu() || count() == 0)
        memory_ = empty_tensor(sizes);
    else
        file_ = std::make_unique<ScratchFile>(folder, count() * value_bytes());
}

OffloadedTensor::OffloadedTensor(const at::Tensor& tensor, const std::string& folder)
    : sizes_(tensor.sizes().vec()), options_(tensor.options()) {
    if (folder.empty() || !tensor.is_cpu() || count() == 0) {
        memory_ = tensor.contiguous(at::MemoryFormat::ChannelsLast);
        return;
    }
    file_ = std::make_unique<ScratchFile>(folder, count() * value_bytes());
    // In bands of rows: a tensor that is not channels last is not copied as a whole.
    const int rows = static_cast<int>(tensor.size(2)), columns = static_cast<int>(tensor.size(3));
    const std::int64_t most = std::max<std::int64_t>(1, band_values * rows / count());
    for_bands(rows, most, [&](std::int64_t begin, std::int64_t end) {
        const Span y{static_cast<int>(begin), static_cast<int>(end)};
        write(Window{{0, columns}, y}, tensor.narrow(2, begin, end - begin));
    });
}

std::int64_t OffloadedTensor::count() const {
    std::int64_t count = sizes_.empty() ? 0 : 1;
    for (const std::int64_t size : sizes_)
        count *= size;
    return count;
}

std::int64_t OffloadedTensor::value_bytes() const {
    return static_cast<std::int64_t>(options_.dtype().itemsize());
}

at::Tensor OffloadedTensor::empty_tensor(at::IntArrayRef sizes) const {
    return at::empty(sizes, options_, at::MemoryFormat::ChannelsLast);
}

at::Tensor OffloadedTensor::whole() const {
    if (memory_.defined() || empty())
        return memory_;
    at::Tensor tensor = empty_tensor(sizes_);
    file_->read(0, tensor.data_ptr(), count() * value_bytes());
    return tensor;
}

at::Tensor OffloadedTensor::copy() const {
    return memory_.defined() ? memory_.clone(at::MemoryFormat::ChannelsLast) : whole();
}

at::Tensor OffloadedTensor::read(std::int64_t begin, std::int64_t end) const {
    if (memory_.defined())
        return memory_.permute({0, 2, 3, 1}).view({-1}).narrow(0, begin, end - begin);
    at::Tensor values = at::empty({end - begin}, options_);
    file_->read(begin * value_bytes(), values.data_ptr(), (end - begin) * value_bytes());
    return values;
}

void OffloadedTensor::write(std::int64_t begin, const at::Tensor& values) {
    if (memory_.defined()) {
        const at::Tensor place = read(begin, begin + values.numel());
        if (place.data_ptr() != values.data_ptr())
            place.copy_(values);
        return;
    }
    const at::Tensor piece = values.contiguous();
    file_->write(begin * value_bytes(), piece.data_ptr(), piece.numel() * value_bytes());
}

at::Tensor OffloadedTensor::read(const Window& window) const {
    if (memory_.defined())
        return narrowed(memory_, window);
    at::Tensor values = empty_tensor({1, sizes_[1], window.y.length(), window.x.length()});
    const std::int64_t pixel = sizes_[1] * value_bytes(), row = pixel * window.x.length();
    char* to = static_cast<char*>(values.data_ptr());
    for (int y = window.y.begin; y < window.y.end; ++y, to += row)
        file_->read((y * sizes_[3] + window.x.begin) * pixel, to, row);
    return values;
}

at::Tensor OffloadedTensor::read(const at::Tensor& pixels) const {
    if (memory_.defined())
        return as_matrix(memory_).index_select(0, pixels.to(memory_.device()));
    at::Tensor values = at::empty({pixels.size(0), sizes_[1]}, options_);
    const std::int64_t bytes = sizes_[1] * value_bytes();
    const std::int64_t* pixel = pixels.data_ptr<std::int64_t>();
    char* to = static_cast<char*>(values.data_ptr());
    for (std::int64_t i = 0; i < pixels.size(0); ++i, to += bytes)
        file_->read(pixel[i] * bytes, to, bytes);
    return values;
}

void OffloadedTensor::write(const Window& window, const at::Tensor& values) {
    if (memory_.defined()) {
        narrowed(memory_, window).copy_(values);
        return;
    }
    const at::Tensor rows = values.permute({0, 2, 3, 1}).contiguous();
    const std::int64_t pixel = sizes_[1] * value_bytes(), row = pixel * window.x.length();
    const char* from = static_cast<const char*>(rows.data_ptr());
    for (int y = window.y.begin; y < window.y.end; ++y, from += row)
        file_->write((y * sizes_[3] + window.x.begin) * pixel, from, row);
}

at::Tensor dot(const OffloadedTensor& a, const OffloadedTensor& b) {
    at::Tensor sum = at::zeros({}, a.options().dtype(at::kDouble));
    for_bands(a, [&](std::int64_t begin, std::int64_t end) {
        const at::Tensor left = a.read(begin, end), right = b.read(begin, end);
        if (left.scalar_type() == at::kFloat && is_ours(left))
            sum += sum_of_products(left, right);
        else
            sum += (left * right).sum(at::kDouble);
    });
    return sum;
}

at::Tensor largest(const OffloadedTensor& kept) {
    at::Tensor most = at::zeros({}, kept.options().dtype(at::kDouble));
    for_bands(kept, [&](std::int64_t begin, std::int64_t end) {
        most = at::maximum(most, kept.read(begin, end).abs().max().to(at::kDouble));
    });
    return most;
}

void add(OffloadedTensor& to, const OffloadedTensor& other, const at::Tensor& factor) {
    const at::Tensor f = factor.to(to.options().dtype().toScalarType());
    for_bands(to, [&](std::int64_t begin, std::int64_t end) {
        at::Tensor values = to.read(begin, end);
        to.write(begin, values.addcmul_(other.read(begin, end), f));
    });
}

void multiply(OffloadedTensor& to, const at::Tensor& factor) {
    for_bands(to, [&](std::int64_t begin, std::int64_t end) {
        at::Tensor values = to.read(begin, end);
        to.write(begin, values.mul_(factor));
    });
}

void multiply(OffloadedTensor& to, double factor) {
    multiply(to, at::full({}, factor, to.options().dtype(at::kDouble)));
}

OffloadedTensor difference(const OffloadedTensor& a, const OffloadedTensor& b,
                           const std::string& folder) {
    OffloadedTensor result(a.sizes(), a.options(), folder);
    for_bands(a, [&](std::int64_t begin, std::int64_t end) {
        result.write(begin, a.read(begin, end) - b.read(begin, end));
    });
    return result;
}

} // namespace maniera
