// SPDX-License-Identifier: GPL-3.0-or-later
// Kingma and Ba 2015 for Adam, Nocedal 1980 (two-loop recursion) for L-BFGS.

#include "core/optimizer/optimizer.h"

#include "core/distributed/collectives.h"
#include "core/memory/offloaded_tensor.h"
#include "core/network/tensors.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/clamp.h>
#include <ATen/ops/full.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/where.h>
#include <ATen/ops/zeros_like.h>

#include <cmath>
#include <deque>

namespace maniera {
namespace {

// What tells that no part of it is other than finite: a sum is not when any part is not. Of this
// rank's band.
at::Tensor finite_check(const ValueAndGradient& evaluation) {
    return evaluation.value + evaluation.gradient.sum(at::kDouble);
}

double pixels_of(const RowPartition& bands) {
    return static_cast<double>(bands.picture.width) * bands.picture.height;
}

// The binomial (1 2 1)/4 along both sides of the pictures, edges repeated: symmetric, and without
// negative eigenvalues, as an inverse Hessian must be.
at::Tensor blurred(const at::Tensor& pictures) {
    at::Tensor result = pictures;
    for (const std::int64_t side : {2, 3}) {
        const std::int64_t others = result.size(side) - 1;
        at::Tensor sum = result * 2;
        sum.narrow(side, 1, others).add_(result.narrow(side, 0, others));
        sum.narrow(side, 0, others).add_(result.narrow(side, 1, others));
        sum.narrow(side, 0, 1).add_(result.narrow(side, 0, 1));
        sum.narrow(side, others, 1).add_(result.narrow(side, others, 1));
        result = sum.mul_(0.25);
    }
    return result;
}

// Calls f(begin, values) for parts of `kept`, in the order of memory, each blurred as part of the
// whole. Rows beside a part are read again.
template <typename F>
void for_blurred_bands(const OffloadedTensor& kept, const NeighborRows& edges, const F& f) {
    const auto rows = static_cast<int>(kept.sizes()[2]),
               columns = static_cast<int>(kept.sizes()[3]);
    if (rows == 0)
        return;
    const std::int64_t row = kept.count() / rows;
    for_bands(rows, std::max<std::int64_t>(1, band_values / row),
              [&](std::int64_t begin, std::int64_t end) {
                  const int top = std::max(0, static_cast<int>(begin) - 1);
                  const int bottom = std::min(rows, static_cast<int>(end) + 1);
                  std::vector<at::Tensor> parts = {kept.read(Window{{0, columns}, {top, bottom}})};
                  const bool above = begin == 0 && edges.above.defined();
                  if (above)
                      parts.insert(parts.begin(), edges.above);
                  if (end == rows && edges.below.defined())
                      parts.push_back(edges.below);
                  const at::Tensor band = blurred(parts.size() == 1 ? parts[0] : at::cat(parts, 2))
                                              .narrow(2, above ? 1 : begin - top, end - begin);
                  f(begin * row, band.permute({0, 2, 3, 1}).reshape({-1}));
              });
}

// A start picture as an optimiser keeps it: what it will change in place must be its own.
OffloadedTensor own(const at::Tensor& start, const std::string& folder) {
    return OffloadedTensor(folder.empty() ? start.clone() : start, folder);
}

// From memory into a file, where a folder is given.
void spill_to(const std::string& folder, OffloadedTensor& kept) {
    if (!folder.empty() && !kept.empty() && !kept.in_file())
        kept = OffloadedTensor(kept.whole(), folder);
}

class Adam : public Optimizer {
public:
    Adam(const AdamConfig& config, const at::Tensor& start, const OffloadDirs& places,
         const RowPartition& bands)
        : config_(config) {
        begin_at(start, places, bands);
        first_ = OffloadedTensor(at::zeros_like(start), places.learnt);
        second_ = OffloadedTensor(at::zeros_like(start), places.learnt);
    }

    void begin_scale(int steps) override {
        scale_steps_ = steps;
        scale_step_ = 0;
    }

    void end_scale() override {}

