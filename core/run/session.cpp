// SPDX-License-Identifier: GPL-3.0-or-later
// The loop over scales and steps, and the measurement of a picture as it is.

#include "core/stylize.h"

#include "core/device/memory_limits.h"
#include "core/distributed/collectives.h"
#include "core/error.h"
#include "core/image/resampling.h"
#include "core/image/scale_schedule.h"
#include "core/memory/malloc_tuning.h"
#include "core/memory/memory_errors.h"
#include "core/optimizer/optimizer.h"
#include "core/optimizer/state_io.h"
#include "core/run/input_checks.h"
#include "core/run/input_rows.h"
#include "core/run/memory_guard.h"
#include "core/run/resumed_budget.h"
#include "core/run/scene.h"
#include "core/run/style_palette.h"
#include "core/run/upsampling.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/zeros.h>
#include <c10/core/InferenceMode.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace maniera {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

// For LbfgsConfig. Tried: 0, 0.5, 0.9 and 1; 1, 1.3, 1.6 and 2.5: docs/performance.md.
constexpr double lbfgs_blur = 0.9;
constexpr double lbfgs_stretch = 1.6;

OffloadDirs offload_dirs(const MemoryPlan& memory) {
    const auto place = [&](bool in_file) { return in_file ? memory.scratch_folder : ""; };
    return {place(memory.pairs_in_file), place(memory.vectors_in_file)};
}

SqrtMethod sqrt_method_for(at::Device device) {
    return device.is_cpu() ? SqrtMethod::eigen : SqrtMethod::newton_schulz;
}

std::unique_ptr<Optimizer> make_optimizer(const ResolvedOptions& resolved, const at::Tensor& start,
                                          const OffloadDirs& places, const RowPartition& bands) {
    if (resolved.optimizer == MANIERA_OPTIMIZER_LBFGS)
        return make_lbfgs(convention_of(resolved).shaped_lbfgs
                              ? LbfgsConfig{lbfgs_blur, lbfgs_stretch, true}
                              : LbfgsConfig{},
                          start, places, bands);
    return make_adam({resolved.learning_rate, resolved.averaging}, start, places, bands);
}

// Where in a run a checkpoint was made: after so many steps of a scale.
struct Position {
    std::size_t scale = 0;
    int step = 0;
    int steps = 0; // of all scales
    double seconds = 0;
    double loss = 0;
    double budget = 0; // bytes of memory that the run began with
};

void save_position(const Position& position, CheckpointWriter& writer) {
    writer.number("scale", static_cast<double>(position.scale));
    writer.number("step", position.step);
    writer.number("steps", position.steps);
    writer.number("seconds", position.seconds);
    writer.number("loss", position.loss);
    writer.number("budget", position.budget);
}

// What a checkpoint's number says; without a budget it is the largest there is.
std::int64_t bytes_of(double budget) {
    constexpr double most = 9e18;
    return budget > 0 && budget < most ? static_cast<std::int64_t>(budget)
                                       : std::numeric_limits<std::int64_t>::max();
}

Position load_position(const CheckpointReader& reader, const ResolvedOptions& resolved,
                       std::size_t scales) {
    const double scale = reader.number("scale"), step = reader.number("step");
    if (!(scale >= 0 && scale < static_cast<double>(scales)) ||
        !(step >= 0 && step <= steps_at(resolved, static_cast<std::size_t>(scale))))
        throw Error(ErrorCode::invalid_request,
                    "The checkpoint is of a run with other scales or iterations; go on with the "
                    "options it was made with.");
    return {static_cast<std::size_t>(scale),
            static_cast<int>(step),
            static_cast<int>(reader.number("steps")),
            reader.number("seconds"),
            reader.number("loss"),
            reader.number("budget")};
}

// The painting so far: at rank 0, if there are several a smaller one. Collective.
Image shown(const at::Tensor& canvas, const Scene& scene, const ResolvedOptions& resolved) {
    Image own = finish(scene, resolved, to_image(painting_on(canvas, scene)));
    Communicator& comm = *scene.bands.comm;
    if (comm.size() == 1)
        return own;
    const int side = std::min(rank_preview_side, std::max(scene.size.width, scene.size.height));
    const Size size = fit_long_side(scene.size, side);
    Resampling small(scene.size, 3, size, {0, size.height});
    int row = 0;
    gather_rows(comm, own, [&](ImageView strip) {
        small.add(strip, row);
        row += strip.height;
    });
    return comm.rank() == 0 ? small.result() : Image();
}

