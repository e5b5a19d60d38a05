// SPDX-License-Identifier: GPL-3.0-or-later
// Pictures are rows of interleaved pixels, which is what channels-last tensors are in memory.

#include "core/network/tensors.h"

#include <ATen/ops/from_blob.h>
#include <ATen/ops/stack.h>

#include <utility>

namespace maniera {

at::Tensor to_tensor(ImageView image, at::Device device) {
    at::Tensor rows = at::from_blob(const_cast<float*>(image.pixels),
                                    {1, image.height, image.width, image.channels}, at::kFloat);
    return rows.permute({0, 3, 1, 2}).clone(at::MemoryFormat::ChannelsLast).to(device);
}

at::Tensor to_tensor(Image&& image, at::Device device) {
    auto* const owned = new Image(std::move(image));
    const at::Tensor rows = at::from_blob(
        owned->pixels.data(), {1, owned->height, owned->width, owned->channels},
        [owned](void*) { delete owned; }, at::TensorOptions(at::kFloat));
    return rows.permute({0, 3, 1, 2}).to(device);
}

Image to_image(const at::Tensor& tensor) {
    Image image(static_cast<int>(tensor.size(3)), static_cast<int>(tensor.size(2)),
                static_cast<int>(tensor.size(1)));
    at::from_blob(image.pixels.data(), {1, image.height, image.width, image.channels}, at::kFloat)
        .copy_(tensor.permute({0, 2, 3, 1}))
        .clamp_(0, 1);
    return image;
}

std::vector<double> read_back(const std::vector<at::Tensor>& numbers) {
    std::vector<at::Tensor> wide;
    for (const at::Tensor& number : numbers)
        wide.push_back(number.to(at::kDouble));
    const at::Tensor read = at::stack(wide).to(at::kCPU);
    return {read.data_ptr<double>(), read.data_ptr<double>() + read.numel()};
}

} // namespace maniera
