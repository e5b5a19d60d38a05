// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/objective/reduced_sums.h"

#include "core/distributed/collectives.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/zeros.h>

#include <utility>

namespace maniera {
namespace {

std::int64_t side_of(const SumsShape& shape) {
    return shape.directions > 0 ? shape.directions : shape.channels;
}

std::int64_t length_of(const SumsShape& shape) {
    return shape.channels + side_of(shape) * side_of(shape) + (shape.directions > 0);
}

at::Tensor packed(const LayerSums& row) {
    std::vector<at::Tensor> pieces;
    for (const std::vector<MomentSums>& regions : row)
        for (const MomentSums& sums : regions)
            for (const at::Tensor& piece : {sums.first, sums.second, sums.square})
                if (piece.defined())
                    pieces.push_back(piece.reshape({-1}));
    return at::cat(pieces);
}

MomentSums unpacked(const at::Tensor& values, const SumsShape& shape) {
    const std::int64_t side = side_of(shape), end = shape.channels + side * side;
    MomentSums sums{0, values.narrow(0, 0, shape.channels),
                    values.narrow(0, shape.channels, side * side).reshape({side, side})};
    if (shape.directions > 0)
        sums.square = values.select(0, end);
    return sums;
}

} // namespace

void fold(LayerSums& sums, const LayerSums& row) {
    for (std::size_t t = 0; t < sums.size(); ++t) {
        sums[t].resize(row[t].size());
        for (std::size_t r = 0; r < row[t].size(); ++r)
            if (row[t][r].first.defined())
                add(sums[t][r], row[t][r]);
    }
}

LayerSums reduce_sums(Communicator& comm, std::vector<LayerSums>& rows,
                      const std::vector<std::vector<SumsShape>>& shapes, at::Device device) {
    if (comm.size() == 1)
        return std::move(rows.front());
    std::int64_t count = 0;
    for (const std::vector<SumsShape>& regions : shapes)
        for (const SumsShape& shape : regions)
            count += length_of(shape);
    std::vector<at::Tensor> values;
    for (LayerSums& row : rows) {
        values.push_back(packed(row));
        row.clear();
    }
    const at::Tensor all = all_reduce_in_order(
        comm, values, at::zeros({count}, at::TensorOptions(at::kDouble).device(device)));
    LayerSums total;
    std::int64_t place = 0;
    for (const std::vector<SumsShape>& regions : shapes) {
        total.emplace_back();
        for (const SumsShape& shape : regions) {
            const std::int64_t length = length_of(shape);
            total.back().push_back(length > 0 ? unpacked(all.narrow(0, place, length), shape)
                                              : MomentSums());
            place += length;
        }
    }
    return total;
}

} // namespace maniera