// Whether the caller of any rank but the first wants to stop. Collective.
bool other_asks(Communicator& comm, const ProgressCallback& progress, const Progress& report) {
    const bool stop = comm.rank() > 0 && progress && !progress(report);
    const std::vector<std::string> all = comm.all_gather(stop ? "stop" : "");
    return std::find(all.begin(), all.end(), "stop") != all.end();
}

// Rank 0's caller may want to see or keep a painting of which each rank has a part: rank 0 says so,
// and the others do theirs until they hear how to go on.
class Requests {
public:
    Requests(Communicator& comm, std::function<Image()> picture,
             std::function<void(CheckpointWriter*)> save)
        : comm_(comm), picture_(std::move(picture)), save_(std::move(save)) {}

    Image picture() const {
        say("picture");
        return picture_();
    }
    void save(CheckpointWriter& writer) const {
        say("save");
        save_(&writer);
    }
    // Returns whether to go on, as rank 0's `decide` says.
    bool decide(const std::function<bool()>& decide) const {
        if (comm_.rank() == 0) {
            const bool go_on = decide();
            say(go_on ? "go on" : "stop");
            return go_on;
        }
        for (;;) {
            const std::string word = comm_.broadcast("");
            if (word == "picture")
                picture_();
            else if (word == "save")
                save_(nullptr);
            else
                return word == "go on";
        }
    }

private:
    void say(const char* word) const { comm_.broadcast(word); }

    Communicator& comm_;
    std::function<Image()> picture_;
    std::function<void(CheckpointWriter*)> save_;
};

} // namespace

Size result_size(const Inputs& inputs, const ManieraOptions& options) {
    return run_size(content_of(inputs).color.size, resolve(options));
}

struct Session::State {
    ManieraOptions options;
    ResolvedOptions resolved;
    Inputs inputs; // the content is the picture's that was painted last
    bool again;    // another picture may follow
    Communicator& comm;
    Placement placement;
    TermOptions terms;
    NetworkCost cost;
    std::unique_ptr<Network> network;
    StyleTargetCache targets;
};

Session::Session(const Model& model, Inputs inputs, const ManieraOptions& options,
                 std::size_t most_bytes, Communicator& comm) {
    const ResolvedOptions resolved = resolve(options);
    check_styles(inputs, resolved);
    translating_errors([&] {
        const c10::InferenceMode no_autograd;
        const Placement placement = choose_placement(resolved, false, comm.config().local_rank,
                                                     comm.config().local_world_size);
        auto network = std::make_unique<Network>(model, network_config(resolved, model, placement));
        for (StyleInput& style : inputs.styles)
            fill_transparent(style.picture);
        const bool match = resolved.colors == MANIERA_COLORS_MATCH;
        state_.reset(new State{options, resolved, std::move(inputs), most_bytes > 0, comm,
                               placement, term_options(resolved, sqrt_method_for(placement.device)),
                               network_cost(model, resolved), std::move(network),
                               StyleTargetCache(match ? 0 : most_bytes)});
    });
}

Session::~Session() = default;

Result stylize(const Model& model, Inputs inputs, const ManieraOptions& options,
               const ProgressCallback& progress, const CheckpointReader* from,
               const NoticeCallback& notice, Communicator& comm) {
    check_inputs(inputs, options);
    Picture content = std::move(inputs.content);
    return Session(model, std::move(inputs), options, 0, comm)
        .stylize(std::move(content), progress, from, notice);
}

void gather_rows(Communicator& comm, ImageView own, const std::function<void(ImageView strip)>& f) {
    const std::int64_t row = std::int64_t{own.channels} * own.width;
    gather_chunks(
        comm, row * own.height, row,
        [&](std::int64_t begin, std::int64_t end) {
            return at::from_blob(const_cast<float*>(own.pixels) + begin, {end - begin}, at::kFloat);
        },
        [&](const float* values, std::int64_t count) {
            f({values, own.width, static_cast<int>(count / row), own.channels});
        });
}

