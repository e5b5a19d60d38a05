// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/objective/content_loss.h"

#include "core/distributed/collectives.h"
#include "core/distributed/pieces.h"
#include "core/network/layers.h"
#include "core/network/sweeps.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/full.h>
#include <ATen/ops/sum.h>

#include <cmath>

namespace maniera {
namespace {

// The halo comes from the ranks that own those rows: computed here, in other tiles, it would be
// rounded differently.
void exchange_halo(const Network& network, const RowPartition& bands, std::size_t tap,
                   const at::Tensor& content, const std::string& folder, OffloadedTensor& target) {
    const int level = network.level(tap);
    const Window own = reduced({{0, bands.picture.width}, bands.own()}, level);
    const at::Tensor mine = target.empty()
                                ? at::empty({1, network.channels(tap), 0, own.x.length()},
                                            content.options().dtype(network.placement().precision))
                                : target.read(in_held(bands, own, level));
    target = OffloadedTensor(exchange_rows(*bands.comm, mine, all_reduced(bands.rows, level),
                                           all_reduced(bands.with_halo, level)),
                             folder);
}

} // namespace

std::vector<OffloadedTensor> content_targets(const Network& network, const RowPartition& bands,
                                             const std::vector<Window>& tiles,
                                             const std::vector<std::size_t>& taps,
                                             const at::Tensor& content, const std::string& folder) {
    std::vector<OffloadedTensor> targets(network.taps().size());
    if (taps.empty())
        return targets;
    const Rows held(content, bands.own_with_halo().begin, bands.picture);
    const bool in_one = tiles.size() == 1 && bands.comm->size() == 1;
    for_pieces(tiles, [&](const Window& part) {
        network.visit(held, part, taps, [&](std::size_t t, const at::Tensor& features) {
            if (in_one) {
                targets[t] = OffloadedTensor(features, folder);
                return;
            }
            const int level = network.level(t);
            const Window layer = reduced({{0, bands.picture.width}, bands.own_with_halo()}, level);
            if (targets[t].empty())
                targets[t] =
                    OffloadedTensor({1, features.size(1), layer.y.length(), layer.x.length()},
                                    features.options(), folder);
            targets[t].write(in_held(bands, reduced(part, level), level), features);
        });
    });
    if (bands.comm->size() > 1)
        for (const std::size_t t : taps)
            exchange_halo(network, bands, t, content, folder, targets[t]);
    return targets;
}

double content_scale(const ObjectiveConvention& convention, std::int64_t channels, double pixels) {
    const double elements = static_cast<double>(channels) * pixels;
    return convention.mean_terms ? 1 / elements : 0.5 / std::sqrt(elements);
}

at::Tensor content_value(const at::Tensor& features, const at::Tensor& target,
                         const at::Tensor& weights, double scale) {
    if (is_ours(features))
        return at::full({}, scale * sum_of_squared_differences(features, target, weights),
                        at::TensorOptions(at::kDouble));
    at::Tensor squares = (features - target).to(at::kFloat).square();
    if (weights.defined())
        squares.mul_(weights);
    return squares.sum().to(at::kDouble) * scale;
}

void add_content_gradient(const at::Tensor& features, const at::Tensor& target,
                          const at::Tensor& weights, double scale, at::Tensor& gradient) {
    if (is_ours(features))
        add_weighed_difference(gradient, features, target, weights, 2 * scale);
    else if (weights.defined())
        gradient.addcmul_(features - target, weights.to(features.scalar_type()), 2 * scale);
    else
        gradient.add_(features - target, 2 * scale);
}

} // namespace maniera
