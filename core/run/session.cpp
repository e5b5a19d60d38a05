// SPDX-License-Identifier: GPL-3.0-or-later
// Painting: one picture's run, with what a session's pictures share.

#include "core/error.h"
#include "core/image/scale_schedule.h"
#include "core/memory/memory_errors.h"
#include "core/run/input_checks.h"
#include "core/run/make_scene.h"
#include "core/run/pack_checks.h"
#include "core/run/run.h"
#include "core/run/scale_run.h"
#include "core/run/style_palette.h"
#include "core/stylize.h"

#include <c10/core/InferenceMode.h>

#include <chrono>
#include <cstddef>
#include <utility>

namespace maniera {
namespace {

SqrtMethod sqrt_method_for(at::Device device) {
    return device.is_cpu() ? SqrtMethod::eigen : SqrtMethod::newton_schulz;
}

RunSetup make_setup(const Model& model, const ResolvedOptions& resolved, std::size_t most_bytes,
                    Communicator& comm) {
    const Placement placement =
        choose_placement(resolved, false, comm.config().local_rank, comm.config().local_world_size);
    auto network = std::make_unique<Network>(model, network_config(resolved, model, placement));
    std::unique_ptr<PartMatcher> matcher = PartMatcher::make(model, resolved, *network);
    const bool match = resolved.colors == MANIERA_COLORS_MATCH;
    return {resolved,
            comm,
            placement,
            term_options(resolved, sqrt_method_for(placement.device)),
            network_cost(model, resolved),
            std::move(network),
            std::move(matcher),
            nullptr,
            StyleTargetCache(match ? 0 : most_bytes),
            {}};
}

} // namespace

Size result_size(const Inputs& inputs, const ManieraOptions& options) {
    return run_size(inputs.content.color.size, resolve(options));
}

struct Session::State {
    Inputs inputs; // the content is the picture's that was painted last
    bool again;    // another picture may follow
    RunSetup setup;
};

Session::Session(const Model& model, Inputs inputs, const ManieraOptions& options,
                 std::size_t most_bytes, Communicator& comm) {
    const ResolvedOptions resolved = resolve_for(style_sizes(inputs), options);
    check_styles(inputs, resolved);
    check_models(inputs, model.manifest);
    translating_errors([&] {
        const c10::InferenceMode no_autograd;
        RunSetup setup = make_setup(model, resolved, most_bytes, comm);
        for (StyleInput& style : inputs.styles)
            fill_transparent(style.picture);
        if (inputs.parts.empty())
            setup.finder = PartFinder::make(model, resolved, setup.placement);
        state_.reset(new State{std::move(inputs), most_bytes > 0, std::move(setup)});
    });
}

Session::~Session() = default;

void Session::set_temporal(TemporalTarget target) { state_->inputs.temporal = std::move(target); }

Result Session::stylize(PictureSource content, const ProgressCallback& progress,
                        const CheckpointReader* from, const NoticeCallback& notice,
                        const StopCallback& stop) {
    RunSetup& setup = state_->setup;
    const ResolvedOptions& resolved = setup.resolved;
    check_content(content, resolved);
    return translating_errors([&]() -> Result {
        const auto start = std::chrono::steady_clock::now();
        const c10::InferenceMode no_autograd;
        Inputs& inputs = state_->inputs;
        prepare_content(content, convention_of(resolved).wrap);
        inputs.content = std::move(content);
        if (setup.finder) {
            inputs.parts = setup.finder->find_or_recall(inputs, setup.comm);
            if (!state_->again)
                setup.finder = nullptr; // its network's memory is painting's now
            if (inputs.parts.empty() && notice && setup.comm.rank() == 0)
                notice(Notice::other, "The photograph and its paintings have no parts in common, "
                                      "so each is painted as a whole.");
        }
        Budget budget = make_budget(setup.cost, inputs, resolved, setup.placement, setup.comm);
        Inputs recolored;
        const bool match = resolved.colors == MANIERA_COLORS_MATCH;
        if (match)
            recolored =
                prepare_styles(state_->again ? inputs : std::move(inputs), resolved, setup.comm);
        Run run = begin_run(setup, match ? recolored : inputs, std::move(budget),
                            {progress, notice, from, stop}, start);
        for (std::size_t i = run.begin.scale; i < run.sizes.size() && run.result.complete; ++i)
            paint_scale(run, i);
        return finish_run(run);
    });
}

std::vector<PartPair> find_parts(const Model& model, Inputs inputs, const ManieraOptions& options,
                                 const StopCallback& stop) {
    check_inputs(inputs, options);
    ResolvedOptions resolved = resolve(options);
    if (resolved.parts == MANIERA_PARTS_OFF)
        resolved.parts = MANIERA_PARTS_AUTO;
    return translating_errors([&] {
        const c10::InferenceMode no_autograd;
        prepare_content(inputs.content, convention_of(resolved).wrap);
        for (StyleInput& style : inputs.styles)
            fill_transparent(style.picture);
        return PartFinder::make(model, resolved, choose_placement(resolved, false))
            ->find(inputs, local_communicator(), stop);
    });
}

Result stylize(const Model& model, Inputs inputs, const ManieraOptions& options,
               const ProgressCallback& progress, const CheckpointReader* from,
               const NoticeCallback& notice, Communicator& comm, const StopCallback& stop) {
    check_inputs(inputs, options);
    PictureSource content = std::move(inputs.content);
    return Session(model, std::move(inputs), options, 0, comm)
        .stylize(std::move(content), progress, from, notice, stop);
}

} // namespace maniera