Result Session::stylize(Picture content, const ProgressCallback& progress,
                        const CheckpointReader* from, const NoticeCallback& notice) {
    check_content(content, state_->inputs.content_rows, state_->options);
    return translating_errors([&]() -> Result {
        const Clock::time_point start = Clock::now();
        const c10::InferenceMode no_autograd;
        Inputs& inputs = state_->inputs;
        Communicator& comm = state_->comm;
        const ResolvedOptions& resolved = state_->resolved;
        const Placement& placement = state_->placement;
        const Network& network = *state_->network;
        const TermOptions& terms = state_->terms;
        prepare_content(content);
        inputs.content = std::move(content);
        Budget budget = make_budget(state_->cost, inputs, resolved, placement, comm);
        Inputs recolored;
        const bool match = resolved.colors == MANIERA_COLORS_MATCH;
        if (match)
            recolored = prepare_styles(state_->again ? inputs : std::move(inputs), resolved, comm);
        const Inputs& prepared = match ? recolored : inputs;
        const std::vector<Size> sizes = run_scales(run_size(budget.content, resolved), resolved);
        const int margin = canvas_margin(resolved);
        const auto tell = [&](Notice kind, const std::string& text) {
            if (notice && comm.rank() == 0)
                notice(kind, text);
        };
        const Position begin = from ? load_position(*from, resolved, sizes.size()) : Position();
        if (from && !maniera_option_is_set(&resolved, "memory")) {
            const auto before = bytes_of(begin.budget);
            budget.bytes = resumed_budget(
                before, budget,
                {sizes.begin() + static_cast<std::ptrdiff_t>(begin.scale), sizes.end()}, resolved);
            if (budget.bytes != before)
                tell(Notice::other,
                     "There is less memory than when this run began: it may go on in other tiles, "
                     "and its picture then differs by rounding from that of a run in one go.");
        }
        const MemoryGuard largest(budget, resolved, sizes.back(), {});
        if (comm.size() > 1)
            largest.refuse_too_large();
        tell(Notice::plan, largest.describe());
        SwapWatch swap;

        double work = 0, done = 0; // in pixels times steps
        for (std::size_t i = 0; i < sizes.size(); ++i) {
            const double pixels = static_cast<double>(sizes[i].width) * sizes[i].height;
            const int steps = steps_at(resolved, i);
            work += steps * pixels;
            done += pixels * (i < begin.scale ? steps : i == begin.scale ? begin.step : 0);
        }

        Result result;
        result.steps = begin.steps;
        result.loss = begin.loss;
        result.device = device_name(placement);
        result.precision = precision_name(placement);
        std::unique_ptr<Optimizer> optimizer;
        Scene scene;
        for (std::size_t i = begin.scale; i < sizes.size() && result.complete; ++i) {
            const double scale_start = seconds_since(start);
            MemoryGuard memory(budget, resolved, sizes[i], tell);
            // Room for what is made before the last scale's goes.
            scene.objective.reset();
            if (optimizer)
                optimizer->offload(offload_dirs(memory.plan()));
            trim_heap(); // of the last scale's steps: 0.2 kB a pixel
            Scene next;
            const auto set_scene = [&](Scene& it) {
                it.objective.reset();
                it = make_scene(network, terms, resolved, prepared, sizes[i], margin,
                                state_->targets, memory.plan(), comm);
            };
            memory.within([&] { set_scene(next); });
            const OffloadDirs places = offload_dirs(memory.plan());
            if (optimizer)
                optimizer->resize(enlarged_painting(optimizer->result(), scene, next,
                                                    terms.convention.detail_between_scales),
                                  enlarger(scene, next), places, next.bands);
            else
                optimizer = make_optimizer(resolved,
                                           start_canvas(next, resolved, prepared, placement.device),
                                           places, next.bands);
            scene = std::move(next);

            trim_heap(); // of the making of targets: 0.1 kB a pixel
            const int steps = steps_at(resolved, i);
            optimizer->begin_scale(steps);
            if (from && i == begin.scale)
                load_state(*optimizer, *from, optimizer->result(), scene.bands);
            int scene_tile = memory.plan().tile;
            const Function evaluate = [&](const at::Tensor& x) -> ValueAndGradient {
                Evaluation e = scene.objective->evaluate(x);
                return {e.total, e.gradient};
            };
            for (int step = i == begin.scale ? begin.step + 1 : 1; step <= steps && result.complete;
                 ++step) {
                // A step that fails has evaluated nothing, or lost a move: it can be made again.
                memory.within([&] {
                    if (!scene.objective || scene_tile != memory.plan().tile) {
                        set_scene(scene);
                        scene_tile = memory.plan().tile;
                    }
                    result.loss = optimizer->step(evaluate);
                });
                ++result.steps;
                done += static_cast<double>(sizes[i].width) * sizes[i].height;
                const double here = seconds_since(start), seconds = begin.seconds + here;
                Progress report;
                report.scale = static_cast<int>(i);
                report.scales = static_cast<int>(sizes.size());
                report.step = step;
                report.steps = steps;
                report.width = sizes[i].width;
                report.height = sizes[i].height;
                report.fraction = done / work;
                report.loss = result.loss;
                report.seconds = seconds;
                report.seconds_left = seconds * (work - done) / done;
                report.stop_asked = other_asks(comm, progress, report);
                const Requests requests(
                    comm, [&] { return shown(optimizer->result(), scene, resolved); },
                    [&](CheckpointWriter* writer) { save_state(*optimizer, writer, scene.bands); });
                report.picture = [&] { return requests.picture(); };
                report.save = [&](CheckpointWriter& writer) {
                    save_position({i, step, result.steps, seconds, result.loss,
                                   static_cast<double>(budget.bytes)},
                                  writer);
                    requests.save(writer);
                };
                if (swap.begins())
                    tell(Notice::swapping,
                         "The machine has begun to swap, which makes painting many times slower: "
                         "close other programs, or stop and paint with a smaller --memory.");
                const bool last = i + 1 == sizes.size() && step == steps;
                const bool go_on = requests.decide([&] {
                    const bool in_time = resolved.time_limit <= 0 || here < resolved.time_limit;
                    report.last = last || !in_time;
                    return (!progress || progress(report)) && in_time;
                });
                result.complete = last || go_on;
            }
            result.scale_seconds.push_back(seconds_since(start) - scale_start);
            if (result.complete)
                optimizer->end_scale();
        }
        scene.objective.reset();
        at::Tensor canvas = optimizer->result();
        optimizer.reset();
        result.size = sizes.back();
        if (!(scene.size == sizes.back())) { // stopped early: the same at the full size
            const Scene full = make_frame(terms, prepared, sizes.back(),
                                          partition_rows(comm, sizes.back(), 0, network));
            result.picture.color = finish(full, resolved, to_image(enlarger(scene, full)(canvas)));
        } else {
            Image painting = to_image(painting_on(canvas, scene));
            canvas = at::Tensor();
            result.picture.color = finish(scene, resolved, std::move(painting));
        }
        if (!prepared.content.alpha.empty())
            result.picture.alpha = resize(prepared.content.alpha, sizes.back());
        result.seconds = begin.seconds + seconds_since(start);
        return result;
    });
}