    double step(const Function& evaluate) override {
        ValueAndGradient evaluation = evaluate(x_.whole());
        ++scale_step_;
        const std::vector<double> seen =
            read_back({evaluation.value, all_reduce_sum(*bands_.comm, finite_check(evaluation))});
        if (!std::isfinite(seen[1]))
            return seen[0];
        const OffloadedTensor gradient(std::move(evaluation.gradient), "");
        const double pixels = pixels_of(bands_);
        ++steps_;
        ++averaged_;
        const double correction1 = 1 - std::pow(beta1, steps_);
        const double correction2 = 1 - std::pow(beta2, steps_);
        for_bands(x_, [&](std::int64_t begin, std::int64_t end) {
            const at::Tensor g = gradient.read(begin, end) * pixels;
            at::Tensor first = first_.read(begin, end), second = second_.read(begin, end);
            first_.write(begin, first.mul_(beta1).add_(g, 1 - beta1));
            second_.write(begin, second.mul_(beta2).addcmul_(g, g, 1 - beta2));
            const at::Tensor denominator = (second / correction2).sqrt_().add_(epsilon);
            at::Tensor x = x_.read(begin, end), average = average_.read(begin, end);
            x_.write(begin, x.addcdiv_(first, denominator, -rate() / correction1).clamp_(0, 1));
            average_.write(begin, average.mul_(config_.averaging).add_(x, 1 - config_.averaging));
        });
        return seen[0];
    }

    at::Tensor result() const override {
        if (averaged_ == 0)
            return x_.copy();
        return average_.copy().div_(1 - std::pow(config_.averaging, averaged_)).clamp_(0, 1);
    }

    void offload(const OffloadDirs& places) override {
        spill_to(places.vectors, x_);
        for (OffloadedTensor* kept : {&first_, &second_, &average_})
            spill_to(places.learnt, *kept);
    }

    void resize(at::Tensor start, const Resizer& resize, const OffloadDirs& places,
                const RowPartition& bands) override {
        begin_at(start, places, bands);
        start.reset();
        first_ = OffloadedTensor(resize(first_.whole()), places.learnt);
        second_ = OffloadedTensor(resize(second_.whole()).clamp_min_(0),
                                  places.learnt); // bicubic overshoots
    }

    void visit(StateVisitor& visitor) override {
        visitor.tensor("x", x_, places_.vectors);
        visitor.tensor("first moment", first_, places_.learnt);
        visitor.tensor("second moment", second_, places_.learnt);
        visitor.tensor("average", average_, places_.learnt);
        visitor.count("adam steps", steps_);
        visitor.count("averaged", averaged_);
        visitor.count("scale step", scale_step_);
        visitor.count("scale steps", scale_steps_);
    }

private:
    static constexpr double beta1 = 0.9, beta2 = 0.99, epsilon = 1e-8;

    void begin_at(const at::Tensor& start, const OffloadDirs& places, const RowPartition& bands) {
        places_ = places;
        bands_ = bands;
        x_ = own(start, places.vectors);
        average_ = OffloadedTensor(at::zeros_like(start), places.learnt);
        averaged_ = 0;
    }

    double rate() const {
        const double position =
            scale_steps_ > 1 ? static_cast<double>(scale_step_ - 1) / (scale_steps_ - 1) : 0;
        const double fall = 0.5 * (1 + std::cos(M_PI * std::min(1.0, position)));
        return config_.rate * (0.1 + 0.9 * fall);
    }

    AdamConfig config_;
    OffloadDirs places_;
    RowPartition bands_;
    OffloadedTensor x_, first_, second_, average_;
    int steps_ = 0; // over all scales: the moments go on
    int averaged_ = 0;
    int scale_step_ = 0, scale_steps_ = 1;
};

class Lbfgs : public Optimizer {
public:
    Lbfgs(const LbfgsConfig& config, const at::Tensor& start, const OffloadDirs& places,
          const RowPartition& bands)
        : config_(config), places_(places), bands_(bands), x_(own(start, places.vectors)) {}

    void begin_scale(int) override {}

