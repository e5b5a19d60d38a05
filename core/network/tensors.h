// SPDX-License-Identifier: GPL-3.0-or-later
// Between pictures and tensors. Internal: the public headers know no tensors.

#pragma once

#include "core/image/image.h"

#include <ATen/core/Tensor.h>

#include <vector>

namespace maniera {

// (1, channels, height, width), float32, channels last in memory.
at::Tensor to_tensor(ImageView image, at::Device device);
at::Tensor to_tensor(Image&& image, at::Device device); // the picture's own memory, on a processor

// Back, clamped to [0,1]. One picture of 1 or 3 channels.
Image to_image(const at::Tensor& tensor);

// Numbers (0-dimensional, all on one device) in one copy to the host, which waits for all that the
// device was given to do. The only way that numbers come back while a picture is painted.
std::vector<double> read_back(const std::vector<at::Tensor>& numbers);

} // namespace maniera
