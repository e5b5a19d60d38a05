// SPDX-License-Identifier: GPL-3.0-or-later
// Kingma and Ba 2015 for Adam, Nocedal 1980 (two-loop recursion) for L-BFGS.

#include "core/optimizer.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/clamp.h>
#include <ATen/ops/dot.h>
#include <ATen/ops/zeros_like.h>

#include <cmath>
#include <deque>

namespace maniera {
namespace {

bool all_finite(const Slope& slope) {
    // A sum is not finite when any part is not, and is one number to read back.
    return std::isfinite(slope.value) && std::isfinite(slope.gradient.sum().item<double>());
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

class Adam : public Optimizer {
public:
    Adam(const AdamConfig& config, const at::Tensor& start)
        : config_(config), x_(start.clone()), first_(at::zeros_like(start)),
          second_(at::zeros_like(start)), average_(at::zeros_like(start)) {}

    void begin_scale(int steps) override {
        scale_steps_ = steps;
        scale_step_ = 0;
    }

    void end_scale() override {}

    double step(const Function& evaluate) override {
        const Slope slope = evaluate(x_);
        ++scale_step_;
        if (!all_finite(slope))
            return slope.value;
        const at::Tensor g = slope.gradient * static_cast<double>(x_.size(2) * x_.size(3));
        ++steps_;
        first_.mul_(beta1).add_(g, 1 - beta1);
        second_.mul_(beta2).addcmul_(g, g, 1 - beta2);
        const double correction1 = 1 - std::pow(beta1, steps_);
        const double correction2 = 1 - std::pow(beta2, steps_);
        const at::Tensor denominator = (second_ / correction2).sqrt_().add_(epsilon);
        x_.addcdiv_(first_, denominator, -rate() / correction1).clamp_(0, 1);
        average_.mul_(config_.averaging).add_(x_, 1 - config_.averaging);
        ++averaged_;
        return slope.value;
    }

    at::Tensor result() const override {
        if (averaged_ == 0)
            return x_.clone();
        return (average_ / (1 - std::pow(config_.averaging, averaged_))).clamp_(0, 1);
    }

    void resize(const at::Tensor& start, const Resizer& resize) override {
        x_ = start.clone();
        first_ = resize(first_);
        second_ = resize(second_).clamp_min_(0); // bicubic overshoots
        average_ = at::zeros_like(x_);
        averaged_ = 0;
    }

    void visit(StateVisitor& visitor) override {
        visitor.tensor("x", x_);
        visitor.tensor("first moment", first_);
        visitor.tensor("second moment", second_);
        visitor.tensor("average", average_);
        visitor.count("adam steps", steps_);
        visitor.count("averaged", averaged_);
        visitor.count("scale step", scale_step_);
        visitor.count("scale steps", scale_steps_);
    }

private:
    static constexpr double beta1 = 0.9, beta2 = 0.99, epsilon = 1e-8;

    double rate() const {
        const double position =
            scale_steps_ > 1 ? static_cast<double>(scale_step_ - 1) / (scale_steps_ - 1) : 0;
        const double fall = 0.5 * (1 + std::cos(M_PI * std::min(1.0, position)));
        return config_.rate * (0.1 + 0.9 * fall);
    }

    AdamConfig config_;
    at::Tensor x_, first_, second_, average_;
    int steps_ = 0; // over all scales: the moments go on
    int averaged_ = 0;
    int scale_step_ = 0, scale_steps_ = 1;
};

class Lbfgs : public Optimizer {
public:
    Lbfgs(const LbfgsConfig& config, const at::Tensor& start)
        : config_(config), x_(start.clone()) {}

    void begin_scale(int) override {}

    void end_scale() override {
        if (direction_.defined() && !failed_)
            x_ = next();
        gradient_ = direction_ = at::Tensor();
    }

    double step(const Function& evaluate) override {
        if (!gradient_.defined()) {
            Slope slope = evaluate(x_);
            if (!all_finite(slope))
                return slope.value; // there is nowhere to go from here
            accept(x_, std::move(slope));
            aim();
            return value_;
        }
        const at::Tensor x = next();
        Slope slope = evaluate(x);
        const double seen = slope.value;
        const at::Tensor move = x - x_;
        // Armijo's condition with the usual slack. Clamping may turn a move uphill.
        const double promised = 1e-4 * std::min(0.0, dot(gradient_, move));
        if (!all_finite(slope) || slope.value > value_ + promised) {
            shorten(slope.value);
            return seen;
        }
        learn(move, slope.gradient - gradient_);
        accept(x, std::move(slope));
        aim();
        return seen;
    }

    at::Tensor result() const override { return x_.clamp(0, 1); }

    void resize(const at::Tensor& start, const Resizer& resize) override {
        const double before = static_cast<double>(x_.numel());
        x_ = start.clone();
        gradient_ = direction_ = at::Tensor();
        // What was learnt about the objective's curvature holds at the next size too. Gradients of
        // means are smaller where there are more pixels.
        const double shrink = before / static_cast<double>(x_.numel());
        std::deque<Pair> kept;
        kept.swap(pairs_);
        for (const Pair& pair : kept)
            learn(resize(pair.s), resize(pair.y) * shrink);
    }

    void visit(StateVisitor& visitor) override {
        visitor.tensor("x", x_);
        visitor.tensor("gradient", gradient_);
        visitor.tensor("direction", direction_);
        visitor.number("value", value_);
        visitor.number("descent", descent_);
        visitor.number("length", length_);
        visitor.count("failed", failed_);
        std::size_t pairs = pairs_.size();
        visitor.count("pairs", pairs);
        pairs_.resize(std::min(pairs, memory));
        for (std::size_t i = 0; i < pairs_.size(); ++i) {
            const std::string name = "pair " + std::to_string(i);
            visitor.tensor(name + " s", pairs_[i].s);
            visitor.tensor(name + " y", pairs_[i].y);
            visitor.number(name + " rho", pairs_[i].rho);
        }
    }

private:
    struct Pair {
        at::Tensor s, y;
        double rho;
    };
    static constexpr std::size_t memory = 6; // 10 gets no lower in runs as short as ours

    static double dot(const at::Tensor& a, const at::Tensor& b) {
        return (a * b).sum(at::kDouble).item<double>();
    }

    void accept(const at::Tensor& x, Slope slope) {
        x_ = x; // every accepted step is lower than the last
        value_ = slope.value;
        gradient_ = slope.gradient;
        failed_ = false;
    }

    void learn(const at::Tensor& s, const at::Tensor& y) {
        const double curvature = dot(s, y);
        if (!(curvature > 1e-10 * std::sqrt(dot(s, s) * dot(y, y))))
            return;
        if (pairs_.size() == memory)
            pairs_.pop_front();
        pairs_.push_back({s, y, 1 / curvature});
    }

    void restart() { pairs_.clear(); }

    // What is tried next.
    at::Tensor next() const {
        at::Tensor x = x_ + direction_ * length_;
        return config_.bounded ? x.clamp_(0, 1) : x;
    }

    // The first guess of the inverse Hessian times t, but for a factor.
    at::Tensor guessed(const at::Tensor& t) const {
        return config_.blur > 0 ? t + (blurred(t) - t).mul_(config_.blur) : t;
    }

    void aim() {
        at::Tensor q = -gradient_;
        std::vector<double> alphas(pairs_.size());
        for (std::size_t i = pairs_.size(); i-- > 0;) {
            alphas[i] = pairs_[i].rho * dot(pairs_[i].s, q);
            q.sub_(pairs_[i].y, alphas[i]);
        }
        q = guessed(q);
        if (!pairs_.empty()) {
            const Pair& last = pairs_.back();
            q.mul_(config_.stretch / (last.rho * dot(last.y, guessed(last.y))));
        }
        for (std::size_t i = 0; i < pairs_.size(); ++i)
            q.add_(pairs_[i].s, alphas[i] - pairs_[i].rho * dot(pairs_[i].y, q));
        direction_ = q;
        descent_ = dot(gradient_, direction_);
        if (!(descent_ < 0)) {
            restart();
            direction_ = -gradient_;
            descent_ = dot(gradient_, direction_);
        }
        // Without curvature the gradient's size says nothing: move the picture by about a level.
        length_ = pairs_.empty() ? first_move / std::max(1e-30, largest(direction_)) : 1;
    }

    void shorten(double seen) {
        failed_ = true;
        // The parabola through what is known, kept within a tenth and a half.
        const double rise = seen - value_ - descent_ * length_;
        const double best = std::isfinite(rise) && rise > 0
                                ? -descent_ * length_ * length_ / (2 * rise)
                                : length_ / 10;
        length_ = std::min(length_ / 2, std::max(length_ / 10, best));
        if (length_ * largest(direction_) < 1e-7) { // no pixel would change
            restart();
            direction_ = -gradient_;
            descent_ = dot(gradient_, direction_);
            length_ = first_move / 100 / std::max(1e-30, largest(direction_));
        }
    }

    static double largest(const at::Tensor& t) { return t.abs().max().item<double>(); }
    static constexpr double first_move = 0.05; // of [0,1], for the pixel that moves most

    LbfgsConfig config_;
    at::Tensor x_, gradient_, direction_;
    double value_ = 0, descent_ = 0, length_ = 1;
    bool failed_ = false; // the last trial
    std::deque<Pair> pairs_;
};

} // namespace

std::unique_ptr<Optimizer> make_adam(const AdamConfig& config, const at::Tensor& start) {
    return std::make_unique<Adam>(config, start);
}

std::unique_ptr<Optimizer> make_lbfgs(const LbfgsConfig& config, const at::Tensor& start) {
    return std::make_unique<Lbfgs>(config, start);
}

} // namespace maniera
