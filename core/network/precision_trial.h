// SPDX-License-Identifier: GPL-3.0-or-later
// How quick this processor is in each precision, by a convolution as the network has them.

#pragma once

namespace maniera {

// Seconds of the processor for one pass, in one thread.
struct PrecisionTimes {
    double fp32 = 0, bf16 = 0;
};

// 256 to 256 channels at 32x32, the least of several passes: a tenth of a second together. Of the
// processor's time, because other programs may be busy. In bfloat16 some processors have it in
// hardware and yet are slower.
PrecisionTimes measure_precisions();

} // namespace maniera
