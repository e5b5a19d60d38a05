// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/distributed/pieces.h"

namespace maniera {

std::vector<Window> pieces_of(Size picture, int side, const Network& network) {
    return side == 0 ? std::vector<Window>{whole(picture)} : tiles(picture, side, network.stride());
}

Window in_held(const RowPartition& bands, const Window& window, int level) {
    return {window.x, counted_from(window.y, bands.own_with_halo().begin >> level)};
}

at::Tensor weights_in(const at::Tensor& weights, const Window& window) {
    return weights.defined() ? narrowed(weights, window).reshape({-1}) : weights;
}

} // namespace maniera
