// SPDX-License-Identifier: GPL-3.0-or-later
// The objective at a picture as it is.

#include "core/distributed/collectives.h"
#include "core/image/scale_schedule.h"
#include "core/memory/memory_errors.h"
#include "core/network/tensors.h"
#include "core/run/input_checks.h"
#include "core/run/make_scene.h"
#include "core/run/memory_guard.h"
#include "core/run/pack_checks.h"
#include "core/run/part_finder.h"
#include "core/run/style_palette.h"
#include "core/run/surroundings.h"
#include "core/stylize.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/zeros.h>
#include <c10/core/InferenceMode.h>

#include <utility>

namespace maniera {
namespace {

// Of all ranks together. Collective.
Measurement measurement_of(const Evaluation& e, Communicator& comm) {
    Measurement result;
    result.total = e.total.item<double>();
    for (const auto& [layer, value] : e.content)
        result.content.emplace_back(layer, value.item<double>());
    for (const auto& [layer, value] : e.style)
        result.style.emplace_back(layer, value.item<double>());
    result.smoothness = e.smoothness.item<double>();
    const at::Tensor gradient = e.gradient.to(at::kDouble);
    result.gradient_l2 = all_reduce_sum(comm, gradient.square().sum()).sqrt().item<double>();
    const at::Tensor none = at::zeros({}, gradient.options());
    result.gradient_max =
        all_reduce_max(comm, gradient.numel() > 0 ? gradient.abs().max() : none).item<double>();
    return result;
}

std::vector<RegionMeasurement> regions_of(const Evaluation& e, const Scene& scene,
                                          const std::vector<PartPair>& parts) {
    std::vector<RegionMeasurement> result;
    if (e.regions.size() < 2)
        return result;
    for (std::size_t r = 0; r < e.regions.size(); ++r) {
        const Region& region = scene.regions[r];
        result.push_back({region.part >= 0 ? parts[region.part].name : "", region.styles, {}});
        for (std::size_t layer = 0; layer < e.style.size(); ++layer)
            result.back().style.emplace_back(e.style[layer].first,
                                             e.regions[r][layer].item<double>());
    }
    return result;
}

} // namespace

Measurement measure(const Model& model, PictureSource picture, const Inputs& inputs,
                    const ManieraOptions& options, Communicator& comm) {
    check_pixels(picture, "picture");
    check_inputs(inputs, options);
    check_models(inputs, model.manifest);
    ResolvedOptions resolved = resolve(options);
    if (!resolved.own_parts) // numbers of different pictures shall be comparable
        resolved.parts = MANIERA_PARTS_OFF;
    return translating_errors([&]() -> Measurement {
        const c10::InferenceMode no_autograd;
        const Placement placement = choose_placement(resolved, true, comm.config().local_rank,
                                                     comm.config().local_world_size);
        const Network network(model, network_config(resolved, model, placement));
        const Size size = run_size(picture.color.size, resolved);
        Inputs prepared = inputs;
        prepare_content(prepared.content, convention_of(resolved).wrap);
        if (const auto finder = PartFinder::make(model, resolved, placement);
            finder && prepared.parts.empty())
            prepared.parts = finder->find(prepared, comm);
        prepared = prepare_styles(std::move(prepared), resolved, comm);
        const MemoryGuard memory(
            make_budget(network_cost(model, resolved), inputs, resolved, placement, comm), resolved,
            size, {});
        const Scene scene = make_scene(network, term_options(resolved, SqrtMethod::eigen_float64),
                                       resolved, prepared, size, 0, memory.plan(), comm);
        Picture filled = take_whole(std::move(picture));
        fill_transparent(filled);
        const at::Tensor canvas = to_tensor(resize(filled, size).color, placement.device);
        const Evaluation e = evaluate(scene, rows_from(canvas, 0, scene.bands.own()));

        Measurement result = measurement_of(e, comm);
        result.regions = regions_of(e, scene, prepared.parts);
        result.width = size.width;
        result.height = size.height;
        result.precision = precision_name(placement);
        return result;
    });
}

} // namespace maniera