    void end_scale() override {
        if (!direction_.empty() && !failed_)
            x_ = OffloadedTensor(next().whole(), places_.vectors);
        gradient_ = OffloadedTensor();
        direction_ = OffloadedTensor();
    }

    double step(const Function& evaluate) override {
        if (direction_.empty()) {
            ValueAndGradient evaluation = evaluate(x_.whole());
            const std::vector<double> seen = read_back(
                {evaluation.value, all_reduce_sum(*bands_.comm, finite_check(evaluation))});
            if (std::isfinite(seen[1])) { // else there is nowhere to go from here
                accept(seen[0], evaluation);
                aim();
            }
            return seen[0];
        }
        OffloadedTensor trial = next();
        ValueAndGradient evaluation = evaluate(trial.whole());
        OffloadedTensor move = difference(trial, x_, places_.learnt);
        OffloadedTensor turn =
            difference(OffloadedTensor(evaluation.gradient, ""), gradient_, places_.learnt);
        enum { value, descent, length, largest, astray, finite, rise, sy, ss, yy };
        const at::Tensor sums = all_reduce_sum(
            *bands_.comm, at::stack({finite_check(evaluation), dot(gradient_, move),
                                     dot(move, turn), dot(move, move), dot(turn, turn)}));
        std::vector<at::Tensor> numbers = {evaluation.value, descent_, length_, largest_, astray_};
        for (std::int64_t i = 0; i < sums.numel(); ++i)
            numbers.push_back(sums.select(0, i));
        const std::vector<double> seen = read_back(numbers);
        if (seen[astray] != 0)
            pairs_.clear();
        // Armijo's condition with the usual slack. Clamping may turn a move uphill.
        const double promised = 1e-4 * std::min(0.0, seen[rise]);
        if (!std::isfinite(seen[finite]) || seen[value] > value_ + promised) {
            shorten(seen[value], seen[descent], seen[length], seen[largest]);
            return seen[value];
        }
        learn(std::move(move), std::move(turn), {seen[sy], seen[ss], seen[yy]});
        x_ = OffloadedTensor(trial.whole(), places_.vectors);
        trial = OffloadedTensor();
        accept(seen[value], evaluation);
        aim();
        return seen[value];
    }

    at::Tensor result() const override { return x_.copy().clamp_(0, 1); }

    void offload(const OffloadDirs& places) override {
        for (OffloadedTensor* kept : {&x_, &gradient_, &direction_})
            spill_to(places.vectors, *kept);
        for (Pair& pair : pairs_) {
            spill_to(places.learnt, pair.s);
            spill_to(places.learnt, pair.y);
        }
    }

    void resize(at::Tensor start, const Resizer& resize, const OffloadDirs& places,
                const RowPartition& bands) override {
        const double before = pixels_of(bands_);
        settle();
        places_ = places;
        bands_ = bands;
        x_ = own(start, places.vectors);
        start.reset();
        gradient_ = OffloadedTensor();
        direction_ = OffloadedTensor();
        // What was learnt about the objective's curvature holds at the next size too. Gradients of
        // means are smaller where there are more pixels.
        const double shrink = before / pixels_of(bands_);
        std::deque<Pair> old;
        old.swap(pairs_);
        for (; !old.empty(); old.pop_front()) {
            OffloadedTensor s(resize(old.front().s.whole()), places.learnt);
            OffloadedTensor y(resize(old.front().y.whole()), places.learnt);
            multiply(y, shrink);
            const at::Tensor all =
                all_reduce_sum(*bands_.comm, at::stack({dot(s, y), dot(s, s), dot(y, y)}));
            const std::vector<double> dots =
                read_back({all.select(0, 0), all.select(0, 1), all.select(0, 2)});
            learn(std::move(s), std::move(y), {dots[0], dots[1], dots[2]});
        }
    }

