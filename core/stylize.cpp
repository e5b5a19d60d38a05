// SPDX-License-Identifier: GPL-3.0-or-later
// The loop over scales and steps, and the measurement of a picture as it is.

#include "core/stylize.h"

#include "core/check_inputs.h"
#include "core/error.h"
#include "core/heap.h"
#include "core/machine_memory.h"
#include "core/memory_errors.h"
#include "core/optimizer.h"
#include "core/optimizer_state.h"
#include "core/resumed_budget.h"
#include "core/run_sizes.h"
#include "core/scale_memory.h"
#include "core/scene.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/reflection_pad2d.h>
#include <ATen/ops/upsample_bicubic2d.h>
#include <c10/core/InferenceMode.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <random>

namespace maniera {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

// For LbfgsConfig. Tried: 0, 0.5, 0.9 and 1; 1, 1.3, 1.6 and 2.5. HACKING.md, "Quality".
constexpr double lbfgs_blur = 0.9;
constexpr double lbfgs_stretch = 1.6;

// How much of the detail that the content has at a scale, and had not at the one before, is given
// to the enlarged painting, which lacks all of it. Tried: 0, 0.25, 0.5, 0.75 and 1: beyond a half
// the painting looks like a photograph.
constexpr float detail_share = 0.5f;

StatePlaces state_places(const MemoryPlan& memory) {
    const auto place = [&](bool in_file) { return in_file ? memory.scratch_folder : ""; };
    return {place(memory.pairs_in_file), place(memory.vectors_in_file)};
}

// The start picture at the first scale, with its margin.
Image start_picture(const Inputs& prepared, const ManieraOptions& resolved, const Scene& scene) {
    const std::string init = resolved.init;
    Image start;
    if (init == "recolored") {
        start = in_style_colors(scene, resolved, prepared);
    } else if (init == "content") {
        start = copy(scene.content);
    } else if (init == "noise") {
        std::mt19937 random(static_cast<std::mt19937::result_type>(resolved.seed));
        std::normal_distribution<float> normal(0.5f, 0.15f);
        start = Image(scene.size.width, scene.size.height, 3);
        for (float& value : start.pixels)
            value = std::min(1.0f, std::max(0.0f, normal(random)));
    } else {
        const Image& source =
            init == "style" ? prepared.styles.front().picture.color : prepared.initial;
        if (source.empty())
            throw Error(ErrorCode::invalid_option, "The start picture \"" + init +
                                                       "\" was not read; name a picture file, or "
                                                       "recolored, content, style or noise.");
        start = resize(source, scene.size);
    }
    return extend_by_reflection(start, scene.margin, scene.margin, scene.margin, scene.margin);
}

Roots roots_for(at::Device device) { return device.is_cpu() ? Roots::optimizer : Roots::products; }

std::unique_ptr<Optimizer> make_optimizer(const ManieraOptions& resolved, const at::Tensor& start,
                                          const StatePlaces& places) {
    const bool gatys = resolved.objective == MANIERA_OBJECTIVE_GATYS; // kept as published
    if (resolved.optimizer == MANIERA_OPTIMIZER_LBFGS)
        return make_lbfgs(gatys ? LbfgsConfig{} : LbfgsConfig{lbfgs_blur, lbfgs_stretch, true},
                          start, places);
    return make_adam({resolved.learning_rate, resolved.averaging}, start, places);
}

// Between scales the inner picture is enlarged and the margin follows from its new border: margins
// have the same width in pixels at every scale. One channel after the other: that takes less
// memory.
Resizer canvas_resizer(const Scene& from, const Scene& to) {
    return [&from, &to](const at::Tensor& t) {
        at::Tensor result =
            at::empty({1, t.size(1), to.size.height + 2 * to.margin, to.size.width + 2 * to.margin},
                      t.options(), at::MemoryFormat::ChannelsLast);
        for (std::int64_t channel = 0; channel < t.size(1); ++channel) {
            const at::Tensor inner = t.narrow(1, channel, 1)
                                         .narrow(2, from.margin, from.size.height)
                                         .narrow(3, from.margin, from.size.width)
                                         .contiguous();
            const at::Tensor grown = at::upsample_bicubic2d(inner, {to.size.height, to.size.width},
                                                            false, c10::nullopt, c10::nullopt);
            result.narrow(1, channel, 1)
                .copy_(at::reflection_pad2d(grown, {to.margin, to.margin, to.margin, to.margin}));
        }
        return result;
    };
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

Position load_position(const CheckpointReader& reader, const ManieraOptions& resolved,
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

// What a scale starts from: the painting enlarged, with some of the content's new detail.
at::Tensor grown_picture(const at::Tensor& painting, const Scene& from, const Scene& to,
                         bool with_detail) {
    if (!with_detail)
        return canvas_resizer(from, to)(painting).clamp_(0, 1);
    Image detail = resize(from.content, to.size);
    for (std::size_t i = 0; i < detail.pixels.size(); ++i)
        detail.pixels[i] = detail_share * (to.content.pixels[i] - detail.pixels[i]);
    detail = extend_by_reflection(detail, to.margin, to.margin, to.margin, to.margin);
    return to_tensor(std::move(detail), painting.device())
        .add_(canvas_resizer(from, to)(painting))
        .clamp_(0, 1);
}

} // namespace

ManieraOptions resolve(const ManieraOptions& options) {
    ManieraOptions resolved;
    maniera_options_resolve(&options, &resolved);
    return resolved;
}

struct Session::State {
    ManieraOptions options, resolved;
    Inputs inputs; // the content is the picture's that was painted last
    bool again;    // another picture may follow
    Placement placement;
    TermOptions terms;
    NetworkCost cost;
    std::unique_ptr<Network> network;
    StyleTargetCache targets;
};

Session::Session(const Model& model, Inputs inputs, const ManieraOptions& options,
                 std::size_t most_bytes) {
    const ManieraOptions resolved = resolve(options);
    check_styles(inputs, resolved);
    translating_errors([&] {
        const c10::InferenceMode no_autograd;
        const Placement placement = choose_placement(resolved, false);
        auto network = std::make_unique<Network>(model, network_config(resolved, model, placement));
        for (StyleInput& style : inputs.styles)
            fill_transparent(style.picture);
        const bool match = resolved.colors == MANIERA_COLORS_MATCH;
        state_.reset(new State{options, resolved, std::move(inputs), most_bytes > 0, placement,
                               term_options(resolved, roots_for(placement.device)),
                               network_cost(model, resolved), std::move(network),
                               StyleTargetCache(match ? 0 : most_bytes)});
    });
}

Session::~Session() = default;

Result stylize(const Model& model, Inputs inputs, const ManieraOptions& options,
               const ProgressCallback& progress, const CheckpointReader* from,
               const NoticeCallback& notice) {
    check_inputs(inputs, options);
    Picture content = std::move(inputs.content);
    return Session(model, std::move(inputs), options, 0)
        .stylize(std::move(content), progress, from, notice);
}

Result Session::stylize(Picture content, const ProgressCallback& progress,
                        const CheckpointReader* from, const NoticeCallback& notice) {
    check_content(content, state_->options);
    return translating_errors([&]() -> Result {
        const Clock::time_point start = Clock::now();
        const c10::InferenceMode no_autograd;
        Inputs& inputs = state_->inputs;
        const ManieraOptions& resolved = state_->resolved;
        const Placement& placement = state_->placement;
        const Network& network = *state_->network;
        const TermOptions& terms = state_->terms;
        prepare_content(content);
        inputs.content = std::move(content);
        Budget budget = make_budget(state_->cost, inputs, resolved, placement);
        Inputs recolored;
        const bool match = resolved.colors == MANIERA_COLORS_MATCH;
        if (match)
            recolored = prepare_inputs(state_->again ? inputs : std::move(inputs), resolved);
        const Inputs& prepared = match ? recolored : inputs;
        const std::vector<Size> sizes = run_scales(run_size(budget.content, resolved), resolved);
        // gatys is kept as published: no canvas beyond the picture, no detail between scales.
        const bool gatys = resolved.objective == MANIERA_OBJECTIVE_GATYS;
        const int margin = canvas_margin(resolved);
        const auto tell = [&](Notice kind, const std::string& text) {
            if (notice)
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
        tell(Notice::plan, ScaleMemory(budget, resolved, sizes.back(), {}).describe());
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
            return_holes(); // of the last scale's steps: 0.2 kB a pixel
            const double scale_start = seconds_since(start);
            ScaleMemory memory(budget, resolved, sizes[i], tell);
            Scene next;
            const auto set_scene = [&](Scene& it) {
                it.objective.reset();
                it = make_scene(network, terms, resolved, prepared, sizes[i], margin,
                                state_->targets, memory.plan());
            };
            memory.within([&] { set_scene(next); });
            const StatePlaces places = state_places(memory.plan());
            if (optimizer)
                optimizer->resize(grown_picture(optimizer->result(), scene, next, !gatys),
                                  canvas_resizer(scene, next), places);
            else
                optimizer = make_optimizer(
                    resolved, to_tensor(start_picture(prepared, resolved, next), placement.device),
                    places);
            scene = std::move(next);

            return_holes(); // of the making of targets: 0.1 kB a pixel
            const int steps = steps_at(resolved, i);
            optimizer->begin_scale(steps);
            if (from && i == begin.scale)
                load_state(*optimizer, *from, optimizer->result());
            int scene_tile = memory.plan().tile;
            const Function evaluate = [&](const at::Tensor& x) -> Slope {
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
                report.picture = [&] {
                    return finish(scene, resolved, painting_on(optimizer->result(), scene));
                };
                if (swap.begins())
                    tell(Notice::swapping,
                         "The machine has begun to swap, which makes painting many times slower: "
                         "close other programs, or stop and paint with a smaller --memory.");
                const bool last = i + 1 == sizes.size() && step == steps;
                const bool in_time = resolved.time_limit <= 0 || here < resolved.time_limit;
                report.last = last || !in_time;
                report.save = [&](CheckpointWriter& writer) {
                    save_position({i, step, result.steps, seconds, result.loss,
                                   static_cast<double>(budget.bytes)},
                                  writer);
                    save_state(*optimizer, writer);
                };
                const bool go_on = !progress || progress(report);
                result.complete = last || (go_on && in_time);
            }
            result.scale_seconds.push_back(seconds_since(start) - scale_start);
            if (result.complete)
                optimizer->end_scale();
        }
        scene.objective.reset();
        at::Tensor canvas = optimizer->result();
        optimizer.reset();
        Image painting = painting_on(canvas, scene);
        canvas = at::Tensor();
        if (!(scene.size == sizes.back())) { // stopped early: the same at the full size
            Scene full;
            full.size = sizes.back();
            full.own_content = resize(prepared.content, full.size).color;
            full.content = full.own_content;
            full.coverage = make_coverage(terms, prepared, full.size);
            result.picture.color = finish(full, resolved, resize(painting, full.size));
        } else {
            result.picture.color = finish(scene, resolved, std::move(painting));
        }
        if (!prepared.content.alpha.empty())
            result.picture.alpha = resize(prepared.content.alpha, sizes.back());
        result.seconds = begin.seconds + seconds_since(start);
        return result;
    });
}

Measurement measure(const Model& model, const Picture& picture, const Inputs& inputs,
                    const ManieraOptions& options) {
    check_pixels(picture, "picture");
    check_inputs(inputs, options);
    const ManieraOptions resolved = resolve(options);
    return translating_errors([&]() -> Measurement {
        const c10::InferenceMode no_autograd;
        const Placement placement = choose_placement(resolved, true);
        const Network network(model, network_config(resolved, model, placement));
        const Size size = run_size({picture.color.width, picture.color.height}, resolved);
        const Inputs prepared = prepare_inputs(inputs, resolved);
        const ScaleMemory memory(
            make_budget(network_cost(model, resolved), inputs, resolved, placement), resolved, size,
            {});
        const Scene scene = make_scene(network, term_options(resolved, Roots::exact), resolved,
                                       prepared, size, 0, memory.plan());
        Picture filled = picture;
        fill_transparent(filled);
        const Evaluation e =
            scene.objective->evaluate(to_tensor(resize(filled, size).color, placement.device));

        Measurement result;
        result.total = e.total.item<double>();
        for (const auto& [layer, value] : e.content)
            result.content.emplace_back(layer, value.item<double>());
        for (const auto& [layer, value] : e.style)
            result.style.emplace_back(layer, value.item<double>());
        result.smoothness = e.smoothness.item<double>();
        const at::Tensor gradient = e.gradient.to(at::kDouble);
        result.gradient_l2 = gradient.square().sum().sqrt().item<double>();
        result.gradient_max = gradient.abs().max().item<double>();
        result.width = size.width;
        result.height = size.height;
        result.precision = precision_name(placement);
        return result;
    });
}

} // namespace maniera
