// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/distributed/row_partition.h"

#include <algorithm>

namespace maniera {
namespace {

// The last (above) or first (below) row of each rank's rows, where there are any.
Span edge_row(Span rows, bool last) {
    if (rows.length() == 0)
        return {};
    return last ? Span{rows.end - 1, rows.end} : Span{rows.begin, rows.begin + 1};
}

// The row just above or below a rank's rows, if the picture has it or goes on at its other end.
Span row_beyond(Span rows, bool above, int height, bool wraps) {
    if (rows.length() == 0)
        return {};
    if (above ? rows.begin == 0 : rows.end == height) {
        const int other_end = above ? height - 1 : 0;
        return wraps ? Span{other_end, other_end + 1} : Span{};
    }
    return above ? Span{rows.begin - 1, rows.begin} : Span{rows.end, rows.end + 1};
}

at::Tensor neighbor_row(const RowPartition& partition, const OffloadedTensor& own, bool above,
                        bool wraps) {
    std::vector<Span> have, want;
    for (const Span rows : partition.rows) {
        have.push_back(edge_row(rows, above));
        want.push_back(row_beyond(rows, above, partition.picture.height, wraps));
    }
    const Span mine = counted_from(have[partition.comm->rank()], partition.own().begin);
    const Span row = mine.length() > 0 ? mine : Span{};
    const at::Tensor got = exchange_rows(
        *partition.comm, own.read(Window{{0, partition.picture.width}, row}), have, want);
    return got.size(2) > 0 ? got : at::Tensor();
}

} // namespace

RowPartition partition_rows(Communicator& comm, Size picture, int tile, const Network& network) {
    const int stride = network.stride(), size = comm.size();
    const int unit = round_up(std::max(1, tile), stride);
    const int units = (picture.height + unit - 1) / unit;
    RowPartition partition;
    partition.comm = &comm;
    partition.picture = picture;
    int begin = 0;
    for (int rank = 0; rank < size; ++rank) {
        const int own_units = units / size + (rank < units % size);
        const int end = std::min(picture.height, begin + own_units * unit);
        partition.rows.push_back({begin, end});
        const Window own{{0, picture.width}, {begin, end}};
        partition.with_halo.push_back(
            begin == end ? Span{begin, end} : grown(own, network.margin(true), stride, picture).y);
        begin = end;
    }
    return partition;
}

RowPartition whole_picture(Size picture) {
    const Span all{0, picture.height};
    return {&local_communicator(), picture, {all}, {all}};
}

NeighborRows exchange_neighbor_rows(const RowPartition& partition, const OffloadedTensor& own,
                                    bool wraps) {
    if (partition.comm->size() == 1 && !wraps)
        return {};
    return {neighbor_row(partition, own, true, wraps), neighbor_row(partition, own, false, wraps)};
}

std::vector<Span> all_reduced(const std::vector<Span>& spans, int pools) {
    std::vector<Span> result;
    for (const Span span : spans)
        result.push_back(reduced(Window{{}, span}, pools).y);
    return result;
}

Rows add_halo(const RowPartition& partition, const at::Tensor& own) {
    if (partition.comm->size() == 1)
        return own;
    return {exchange_rows(*partition.comm, own, partition.rows, partition.with_halo),
            partition.own_with_halo().begin, partition.picture};
}

at::Tensor rows_from(const at::Tensor& maps, int top, Span rows) {
    return maps.narrow(2, rows.begin - top, rows.length());
}

std::vector<std::vector<Window>> tile_rows(const RowPartition& partition, int tile,
                                           const Network& network) {
    const Span own = partition.own();
    std::vector<std::vector<Window>> rows;
    if (own.length() == 0)
        return rows;
    if (tile == 0)
        return {{Window{{0, partition.picture.width}, own}}};
    for (const Window& window : tiles(partition.picture, tile, network.stride())) {
        if (window.y.begin < own.begin || window.y.begin >= own.end)
            continue;
        if (rows.empty() || !(rows.back().front().y == window.y))
            rows.emplace_back();
        rows.back().push_back(window);
    }
    return rows;
}

} // namespace maniera
