// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/optimizer/step_support.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/sum.h>

namespace maniera {

at::Tensor finite_check(const ValueAndGradient& evaluation) {
    return evaluation.value + evaluation.gradient.sum(at::kDouble);
}

double pixels_of(const RowPartition& bands) {
    return static_cast<double>(bands.picture.width) * bands.picture.height;
}

OffloadedTensor owned(const at::Tensor& start, const std::string& folder) {
    return OffloadedTensor(folder.empty() ? start.clone() : start, folder);
}

void offload_to(const std::string& folder, OffloadedTensor& tensor) {
    if (!folder.empty() && !tensor.empty() && !tensor.in_file())
        tensor = OffloadedTensor(tensor.whole(), folder);
}

} // namespace maniera
