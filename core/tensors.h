// SPDX-License-Identifier: GPL-3.0-or-later
// Between pictures and tensors. Internal: the public headers know no tensors.

#pragma once

#include "core/image.h"

#include <ATen/core/Tensor.h>

namespace maniera {

// (1, channels, height, width), float32, channels last in memory.
at::Tensor to_tensor(ImageView image, at::Device device);

// Back, clamped to [0,1]. One picture of 1 or 3 channels.
Image to_image(const at::Tensor& tensor);

} // namespace maniera
