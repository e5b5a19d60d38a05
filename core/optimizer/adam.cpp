// SPDX-License-Identifier: GPL-3.0-or-later
// Adam (Kingma and Ba 2015, algorithm 1) with a cosine schedule (Loshchilov and Hutter 2017,
// without restarts) and a bias-corrected average of the iterates (Kingma and Ba 2015, section 7.2).

#include "core/optimizer/optimizer.h"

#include "core/distributed/collectives.h"
#include "core/memory/offloaded_tensor.h"
#include "core/network/tensors.h"
#include "core/optimizer/step_support.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/zeros_like.h>

#include <cmath>

namespace maniera {
namespace {

class Adam : public Optimizer {
public:
    Adam(const AdamConfig& config, const at::Tensor& start, const OffloadDirs& dirs,
         const RowPartition& bands)
        : config_(config) {
        begin_at(start, dirs, bands);
        first_ = OffloadedTensor(at::zeros_like(start), dirs.history);
        second_ = OffloadedTensor(at::zeros_like(start), dirs.history);
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

    void offload(const OffloadDirs& dirs) override {
        offload_to(dirs.vectors, x_);
        for (OffloadedTensor* tensor : {&first_, &second_, &average_})
            offload_to(dirs.history, *tensor);
    }

    void resize(at::Tensor start, const Resizer& resize, const OffloadDirs& dirs,
                const RowPartition& bands) override {
        begin_at(start, dirs, bands);
        start.reset();
        first_ = OffloadedTensor(resize(first_.whole()), dirs.history);
        second_ = OffloadedTensor(resize(second_.whole()).clamp_min_(0),
                                  dirs.history); // bicubic overshoots
    }

    void visit(StateVisitor& visitor) override {
        visitor.tensor("x", x_, dirs_.vectors);
        visitor.tensor("first moment", first_, dirs_.history);
        visitor.tensor("second moment", second_, dirs_.history);
        visitor.tensor("average", average_, dirs_.history);
        visitor.count("adam steps", steps_);
        visitor.count("averaged", averaged_);
        visitor.count("scale step", scale_step_);
        visitor.count("scale steps", scale_steps_);
    }

private:
    static constexpr double beta1 = 0.9, beta2 = 0.99, epsilon = 1e-8;

    void begin_at(const at::Tensor& start, const OffloadDirs& dirs, const RowPartition& bands) {
        dirs_ = dirs;
        bands_ = bands;
        x_ = owned(start, dirs.vectors);
        average_ = OffloadedTensor(at::zeros_like(start), dirs.history);
        averaged_ = 0;
    }

    double rate() const {
        const double position =
            scale_steps_ > 1 ? static_cast<double>(scale_step_ - 1) / (scale_steps_ - 1) : 0;
        const double fall = 0.5 * (1 + std::cos(M_PI * std::min(1.0, position)));
        return config_.rate * (0.1 + 0.9 * fall);
    }

    AdamConfig config_;
    OffloadDirs dirs_;
    RowPartition bands_;
    OffloadedTensor x_, first_, second_, average_;
    int steps_ = 0; // of all scales: the moments carry over
    int averaged_ = 0;
    int scale_step_ = 0, scale_steps_ = 1;
};

} // namespace

std::unique_ptr<Optimizer> make_adam(const AdamConfig& config, const at::Tensor& start,
                                     const OffloadDirs& dirs, const RowPartition& bands) {
    return std::make_unique<Adam>(config, start, dirs, bands);
}

} // namespace maniera