Measurement measure(const Model& model, const Picture& picture, const Inputs& inputs,
                    const ManieraOptions& options, Communicator& comm) {
    check_pixels(picture, "picture");
    check_inputs(inputs, options);
    const ResolvedOptions resolved = resolve(options);
    return translating_errors([&]() -> Measurement {
        const c10::InferenceMode no_autograd;
        const Placement placement = choose_placement(resolved, true, comm.config().local_rank,
                                                     comm.config().local_world_size);
        const Network network(model, network_config(resolved, model, placement));
        const Size size = run_size(size_of(picture.color), resolved);
        Inputs prepared = inputs;
        prepare_content(prepared.content);
        prepared = prepare_styles(std::move(prepared), resolved, comm);
        const MemoryGuard memory(
            make_budget(network_cost(model, resolved), inputs, resolved, placement, comm), resolved,
            size, {});
        const Scene scene = make_scene(network, term_options(resolved, SqrtMethod::eigen_float64),
                                       resolved, prepared, size, 0, memory.plan(), comm);
        Picture filled = picture;
        fill_transparent(filled);
        const at::Tensor canvas = to_tensor(resize(filled, size).color, placement.device);
        const Evaluation e = scene.objective->evaluate(rows_from(canvas, 0, scene.bands.own()));

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
        result.width = size.width;
        result.height = size.height;
        result.precision = precision_name(placement);
        return result;
    });
}

} // namespace maniera
