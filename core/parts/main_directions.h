// SPDX-License-Identifier: GPL-3.0-or-later
// The directions in which features of pictures differ most. Internal.

#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace maniera {

// Each row divided by its length.
at::Tensor unit_rows(const at::Tensor& rows);

// The main directions of rows (N, D), float32: (D, count), or fewer where there are no more.
// Deterministic.
at::Tensor main_directions(const at::Tensor& rows, std::int64_t count);

} // namespace maniera
