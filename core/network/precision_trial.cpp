// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/network/precision_trial.h"

#include "core/device/one_blas_thread.h"
#include "core/network/layers.h"

#include <ATen/ops/full.h>
#include <ATen/ops/ones.h>
#include <c10/core/InferenceMode.h>

#include <algorithm>
#include <ctime>

namespace maniera {
namespace {

double processor_seconds() {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

double convolution_seconds(at::ScalarType precision) {
    constexpr int channels = 256, side = 32, passes = 6;
    Placement placement;
    placement.precision = precision;
    const ConvolutionLayer layer(at::full({channels, channels, 3, 3}, 1e-3), {}, true, Passes::many,
                                 placement);
    const at::Tensor x = at::ones({1, channels, side, side})
                             .to(precision)
                             .contiguous(at::MemoryFormat::ChannelsLast);
    double least = 1e9;
    for (int i = 0; i < passes; ++i) { // the first compiles a kernel
        const double begin = processor_seconds();
        layer(x, 1, Passes::many);
        least = std::min(least, processor_seconds() - begin);
    }
    return least;
}

} // namespace

PrecisionTimes measure_precisions() {
    const c10::InferenceMode no_autograd;
    const OneThread one_thread;
    return {convolution_seconds(at::kFloat), convolution_seconds(at::kBFloat16)};
}

} // namespace maniera
