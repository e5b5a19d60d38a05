// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/run/scale_run.h"

#include "core/base/interruption.h"
#include "core/image/scale_schedule.h"
#include "core/memory/malloc_tuning.h"
#include "core/optimizer/state_io.h"
#include "core/run/make_scene.h"
#include "core/run/painting.h"
#include "core/run/rank_commands.h"
#include "core/run/surroundings.h"
#include "core/run/upsampling.h"

#include <utility>
#include <vector>

namespace maniera {
namespace {

// For LbfgsConfig. Tried: 0, 0.5, 0.9 and 1; 1, 1.3, 1.6 and 2.5. docs/performance.md.
constexpr double lbfgs_blur = 0.9;
constexpr double lbfgs_stretch = 1.6;

OffloadDirs offload_dirs(const MemoryPlan& memory) {
    const auto folder = [&](bool in_file) { return in_file ? memory.scratch_folder : ""; };
    return {folder(memory.pairs_in_file), folder(memory.vectors_in_file)};
}

std::unique_ptr<Optimizer> make_optimizer(const ResolvedOptions& resolved, const at::Tensor& start,
                                          const OffloadDirs& dirs, const RowPartition& bands) {
    const ObjectiveConvention convention = convention_of(resolved);
    if (resolved.optimizer == MANIERA_OPTIMIZER_LBFGS)
        return make_lbfgs(convention.shaped_lbfgs
                              ? LbfgsConfig{lbfgs_blur, lbfgs_stretch, true, convention.wrap}
                              : LbfgsConfig{},
                          start, dirs, bands);
    return make_adam({resolved.learning_rate, resolved.averaging}, start, dirs, bands);
}

} // namespace

ScaleRun::ScaleRun(Run& run, std::size_t scale)
    : run_(run), scale_(scale), size_(run.sizes[scale]), began_(run.seconds()),
      memory_(run.budget, run.resolved, size_, run.notify), steps_(steps_at(run.resolved, scale)) {}

void ScaleRun::set_scene(Scene& scene) {
    const RunSetup& setup = run_.setup;
    scene.objective.reset();
    const Network& network = *run_.network;
    scene = make_scene(
        network, layers_of(network, setup.terms), run_.resolved, run_.inputs, size_,
        canvas_margin(run_.resolved), run_.setup.targets,
        layers_of(network, run_.matcher ? run_.matcher->layers() : std::vector<MatchedLayer>()),
        memory_.plan(), setup.comm);
    scene_tile_ = memory_.plan().tile;
    matched_ = false;
}

// Makes the scene anew where the memory's plan has changed, and draws it to its matches.
void ScaleRun::fit_scene() {
    if (!run_.scene.objective || scene_tile_ != memory_.plan().tile)
        set_scene(run_.scene);
    if (!run_.matcher || matched_)
        return;
    run_.matcher->apply(run_.field, run_.scene, memory_.plan());
    matched_ = true;
}

void ScaleRun::set_painting(const Scene& next) {
    const ResolvedOptions& resolved = run_.resolved;
    const OffloadDirs dirs = offload_dirs(memory_.plan());
    if (!run_.optimizer) {
        run_.optimizer = make_optimizer(
            resolved, start_canvas(next, resolved, run_.inputs, run_.setup.placement.device), dirs,
            next.bands);
        return;
    }
    run_.optimizer->resize(
        enlarged_painting(run_.optimizer->result(), run_.scene, next, detail_share(resolved)),
        enlarger(run_.scene, next), dirs, next.bands);
}

void ScaleRun::prepare() {
    // Room for what is made before the last scale's goes.
    run_.scene.objective.reset();
    if (run_.optimizer)
        run_.optimizer->offload(offload_dirs(memory_.plan()));
    trim_heap(); // of the last scale's steps: 0.2 kB a pixel
    run_.network =
        std::make_unique<Network>(run_.setup.network->up_to(pools_at(size_, run_.resolved)));
    Scene next;
    memory_.within([&] { set_scene(next); });
    set_painting(next);
    run_.scene = std::move(next);
    begin_steps();
    find_matches();
    memory_.within([&] { fit_scene(); });
    trim_heap(); // of the making of targets: 0.1 kB a pixel
    prepared_ = true;
}

void ScaleRun::begin_steps() {
    run_.optimizer->begin_scale(steps_);
    if (run_.from && scale_ == run_.begin.scale) {
        load_state(*run_.optimizer, *run_.from, run_.optimizer->result(), run_.scene.bands);
        step_ = run_.begin.step;
    }
}

// The matches of the scale's first step hold for all of its steps; a checkpoint keeps them, because
// they were found in a painting that is gone. A draft compares its larger scales at one size, and
// once: seven drafts of 512 px looked the same as when they compared again, which takes 0.1 s of 3.
void ScaleRun::find_matches() {
    PartMatcher* matcher = run_.matcher;
    if (!matcher)
        return;
    const std::vector<Size> compared = matcher->compared_sizes(size_, run_.inputs);
    if (run_.from && scale_ == run_.begin.scale)
        run_.field = load_matches(*run_.from);
    else if (run_.resolved.quality == MANIERA_QUALITY_DRAFT && compared == run_.compared)
        run_.field.cell = match_cell * match_reduction(size_, run_.resolved);
    else
        memory_.within([&] {
            run_.field = matcher->match(
                run_.scene, scale_ == 0 && !run_.follows ? at::Tensor() : run_.optimizer->result(),
                run_.inputs, memory_.plan());
        });
    run_.compared = compared;
}

bool ScaleRun::has_steps() const { return step_ < steps_; }

void ScaleRun::step() {
    const Function evaluate = [&](const at::Tensor& x) -> ValueAndGradient {
        Evaluation e = maniera::evaluate(run_.scene, x);
        return {e.total, e.gradient};
    };
    // A step that fails has evaluated nothing, or lost a move: it can be made again.
    memory_.within([&] {
        fit_scene();
        run_.result.loss = run_.optimizer->step(evaluate);
    });
    ++step_;
    ++run_.result.steps;
    run_.done += static_cast<double>(size_.width) * size_.height;
}

Progress ScaleRun::progress() const {
    Progress report;
    report.scale = static_cast<int>(scale_);
    report.scales = static_cast<int>(run_.sizes.size());
    report.step = step_;
    report.steps = steps_;
    report.width = size_.width;
    report.height = size_.height;
    report.fraction = run_.done / run_.work;
    report.loss = run_.result.loss;
    report.seconds = run_.begin.seconds + run_.seconds();
    if (run_.done > 0)
        report.seconds_left = report.seconds * (run_.work - run_.done) / run_.done;
    return report;
}

void ScaleRun::report() {
    const ResolvedOptions& resolved = run_.resolved;
    Progress report = progress();
    const double here = report.seconds - run_.begin.seconds;
    report.stop_asked = other_rank_stops(run_.setup.comm, run_.progress, report);
    const RankCommands commands(
        run_.setup.comm, [&] { return preview(run_.optimizer->result(), run_.scene, resolved); },
        [&](CheckpointWriter* writer) { save_state(*run_.optimizer, writer, run_.scene.bands); });
    report.picture = [&] { return commands.picture(); };
    report.save = [&](CheckpointWriter& writer) {
        save_position({scale_, step_, run_.result.steps, report.seconds, run_.result.loss,
                       static_cast<double>(run_.budget.bytes)},
                      writer);
        writer.number("matched", run_.matcher != nullptr);
        if (run_.matcher)
            save_matches(run_.field, writer);
        commands.save(writer);
    };
    if (run_.swap.begins())
        run_.notify(Notice::swapping,
                    "The machine has begun to swap, which makes painting many times slower: "
                    "close other programs, or stop and paint with a smaller --memory.");
    const bool last = scale_ + 1 == run_.sizes.size() && step_ == steps_;
    const bool go_on = commands.decide([&] {
        const bool in_time = resolved.time_limit <= 0 || here < resolved.time_limit;
        report.last = last || !in_time;
        return (!run_.progress || run_.progress(report)) && in_time;
    });
    run_.result.complete = last || go_on;
}

void ScaleRun::abandon() {
    run_.result.complete = false;
    if (!run_.optimizer) { // there is no painting yet but where it would have begun
        const int margin = canvas_margin(run_.resolved);
        const Size canvas{size_.width + 2 * margin, size_.height + 2 * margin};
        Scene frame = make_frame(
            run_.setup.terms, run_.inputs, size_,
            partition_rows(run_.setup.comm, canvas, memory_.plan().tile, *run_.setup.network),
            margin);
        set_painting(frame);
        run_.scene = std::move(frame);
        begin_steps();
        return;
    }
    if (prepared_) // else the painting is of the scale before, whose state was saved at its end
        report();
    run_.result.complete = false;
}

void ScaleRun::finish() {
    run_.result.scale_seconds.push_back(run_.seconds() - began_);
    if (run_.result.complete)
        run_.optimizer->end_scale();
}

void paint_scale(Run& run, std::size_t scale) {
    ScaleRun scale_run(run, scale);
    // Among several ranks only a step can be abandoned: the others would wait in what prepares it.
    const StopCallback never;
    const StopCallback& while_preparing = run.setup.comm.size() == 1 ? run.stop : never;
    try {
        {
            const Interruptible here(while_preparing);
            scale_run.prepare();
        }
        while (run.result.complete && scale_run.has_steps()) {
            {
                const Interruptible here(run.stop);
                scale_run.step();
            }
            scale_run.report();
        }
    } catch (const Interrupted&) {
        scale_run.abandon();
    }
    scale_run.finish();
}

} // namespace maniera
