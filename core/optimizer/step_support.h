// SPDX-License-Identifier: GPL-3.0-or-later
// What Adam and L-BFGS share. Internal.
//
//     OffloadedTensor x = owned(start, dirs.vectors);
//     const at::Tensor check = all_reduce_sum(*bands.comm, finite_check(evaluation));

#pragma once

#include "core/optimizer/optimizer.h"

namespace maniera {

// Not finite if the value or any element of the gradient is not; of this rank's band.
at::Tensor finite_check(const ValueAndGradient& evaluation);

// Of the whole picture.
double pixels_of(const RowPartition& bands);

// A start picture that the optimizer may change in place: a copy, where it stays in memory.
OffloadedTensor owned(const at::Tensor& start, const std::string& folder);

// Moves a tensor from memory into a file, where a folder is given.
void offload_to(const std::string& folder, OffloadedTensor& tensor);

} // namespace maniera
