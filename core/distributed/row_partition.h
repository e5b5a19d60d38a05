// SPDX-License-Identifier: GPL-3.0-or-later
// Which rows of a picture each of the processes that paint it answers for.
//
//     RowPartition bands = partition_rows(ranks, picture, tile, network);
//     Span rows = bands.own();             // this process's, a view of what it has of the picture
//     Rows seen = held_rows(bands, own);   // with what a pass over them looks at, from the others

#pragma once

#include "core/distributed/collectives.h"
#include "core/image/tiles.h"
#include "core/memory/offloaded_tensor.h"
#include "core/network/vgg.h"

#include <vector>

namespace maniera {

struct RowPartition {
    Communicator* ranks = nullptr; // null: one process, which has all
    Size picture;
    std::vector<Span> all;  // of each rank; disjoint, from the top; the last may be empty
    std::vector<Span> held; // and as far around as a pass over them looks

    Span own() const { return all[rank_of(ranks)]; }
    Span own_held() const { return held[rank_of(ranks)]; }
};

// RowPartition begin where tiles of this side do (0 = no tiles), so that the tiles are those of one
// process. Where there are fewer rows of tiles than ranks the last ranks have none.
RowPartition partition_rows(Communicator* ranks, Size picture, int tile, const Network& network);

// Of one process, which has the whole picture.
RowPartition one_band(Size picture);

// Collective. The rows just above and below this rank's, undefined where the picture ends; `own`
// are its rows of something of the picture's height.
struct Edges {
    at::Tensor above, below; // (1, C, 1, W)
};
Edges edges_of(const RowPartition& bands, const OffloadedTensor& own);

// The spans at a layer below so many pools.
std::vector<Span> all_reduced(const std::vector<Span>& spans, int pools);

// Collective. `own` (1, C, h, W) are this rank's rows of the picture.
Rows held_rows(const RowPartition& bands, const at::Tensor& own);

// The same rows of a tensor that begins with row `top`; a view.
at::Tensor rows_from(const at::Tensor& maps, int top, Span rows);

// This rank's tiles (its band, for 0), a row of tiles after the other.
std::vector<std::vector<Window>> tile_rows(const RowPartition& bands, int tile,
                                           const Network& network);

} // namespace maniera
