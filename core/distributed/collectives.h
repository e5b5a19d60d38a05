// SPDX-License-Identifier: GPL-3.0-or-later
// Collectives on tensors. Internal: public headers know no tensors.
//
//     at::Tensor sum = all_reduce_sum(comm, dot(a, b)); // the same bits at every rank
//
// Every rank calls them in the same order. Tensors travel by way of the host's memory and come back
// on their own device. With a communicator of size 1 nothing travels, and values keep their bits.

#pragma once

#include "core/distributed/communicator.h"
#include "core/image/tiles.h"

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <vector>

namespace maniera {

// The sum of all ranks' `values`, which have the same shape: float64, added in the order of ranks,
// so that every rank gets the same bits. For few values: each rank sends its own to every other.
at::Tensor all_reduce_sum(Communicator& comm, const at::Tensor& values);

// The maximum over ranks, element by element, in float64; shapes as in all_reduce_sum.
at::Tensor all_reduce_max(Communicator& comm, const at::Tensor& values);

// Rank 0's `values`, in float64, at every rank. What all ranks decide by must have the same bits
// even where their processors round differently.
at::Tensor broadcast_first(Communicator& comm, const at::Tensor& values);

// The sum of the parts of all ranks, float64, in the shape and on the device of `like`: rank 0's
// parts from first to last, then rank 1's, and so on. These are the bits of one process that has
// all parts. Undefined and empty parts are skipped; the others have as many elements as `like`.
// Travels up the chain of ranks and back down in chunks.
at::Tensor all_reduce_in_order(Communicator& comm, const std::vector<at::Tensor>& parts,
                               const at::Tensor& like);

// Rows have[r] of a picture are at rank r; returns rows want[rank], (1, C, want rows, W) with
// channels last. `own` is (1, C, have rows, W) of any type. Each row that is wanted must be in
// exactly one span of `have`. Spans may be empty: `own` then has no rows but its other sizes.
at::Tensor exchange_rows(Communicator& comm, const at::Tensor& own, const std::vector<Span>& have,
                         const std::vector<Span>& want);

// Gathers the float32 values of all ranks at rank 0, rank after rank, in chunks: take(values,
// count) is called there for each. A chunk has whole units (such as a row of a picture), a few MiB
// of them where a unit is not larger. read(begin, end) returns this rank's values, of `count` in
// all, and is called at every rank. An exception of `take` leaves at once, at rank 0 alone: its
// failure must then be announced to the others.
void gather_chunks(Communicator& comm, std::int64_t count, std::int64_t unit,
                   const std::function<at::Tensor(std::int64_t begin, std::int64_t end)>& read,
                   const std::function<void(const float* values, std::int64_t count)>& take);

} // namespace maniera
