// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/run/run.h"

#include "core/image/scale_schedule.h"
#include "core/network/tensors.h"
#include "core/run/make_scene.h"
#include "core/run/painting.h"
#include "core/run/resumed_budget.h"
#include "core/run/upsampling.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

namespace maniera {
namespace {

// A resumed run keeps the budget it began with where it can, for the sake of its bits.
void resume_budget(Run& run) {
    const ResolvedOptions& resolved = run.resolved;
    if (maniera_option_is_set(&resolved, "memory"))
        return;
    const std::int64_t before = budget_bytes(run.begin);
    const auto left = run.sizes.begin() + static_cast<std::ptrdiff_t>(run.begin.scale);
    run.budget.bytes = resumed_budget(before, run.budget, {left, run.sizes.end()}, resolved);
    if (run.budget.bytes != before)
        run.notify(Notice::other,
                   "There is less memory than when this run began: it may go on in other tiles, "
                   "and its picture then differs by rounding from that of a run in one go.");
}

void match_nothing(Run& run) {
    run.matcher = nullptr;
    run.resolved.match_parts = MANIERA_MATCH_PARTS_OFF;
}

// Whether a style that counts is a pack, and whether all of them are.
std::pair<bool, bool> packs_among(const std::vector<StyleInput>& styles) {
    bool any = false, all = true;
    for (const StyleInput& style : styles)
        if (style.weight > 0) {
            any = any || style.pack;
            all = all && style.pack;
        }
    return {any, all};
}

// A run that goes on keeps to what it found when it began.
void find_counterparts(Run& run) {
    if (!run.matcher)
        return;
    const auto [any_pack, all_packs] = packs_among(run.inputs.styles);
    if (any_pack)
        run.notify(Notice::other, "A style pack has no painting in it to match parts with: its "
                                  "style is painted as with --match-parts off.");
    if (all_packs) {
        match_nothing(run);
        return;
    }
    run.matcher->begin_picture(run.inputs, run.setup.comm);
    std::optional<bool>& found = run.setup.counterparts;
    if (run.from)
        found = has_matches(*run.from);
    else if (!(run.follows || run.rough) || !found)
        found = run.matcher->finds_counterparts();
    if (*found)
        return;
    match_nothing(run);
    run.notify(Notice::other, "Hardly any part of the styles is found again in the photograph: it "
                              "is painted as a whole, without matched parts.");
}

// A frame that follows another has no small scales: it goes on from a painting.
void take_few_steps(ResolvedOptions& resolved, Size size, int steps) {
    keep_last_scales(resolved, resolved, size, 1);
    char message[MANIERA_MESSAGE_MAX];
    if (steps > 0)
        maniera_option_set(&resolved, "iterations", std::to_string(steps).c_str(), message);
}

// A picture that others are finished from needs few steps, and those at the full size are theirs.
void keep_rough(Run& run, int most_steps) {
    ManieraIntList& steps = run.resolved.iterations;
    for (int i = 0; i < steps.count; ++i)
        steps.values[i] = std::min(most_steps, steps.values[i]);
    if (run.sizes.size() > 1)
        run.sizes.pop_back();
}

void count_work(Run& run) {
    for (std::size_t i = 0; i < run.sizes.size(); ++i) {
        const double pixels = static_cast<double>(run.sizes[i].width) * run.sizes[i].height;
        const int steps = steps_at(run.resolved, i);
        run.work += steps * pixels;
        run.done += pixels * (i < run.begin.scale    ? steps
                              : i == run.begin.scale ? run.begin.step
                                                     : 0);
    }
}

void announce_plan(const Run& run) {
    const MemoryGuard largest(run.budget, run.resolved, run.sizes.back(), {});
    if (run.setup.comm.size() > 1)
        largest.refuse_too_large();
    run.notify(Notice::plan, largest.describe());
}

} // namespace

Run::Run(RunSetup& run_setup, const Inputs& prepared, const RunCallbacks& callbacks,
         std::chrono::steady_clock::time_point run_start)
    : setup(run_setup), resolved(setup.resolved), matcher(setup.matcher.get()),
      follows(!prepared.temporal.painting.empty()), rough(!follows && prepared.temporal.steps > 0),
      inputs(prepared), progress(callbacks.progress),
      notify(
          [&notice = callbacks.notice, &comm = setup.comm](Notice kind, const std::string& text) {
              if (notice && comm.rank() == 0)
                  notice(kind, text);
          }),
      from(callbacks.from), stop(callbacks.stop), start(run_start) {}

double Run::seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

Run begin_run(RunSetup& setup, const Inputs& prepared, Budget budget, const RunCallbacks& callbacks,
              std::chrono::steady_clock::time_point start) {
    Run run(setup, prepared, callbacks, start);
    find_counterparts(run);
    if (run.follows)
        take_few_steps(run.resolved, run_size(budget.content, run.resolved),
                       prepared.temporal.steps);
    run.sizes = run_scales(run_size(budget.content, run.resolved), run.resolved);
    if (run.rough)
        keep_rough(run, prepared.temporal.steps);
    run.budget = std::move(budget);
    if (run.from) {
        run.begin = load_position(*run.from, run.resolved, run.sizes.size());
        resume_budget(run);
    }
    announce_plan(run);
    count_work(run);
    run.result.steps = run.begin.steps;
    run.result.loss = run.begin.loss;
    run.result.device = device_name(setup.placement);
    run.result.precision = precision_name(setup.placement);
    return run;
}

Result finish_run(Run& run) {
    const ResolvedOptions& resolved = run.resolved;
    Result result = std::move(run.result);
    run.scene.objective.reset();
    at::Tensor canvas = run.optimizer->result();
    run.optimizer.reset();
    result.size = run_size(run.budget.content, resolved);
    if (!(run.scene.size == result.size)) { // rough, or stopped early: the same at the full size
        const Scene full =
            make_frame(run.setup.terms, run.inputs, result.size,
                       partition_rows(run.setup.comm, result.size, 0, *run.setup.network));
        result.picture.color = finish(full, resolved, to_image(enlarger(run.scene, full)(canvas)));
    } else {
        Image painting = to_image(painting_on(canvas, run.scene));
        canvas = at::Tensor();
        result.picture.color = finish(run.scene, resolved, std::move(painting));
    }
    if (const ImageView alpha = run.inputs.content.alpha.whole; !alpha.empty())
        result.picture.alpha = resize(alpha, result.size);
    result.seconds = run.begin.seconds + run.seconds();
    return result;
}

} // namespace maniera
