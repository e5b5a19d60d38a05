// SPDX-License-Identifier: GPL-3.0-or-later
// Pictures are rows of interleaved pixels, which is what channels-last tensors are in memory.

#include "core/tensors.h"

#include <ATen/ops/clamp.h>
#include <ATen/ops/from_blob.h>

#include <algorithm>

namespace maniera {

at::Tensor to_tensor(ImageView image, at::Device device) {
    at::Tensor rows = at::from_blob(const_cast<float*>(image.pixels),
                                    {1, image.height, image.width, image.channels}, at::kFloat);
    return rows.permute({0, 3, 1, 2}).clone(at::MemoryFormat::ChannelsLast).to(device);
}

Image to_image(const at::Tensor& tensor) {
    const at::Tensor rows =
        at::clamp(tensor.to(at::kCPU, at::kFloat), 0, 1).permute({0, 2, 3, 1}).contiguous();
    Image image(static_cast<int>(rows.size(2)), static_cast<int>(rows.size(1)),
                static_cast<int>(rows.size(3)));
    const float* from = rows.data_ptr<float>();
    std::copy(from, from + image.pixels.size(), image.pixels.begin());
    return image;
}

} // namespace maniera
