// SPDX-License-Identifier: GPL-3.0-or-later
// L-BFGS: the two-loop recursion of Nocedal 1980 with a backtracking line search.

#include "core/optimizer/optimizer.h"

#include "core/base/interruption.h"
#include "core/distributed/collectives.h"
#include "core/error.h"
#include "core/memory/offloaded_tensor.h"
#include "core/network/tensors.h"
#include "core/optimizer/step_support.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/full.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/where.h>

#include <cmath>
#include <deque>

namespace maniera {
namespace {

// The binomial filter (1 2 1)/4 along both axes, edges repeated or, of columns, the other end
// beyond them: symmetric and positive semidefinite, as an inverse Hessian must be.
at::Tensor blurred(const at::Tensor& pictures, bool wraps_x) {
    at::Tensor result = pictures;
    for (const std::int64_t side : {2, 3}) {
        const std::int64_t others = result.size(side) - 1;
        const bool wraps = side == 3 && wraps_x;
        at::Tensor sum = result * 2;
        sum.narrow(side, 1, others).add_(result.narrow(side, 0, others));
        sum.narrow(side, 0, others).add_(result.narrow(side, 1, others));
        sum.narrow(side, 0, 1).add_(result.narrow(side, wraps ? others : 0, 1));
        sum.narrow(side, others, 1).add_(result.narrow(side, wraps ? 0 : others, 1));
        result = sum.mul_(0.25);
    }
    return result;
}

// Calls f(begin, values) for parts of the blurred tensor, in the order of memory. Rows beside a
// part are read again.
template <typename F>
void for_blurred_bands(const OffloadedTensor& tensor, const NeighborRows& edges, bool wraps_x,
                       const F& f) {
    const auto rows = static_cast<int>(tensor.sizes()[2]),
               columns = static_cast<int>(tensor.sizes()[3]);
    if (rows == 0)
        return;
    const std::int64_t row = tensor.count() / rows;
    for_bands(
        rows, std::max<std::int64_t>(1, band_values / row),
        [&](std::int64_t begin, std::int64_t end) {
            const int top = std::max(0, static_cast<int>(begin) - 1);
            const int bottom = std::min(rows, static_cast<int>(end) + 1);
            std::vector<at::Tensor> parts = {tensor.read(Window{{0, columns}, {top, bottom}})};
            const bool above = begin == 0 && edges.above.defined();
            if (above)
                parts.insert(parts.begin(), edges.above);
            if (end == rows && edges.below.defined())
                parts.push_back(edges.below);
            const at::Tensor band =
                blurred(parts.size() == 1 ? parts[0] : at::cat(parts, 2), wraps_x)
                    .narrow(2, above ? 1 : begin - top, end - begin);
            f(begin * row, band.permute({0, 2, 3, 1}).reshape({-1}));
        });
}

class Lbfgs : public Optimizer {
public:
    Lbfgs(const LbfgsConfig& config, const at::Tensor& start, const OffloadDirs& dirs,
          const RowPartition& bands)
        : config_(config), dirs_(dirs), bands_(bands), x_(owned(start, dirs.vectors)) {}

    void begin_scale(int) override {}

