// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/distributed/row_partition.h"

#include <algorithm>

namespace maniera {

RowPartition partition_rows(Communicator* ranks, Size picture, int tile, const Network& network) {
    const int stride = network.stride(), count = rank_count(ranks);
    const int unit = round_up(std::max(1, tile), stride);
    const int units = (picture.height + unit - 1) / unit;
    RowPartition bands;
    bands.ranks = ranks;
    bands.picture = picture;
    int begin = 0;
    for (int rank = 0; rank < count; ++rank) {
        const int more = units / count + (rank < units % count);
        const int end = std::min(picture.height, begin + more * unit);
        bands.all.push_back({begin, end});
        const Window band{{0, picture.width}, {begin, end}};
        bands.held.push_back(begin == end ? Span{begin, end}
                                          : grown(band, network.margin(true), stride, picture).y);
        begin = end;
    }
    return bands;
}

RowPartition one_band(Size picture) {
    const Span all{0, picture.height};
    return {nullptr, picture, {all}, {all}};
}

Edges edges_of(const RowPartition& bands, const OffloadedTensor& own) {
    Edges edges;
    if (!bands.ranks)
        return edges;
    const Span rows = bands.own();
    const auto from = [&](bool above) {
        std::vector<Span> have, want;
        for (const Span span : bands.all) {
            const bool any = span.length() > 0;
            const bool more = any && (above ? span.begin > 0 : span.end < bands.picture.height);
            have.push_back(!any    ? Span{}
                           : above ? Span{span.end - 1, span.end}
                                   : Span{span.begin, span.begin + 1});
            want.push_back(!more   ? Span{}
                           : above ? Span{span.begin - 1, span.begin}
                                   : Span{span.end, span.end + 1});
        }
        const int row = above ? rows.length() - 1 : 0, any = rows.length() > 0;
        const at::Tensor mine =
            own.read(Window{{0, bands.picture.width}, {any ? row : 0, any ? row + 1 : 0}});
        const at::Tensor got = exchange_rows(bands.ranks, mine, have, want);
        return got.size(2) > 0 ? got : at::Tensor();
    };
    edges.above = from(true);
    edges.below = from(false);
    return edges;
}

std::vector<Span> all_reduced(const std::vector<Span>& spans, int pools) {
    std::vector<Span> result;
    for (const Span span : spans)
        result.push_back(reduced(Window{{}, span}, pools).y);
    return result;
}

Rows held_rows(const RowPartition& bands, const at::Tensor& own) {
    if (!bands.ranks)
        return own;
    return {exchange_rows(bands.ranks, own, bands.all, bands.held), bands.own_held().begin,
            bands.picture};
}

at::Tensor rows_from(const at::Tensor& maps, int top, Span rows) {
    return maps.narrow(2, rows.begin - top, rows.length());
}

std::vector<std::vector<Window>> tile_rows(const RowPartition& bands, int tile,
                                           const Network& network) {
    const Span own = bands.own();
    std::vector<std::vector<Window>> rows;
    if (own.length() == 0)
        return rows;
    if (tile == 0)
        return {{Window{{0, bands.picture.width}, own}}};
    for (const Window& window : tiles(bands.picture, tile, network.stride())) {
        if (window.y.begin < own.begin || window.y.begin >= own.end)
            continue;
        if (rows.empty() || !(rows.back().front().y == window.y))
            rows.emplace_back();
        rows.back().push_back(window);
    }
    return rows;
}

} // namespace maniera