    void visit(StateVisitor& visitor) override {
        settle();
        visitor.tensor("x", x_, places_.vectors);
        visitor.tensor("gradient", gradient_, places_.vectors);
        visitor.tensor("direction", direction_, places_.vectors);
        visitor.number("value", value_);
        std::vector<double> line = direction_.empty() || !length_.defined()
                                       ? std::vector<double>{0, 1}
                                       : read_back({descent_, length_});
        visitor.number("descent", line[0]);
        visitor.number("length", line[1]);
        if (!direction_.empty()) {
            descent_ = on_device(line[0]);
            length_ = on_device(line[1]);
            largest_ = all_largest(direction_);
            astray_ = on_device(0);
        }
        visitor.count("failed", failed_);
        std::size_t pairs = pairs_.size();
        visitor.count("pairs", pairs);
        pairs_.resize(std::min(pairs, memory));
        for (std::size_t i = 0; i < pairs_.size(); ++i) {
            const std::string name = "pair " + std::to_string(i);
            visitor.tensor(name + " s", pairs_[i].s, places_.learnt);
            visitor.tensor(name + " y", pairs_[i].y, places_.learnt);
            visitor.number(name + " rho", pairs_[i].rho);
        }
    }

private:
    struct Pair {
        OffloadedTensor s, y;
        double rho;
    };
    static constexpr std::size_t memory = 6; // 10 gets no lower in runs as short as ours

    // Of a pair: s y, s s and y y.
    struct Dots {
        double sy, ss, yy;
    };

    at::Tensor on_device(double number) const {
        return at::full({}, number, x_.options().dtype(at::kDouble));
    }

    // Of all ranks.
    at::Tensor all_dot(const OffloadedTensor& a, const OffloadedTensor& b) const {
        return all_reduce_sum(*bands_.comm, dot(a, b));
    }
    at::Tensor all_largest(const OffloadedTensor& kept) const {
        return maniera::all_reduce_max(*bands_.comm,
                                       kept.count() > 0 ? maniera::largest(kept) : on_device(0));
    }

    // At x_; every accepted step is lower than the last. Takes the gradient.
    void accept(double value, ValueAndGradient& evaluation) {
        direction_ = OffloadedTensor();
        value_ = value;
        gradient_ = OffloadedTensor(evaluation.gradient, places_.vectors);
        evaluation.gradient = at::Tensor();
        failed_ = false;
    }

    void learn(OffloadedTensor s, OffloadedTensor y, const Dots& dots) {
        if (!(dots.sy > 1e-10 * std::sqrt(dots.ss * dots.yy)))
            return;
        if (pairs_.size() == memory)
            pairs_.pop_front();
        pairs_.push_back({std::move(s), std::move(y), 1 / dots.sy});
    }

    // Forgets what was learnt and follows the gradient.
    void restart() {
        pairs_.clear();
        direction_ = OffloadedTensor(gradient_.copy().neg_(), places_.vectors);
        descent_ = -all_dot(gradient_, gradient_);
        largest_ = all_largest(direction_);
        astray_ = on_device(0);
    }

    // Between steps: reads what no step has read yet. The state is whole afterwards: a visitor may
    // throw, as when a checkpoint finds no room, and the run goes on.
    void settle() {
        if (!astray_.defined() || read_back({astray_})[0] == 0)
            return;
        pairs_.clear();
        astray_ = on_device(0);
    }

    // What is tried next, in memory.
    OffloadedTensor next() const {
        OffloadedTensor trial(x_.sizes(), x_.options(), "");
        for_bands(trial, [&](std::int64_t begin, std::int64_t end) {
            at::Tensor x = x_.read(begin, end) + direction_.read(begin, end) * length_;
            trial.write(begin, config_.bounded ? x.clamp_(0, 1) : x);
        });
        return trial;
    }

    // The first guess of the inverse Hessian, but for a factor, times what is kept: f(begin,
    // values) for bands of it.
    template <typename F>
    void guess(const OffloadedTensor& kept, const F& f) const {
        const auto mixed = [&](std::int64_t begin, const at::Tensor& blur) {
            const at::Tensor values = kept.read(begin, begin + blur.numel());
            f(begin, values + (blur - values).mul_(config_.blur));
        };
        if (config_.blur > 0)
            for_blurred_bands(kept, exchange_neighbor_rows(bands_, kept), mixed);
        else
            for_bands(kept, [&](std::int64_t begin, std::int64_t end) {
                f(begin, kept.read(begin, end));
            });
    }