    void end_scale() override {
        if (!direction_.empty() && !failed_)
            x_ = OffloadedTensor(next().whole(), dirs_.vectors);
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
                compute_direction();
            }
            return seen[0];
        }
        OffloadedTensor trial = next();
        ValueAndGradient evaluation = evaluate(trial.whole());
        OffloadedTensor s = difference(trial, x_, dirs_.history);
        OffloadedTensor y =
            difference(OffloadedTensor(evaluation.gradient, ""), gradient_, dirs_.history);
        enum { value, slope, length, largest, uphill, finite, rise, sy, ss, yy };
        const at::Tensor sums =
            all_reduce_sum(*bands_.comm, at::stack({finite_check(evaluation), dot(gradient_, s),
                                                    dot(s, y), dot(s, s), dot(y, y)}));
        std::vector<at::Tensor> numbers = {evaluation.value, slope_, length_, largest_, uphill_};
        for (std::int64_t i = 0; i < sums.numel(); ++i)
            numbers.push_back(sums.select(0, i));
        const std::vector<double> seen = read_back(numbers);
        if (seen[uphill] != 0)
            pairs_.clear();
        // The Armijo condition (Nocedal and Wright 2006, eq. 3.4) with c = 1e-4. Clamping may turn
        // a step uphill.
        const double allowed = 1e-4 * std::min(0.0, seen[rise]);
        if (!std::isfinite(seen[finite]) || seen[value] > value_ + allowed) {
            backtrack(seen[value], seen[slope], seen[length], seen[largest]);
            return seen[value];
        }
        update_history(std::move(s), std::move(y), {seen[sy], seen[ss], seen[yy]});
        x_ = OffloadedTensor(trial.whole(), dirs_.vectors);
        trial = OffloadedTensor();
        accept(seen[value], evaluation);
        compute_direction();
        return seen[value];
    }

    at::Tensor result() const override { return x_.copy().clamp_(0, 1); }

    void offload(const OffloadDirs& dirs) override {
        for (OffloadedTensor* tensor : {&x_, &gradient_, &direction_})
            offload_to(dirs.vectors, *tensor);
        for (Pair& pair : pairs_) {
            offload_to(dirs.history, pair.s);
            offload_to(dirs.history, pair.y);
        }
    }

    void resize(at::Tensor start, const Resizer& resize, const OffloadDirs& dirs,
                const RowPartition& bands) override {
        const double before = pixels_of(bands_);
        settle();
        dirs_ = dirs;
        bands_ = bands;
        x_ = owned(start, dirs.vectors);
        start.reset();
        gradient_ = OffloadedTensor();
        direction_ = OffloadedTensor();
        // The curvature holds at the next size too. Gradients of means are smaller where there are
        // more pixels.
        const double shrink = before / pixels_of(bands_);
        std::deque<Pair> old;
        old.swap(pairs_);
        for (; !old.empty(); old.pop_front()) {
            OffloadedTensor s(resize(old.front().s.whole()), dirs.history);
            OffloadedTensor y(resize(old.front().y.whole()), dirs.history);
            multiply(y, shrink);
            const at::Tensor all =
                all_reduce_sum(*bands_.comm, at::stack({dot(s, y), dot(s, s), dot(y, y)}));
            const std::vector<double> dots =
                read_back({all.select(0, 0), all.select(0, 1), all.select(0, 2)});
            update_history(std::move(s), std::move(y), {dots[0], dots[1], dots[2]});
        }
    }

    void visit(StateVisitor& visitor) override {
        settle();
        visitor.tensor("x", x_, dirs_.vectors);
        visitor.tensor("gradient", gradient_, dirs_.vectors, true);
        visitor.tensor("direction", direction_, dirs_.vectors, true);
        if (!direction_.empty() && gradient_.empty()) // which no state that was saved is
            throw Error(ErrorCode::invalid_request, "The checkpoint lacks gradient; it was made by "
                                                    "another Maniera.");
        visitor.number("value", value_);
        std::vector<double> line = direction_.empty() || !length_.defined()
                                       ? std::vector<double>{0, 1}
                                       : read_back({slope_, length_});
        visitor.number("descent", line[0]);
        visitor.number("length", line[1]);
        if (!direction_.empty()) {
            slope_ = on_device(line[0]);
            length_ = on_device(line[1]);
            largest_ = all_largest(direction_);
            uphill_ = on_device(0);
        }
        visitor.count("failed", failed_);
        std::size_t pairs = pairs_.size();
        visitor.count("pairs", pairs);
        pairs_.resize(std::min(pairs, memory));
        for (std::size_t i = 0; i < pairs_.size(); ++i) {
            const std::string name = "pair " + std::to_string(i);
            visitor.tensor(name + " s", pairs_[i].s, dirs_.history);
            visitor.tensor(name + " y", pairs_[i].y, dirs_.history);
            visitor.number(name + " rho", pairs_[i].rho);
        }
    }

private:
    struct Pair {
        OffloadedTensor s, y;
        double rho;
    };
    static constexpr std::size_t memory = 6; // 10 gets no lower in runs this short

