// SPDX-License-Identifier: GPL-3.0-or-later
// Sums and rows of pictures between ranks. Internal: the public headers know no tensors.
//
// All are collective: every rank calls them in the same order. With null, a process by itself, they
// do what they would among ranks of which the others have nothing. Tensors travel by way of the
// processor's memory and come back on their device.

#pragma once

#include "core/distributed/communicator.h"
#include "core/image/tiles.h"

#include <ATen/core/Tensor.h>

#include <functional>
#include <vector>

namespace maniera {

// The ranks' numbers, added in float64 in the order of ranks: the same bits at every rank. Few
// numbers: each rank sends them to every other.
at::Tensor all_reduce_sum(Communicator* ranks, const at::Tensor& numbers);
// The largest of the ranks' numbers, element by element, in float64.
at::Tensor all_reduce_max(Communicator* ranks, const at::Tensor& numbers);

// Rank 0's numbers, float64, at every rank: what all decide by must have the same bits, also where
// their processors round differently.
at::Tensor broadcast_first(Communicator* ranks, const at::Tensor& numbers);

// The sum of the parts of all ranks, float64: rank 0's first to last, then rank 1's, so that the
// bits are those of one process that has them all. Undefined and empty parts count as absent; where
// a rank has none `like` gives shape and device. Goes up the chain of ranks in pieces and back
// down.
at::Tensor all_reduce_in_order(Communicator* ranks, const std::vector<at::Tensor>& parts,
                               const at::Tensor& like);

// `own` (1, C, h, W), of any type, are this rank's rows have[rank] of a picture. Returns rows
// want[rank], channels last, from whoever has them: each row wanted is in exactly one span of
// `have`. Spans may be empty; own then has no rows, but its other sizes.
at::Tensor exchange_rows(Communicator* ranks, const at::Tensor& own, const std::vector<Span>& have,
                         const std::vector<Span>& want);

// Rank 0 is given the values of all ranks, rank after rank: f(values, count), in pieces of whole
// units (a row of a picture, say; of a few MiB where units are smaller). own(begin, end) reads this
// rank's, of `count`. What f throws is thrown once all have been heard. The others wait for rank 0
// only as long as it is busy with a piece.
void gather_values(Communicator* ranks, std::int64_t count, std::int64_t unit,
                   const std::function<at::Tensor(std::int64_t begin, std::int64_t end)>& own,
                   const std::function<void(const float* values, std::int64_t count)>& f);

} // namespace maniera
