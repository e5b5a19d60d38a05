// SPDX-License-Identifier: GPL-3.0-or-later
// Which pieces of a picture are passed through the network one by one, and where a piece lies among
// what a rank holds. Internal.
//
//     for_pieces(pieces_of(size, tile, network), [&](const Window& piece) { ... });

#pragma once

#include "core/distributed/row_partition.h"
#include "core/memory/malloc_tuning.h"
#include "core/network/vgg.h"

#include <vector>

namespace maniera {

// The tiles with this side, or the whole for 0.
std::vector<Window> pieces_of(Size picture, int side, const Network& network);

// A window of a layer (`level` pools deep) counted from the first row that this rank holds of it.
Window in_held(const RowPartition& bands, const Window& window, int level);

// A layer's weights in a window of it, one for each row of as_matrix(); undefined stays undefined.
at::Tensor weights_in(const at::Tensor& weights, const Window& window);

// Calls f(piece) for each. Trims the heap after each where there are several: fragments left by a
// larger scale or by pieces of other sizes come to as much as a fifth of all memory.
template <typename F>
void for_pieces(const std::vector<Window>& pieces, bool of_several, const F& f) {
    for (const Window& piece : pieces) {
        f(piece);
        if (of_several)
            trim_heap();
    }
}

template <typename F>
void for_pieces(const std::vector<Window>& pieces, const F& f) {
    for_pieces(pieces, pieces.size() > 1, f);
}

} // namespace maniera