    // Dot products of a curvature pair.
    struct Dots {
        double sy, ss, yy;
    };

    at::Tensor on_device(double number) const {
        return at::full({}, number, x_.options().dtype(at::kDouble));
    }

    // Over all ranks.
    at::Tensor all_dot(const OffloadedTensor& a, const OffloadedTensor& b) const {
        return all_reduce_sum(*bands_.comm, dot(a, b));
    }
    at::Tensor all_largest(const OffloadedTensor& tensor) const {
        return maniera::all_reduce_max(*bands_.comm, tensor.count() > 0 ? maniera::largest(tensor)
                                                                        : on_device(0));
    }

    // At x_; every accepted step is lower than the last. Takes the gradient.
    void accept(double value, ValueAndGradient& evaluation) {
        direction_ = OffloadedTensor();
        uphill_ = at::Tensor();
        value_ = value;
        gradient_ = OffloadedTensor(evaluation.gradient, dirs_.vectors);
        evaluation.gradient = at::Tensor();
        failed_ = false;
    }

    // Stores the curvature pair s = x_{k+1} - x_k, y = g_{k+1} - g_k, if its curvature is positive.
    void update_history(OffloadedTensor s, OffloadedTensor y, const Dots& dots) {
        if (!(dots.sy > 1e-10 * std::sqrt(dots.ss * dots.yy)))
            return;
        if (pairs_.size() == memory)
            pairs_.pop_front();
        pairs_.push_back({std::move(s), std::move(y), 1 / dots.sy});
    }

    // Clears the history and follows the negative gradient.
    void restart() {
        pairs_.clear();
        direction_ = OffloadedTensor(gradient_.copy().neg_(), dirs_.vectors);
        slope_ = -all_dot(gradient_, gradient_);
        largest_ = all_largest(direction_);
        uphill_ = on_device(0);
    }

    // Between steps: acts on a flag that no step has read yet. The state is consistent afterwards,
    // since a visitor may throw, as when a checkpoint finds no room, and the run goes on.
    void settle() {
        if (!uphill_.defined() || read_back({uphill_})[0] == 0)
            return;
        pairs_.clear();
        uphill_ = on_device(0);
    }

    // The next trial, in memory.
    OffloadedTensor next() const {
        OffloadedTensor trial(x_.sizes(), x_.options(), "");
        for_bands(trial, [&](std::int64_t begin, std::int64_t end) {
            at::Tensor x = x_.read(begin, end) + direction_.read(begin, end) * length_;
            trial.write(begin, config_.bounded ? x.clamp_(0, 1) : x);
        });
        return trial;
    }

    // The initial inverse Hessian, but for a factor, times a tensor: f(begin, values) for bands of
    // the product.
    template <typename F>
    void apply_initial_hessian(const OffloadedTensor& tensor, const F& f) const {
        const auto mixed = [&](std::int64_t begin, const at::Tensor& blur) {
            const at::Tensor values = tensor.read(begin, begin + blur.numel());
            f(begin, values + (blur - values).mul_(config_.blur));
        };
        if (config_.blur > 0)
            for_blurred_bands(tensor, exchange_neighbor_rows(bands_, tensor, config_.wrap.y),
                              config_.wrap.x, mixed);
        else
            for_bands(tensor, [&](std::int64_t begin, std::int64_t end) {
                f(begin, tensor.read(begin, end));
            });
    }

    // At 24 megapixels a direction takes 4 s. Without one the next step evaluates x_ again, and
    // finds the same; but ranks would wait for each other's sums.
    void may_be_interrupted() const {
        if (bands_.comm->size() == 1)
            check_interruption();
    }

