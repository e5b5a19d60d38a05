// SPDX-License-Identifier: GPL-3.0-or-later
// Several small computations at a time, each in one thread.
//
//     side_by_side(device, terms.size(), [&](std::size_t i) { results[i] = compute(terms[i]); });
//
// For matrices of a few hundred rows, whose products threads share badly and whose
// eigendecompositions they don't share at all.

#pragma once

#include <c10/core/Device.h>

#include <cstddef>
#include <functional>

namespace maniera {

// Calls f(i) for each i below `count`, the first ones first, where f computes on the device. One
// after another, with all threads for each, where there are fewer than two for a thread, for then
// some would only wait; and on a GPU, whose stream is this thread's. Throws what an f throws, when
// all have ended.
void side_by_side(at::Device device, std::size_t count, const std::function<void(std::size_t)>& f);

// The same on the processor for whatever is longer, however few there are: each in one thread, so
// that its sums have the same bits at any number of threads.
void each_in_one_thread(std::size_t count, const std::function<void(std::size_t)>& f);

} // namespace maniera
