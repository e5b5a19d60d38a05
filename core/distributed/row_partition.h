// SPDX-License-Identifier: GPL-3.0-or-later
// Which rows of a picture belong to which rank, and which halo a rank needs around its own.
//
//     RowPartition partition = partition_rows(comm, picture, tile, network);
//     Span rows = partition.own();               // of this rank
//     Rows seen = add_halo(partition, own);      // own rows and their halo, from the other ranks

#pragma once

#include "core/distributed/collectives.h"
#include "core/distributed/local.h"
#include "core/image/tiles.h"
#include "core/memory/offloaded_tensor.h"
#include "core/network/vgg.h"

#include <vector>

namespace maniera {

struct RowPartition {
    Communicator* comm = &local_communicator(); // never null
    Size picture;
    std::vector<Span> rows; // of each rank; disjoint, from the top; those of the last may be empty
    std::vector<Span> with_halo; // of each rank: its rows and what a pass over them reads around

    Span own() const { return rows[comm->rank()]; }
    Span own_with_halo() const { return with_halo[comm->rank()]; }
};

// A rank's rows begin where tiles of this side (0: no tiles) do, so that the tiles are those of one
// process. Where there are fewer rows of tiles than ranks, the last ranks get no rows.
RowPartition partition_rows(Communicator& comm, Size picture, int tile, const Network& network);

// Of a process by itself: all rows are its own.
RowPartition whole_picture(Size picture);

// The rows just above and below this rank's own, (1, C, 1, W) each; undefined where the picture
// ends, unless it goes on at its other end. `own` are its rows of something with the picture's
// height. Collective.
struct NeighborRows {
    at::Tensor above, below;
};
NeighborRows exchange_neighbor_rows(const RowPartition& partition, const OffloadedTensor& own,
                                    bool wraps = false);

// The spans at a layer that lies below so many pools.
std::vector<Span> all_reduced(const std::vector<Span>& spans, int pools);

// This rank's rows with their halo; `own` (1, C, h, W) are its rows of the picture. Collective.
Rows add_halo(const RowPartition& partition, const at::Tensor& own);

// `rows` of a picture, from a tensor that begins with row `top` of it; a view.
at::Tensor rows_from(const at::Tensor& maps, int top, Span rows);

// This rank's tiles, a row of tiles after the other; for tile 0 all of its rows as one.
std::vector<std::vector<Window>> tile_rows(const RowPartition& partition, int tile,
                                           const Network& network);

} // namespace maniera