    // The two-loop recursion (Nocedal and Wright 2006, algorithm 7.4), and what the line search
    // needs. Throws Interrupted.
    void compute_direction() {
        OffloadedTensor q(gradient_.copy().neg_(), "");
        std::vector<at::Tensor> alphas(pairs_.size());
        for (std::size_t i = pairs_.size(); i-- > 0;) {
            may_be_interrupted();
            alphas[i] = all_dot(pairs_[i].s, q) * pairs_[i].rho;
            add(q, pairs_[i].y, -alphas[i]);
        }
        may_be_interrupted();
        OffloadedTensor product(q.sizes(), q.options(), "");
        apply_initial_hessian(
            q, [&](std::int64_t begin, const at::Tensor& values) { product.write(begin, values); });
        q = std::move(product);
        may_be_interrupted();
        if (!pairs_.empty()) {
            const Pair& last = pairs_.back();
            at::Tensor yhy = on_device(0);
            apply_initial_hessian(last.y, [&](std::int64_t begin, const at::Tensor& values) {
                const at::Tensor y = last.y.read(begin, begin + values.numel());
                yhy += (y * values).sum(at::kDouble);
            });
            yhy = all_reduce_sum(*bands_.comm, yhy);
            multiply(q, yhy.reciprocal() * (config_.stretch / last.rho));
        }
        for (std::size_t i = 0; i < pairs_.size(); ++i) {
            may_be_interrupted();
            add(q, pairs_[i].s, alphas[i] - all_dot(pairs_[i].y, q) * pairs_[i].rho);
        }
        may_be_interrupted();
        // Rounding may make it uphill. Then the negative gradient is followed and the history is
        // cleared when the host next reads from the device.
        const at::Tensor evaluation = all_dot(gradient_, q), downhill = evaluation < 0;
        for_bands(q, [&](std::int64_t begin, std::int64_t end) {
            q.write(begin, at::where(downhill, q.read(begin, end), -gradient_.read(begin, end)));
        });
        may_be_interrupted();
        slope_ = at::where(downhill, evaluation, -all_dot(gradient_, gradient_));
        may_be_interrupted();
        largest_ = all_largest(q);
        may_be_interrupted();
        direction_ = OffloadedTensor(q.whole(), dirs_.vectors);
        uphill_ = downhill.logical_not().to(at::kDouble);
        // Without curvature the gradient has no scale: a small step for the pixel that moves most.
        const at::Tensor careful = first_move / largest_.clamp_min(1e-30);
        length_ = pairs_.empty() ? careful : at::where(downhill, on_device(1), careful);
    }

    // Backtracking line search: `seen` is the value of the failed trial.
    void backtrack(double seen, double slope, double length, double largest) {
        failed_ = true;
        // The minimum of the interpolating parabola, at least a tenth and at most half the length
        // (Nocedal and Wright 2006, eq. 3.57 and 3.58).
        const double rise = seen - value_ - slope * length;
        const double best =
            std::isfinite(rise) && rise > 0 ? -slope * length * length / (2 * rise) : length / 10;
        length = std::min(length / 2, std::max(length / 10, best));
        length_ = on_device(length);
        if (length * largest < 1e-7) { // no pixel would change
            restart();
            length_ = first_move / 100 / largest_.clamp_min(1e-30);
        }
    }

    static constexpr double first_move = 0.05; // of [0,1], for the pixel that moves most

    LbfgsConfig config_;
    OffloadDirs dirs_;
    RowPartition bands_;
    OffloadedTensor x_, gradient_, direction_; // empty direction: the next step evaluates x_
    double value_ = 0;
    bool failed_ = false; // the last trial
    // About the direction. 0-dimensional, float64, on the device: a step reads them together with
    // the value it evaluated.
    at::Tensor slope_;   // its product with the gradient
    at::Tensor length_;  // of the next trial along it
    at::Tensor largest_; // its largest component, absolute
    at::Tensor uphill_;  // 1: the two loops led uphill, and it is the negative gradient
    std::deque<Pair> pairs_;
};

} // namespace

std::unique_ptr<Optimizer> make_lbfgs(const LbfgsConfig& config, const at::Tensor& start,
                                      const OffloadDirs& dirs, const RowPartition& bands) {
    return std::make_unique<Lbfgs>(config, start, dirs, bands);
}

} // namespace maniera