    void aim() {
        OffloadedTensor q(gradient_.copy().neg_(), "");
        std::vector<at::Tensor> alphas(pairs_.size());
        for (std::size_t i = pairs_.size(); i-- > 0;) {
            alphas[i] = all_dot(pairs_[i].s, q) * pairs_[i].rho;
            add(q, pairs_[i].y, -alphas[i]);
        }
        OffloadedTensor guessed(q.sizes(), q.options(), "");
        guess(q,
              [&](std::int64_t begin, const at::Tensor& values) { guessed.write(begin, values); });
        q = std::move(guessed);
        if (!pairs_.empty()) {
            const Pair& last = pairs_.back();
            at::Tensor product = on_device(0);
            guess(last.y, [&](std::int64_t begin, const at::Tensor& values) {
                const at::Tensor y = last.y.read(begin, begin + values.numel());
                product += (y * values).sum(at::kDouble);
            });
            product = all_reduce_sum(*bands_.comm, product);
            multiply(q, product.reciprocal() * (config_.stretch / last.rho));
        }
        for (std::size_t i = 0; i < pairs_.size(); ++i)
            add(q, pairs_[i].s, alphas[i] - all_dot(pairs_[i].y, q) * pairs_[i].rho);
        // Uphill, by rounding: what was learnt is to be forgotten and the gradient followed. The
        // host hears of it when it next reads.
        const at::Tensor evaluation = all_dot(gradient_, q), downhill = evaluation < 0;
        for_bands(q, [&](std::int64_t begin, std::int64_t end) {
            q.write(begin, at::where(downhill, q.read(begin, end), -gradient_.read(begin, end)));
        });
        direction_ = OffloadedTensor(q.whole(), places_.vectors);
        descent_ = at::where(downhill, evaluation, -all_dot(gradient_, gradient_));
        largest_ = all_largest(direction_);
        astray_ = downhill.logical_not().to(at::kDouble);
        // Without curvature the gradient's size says nothing: move the picture by about a level.
        const at::Tensor careful = first_move / largest_.clamp_min(1e-30);
        length_ = pairs_.empty() ? careful : at::where(downhill, on_device(1), careful);
    }

    // Of the trial that failed: the value seen; of its direction: what aim() left.
    void shorten(double seen, double descent, double length, double largest) {
        failed_ = true;
        // The parabola through what is known, kept within a tenth and a half.
        const double rise = seen - value_ - descent * length;
        const double best =
            std::isfinite(rise) && rise > 0 ? -descent * length * length / (2 * rise) : length / 10;
        length = std::min(length / 2, std::max(length / 10, best));
        length_ = on_device(length);
        if (length * largest < 1e-7) { // no pixel would change
            restart();
            length_ = first_move / 100 / largest_.clamp_min(1e-30);
        }
    }

    static constexpr double first_move = 0.05; // of [0,1], for the pixel that moves most

    LbfgsConfig config_;
    OffloadDirs places_;
    RowPartition bands_;
    OffloadedTensor x_, gradient_, direction_; // no direction: the next step evaluates x_ itself
    double value_ = 0;
    bool failed_ = false; // the last trial
    // Of the direction, 0-dimensional, float64, where the picture is: a step reads them together
    // with what it has evaluated.
    at::Tensor descent_; // the gradient's product with it
    at::Tensor length_;  // how far along it is tried
    at::Tensor largest_; // its largest component
    at::Tensor astray_;  // 1: the pairs led uphill, and it is the gradient turned round
    std::deque<Pair> pairs_;
};

} // namespace

std::unique_ptr<Optimizer> make_adam(const AdamConfig& config, const at::Tensor& start,
                                     const OffloadDirs& places, const RowPartition& bands) {
    return std::make_unique<Adam>(config, start, places, bands);
}

std::unique_ptr<Optimizer> make_lbfgs(const LbfgsConfig& config, const at::Tensor& start,
                                      const OffloadDirs& places, const RowPartition& bands) {
    return std::make_unique<Lbfgs>(config, start, places, bands);
}

} // namespace maniera
