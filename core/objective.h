// SPDX-License-Identifier: GPL-3.0-or-later
// Content, style and smoothness: their values and the gradient with respect to the picture.
//
//     Objective objective(network, terms, plan, content, targets);
//     Evaluation e = objective.evaluate(x);     // x (1, 3, H, W), float32, [0,1]
//
// One network pass each way; moments are gathered in between. A picture that is cut in tiles takes
// two passes over them: one that gathers all moments, one each way that knows the terms then. What
// comes out is the same but for rounding.

#pragma once

#include "core/kept.h"
#include "core/network.h"
#include "core/plan.h"
#include "core/regions.h"
#include "core/style_targets.h"
#include "core/term_options.h"

#include <string>
#include <utility>
#include <vector>

namespace maniera {

// Values before the weights of terms and layers, `total` after; all 0-dimensional, float64, on
// the run's device: reading one waits for it.
struct Evaluation {
    at::Tensor total;
    std::vector<std::pair<std::string, at::Tensor>> content;
    std::vector<std::pair<std::string, at::Tensor>> style;
    at::Tensor smoothness;
    at::Tensor gradient; // of total, (1, 3, H, W), float32
};

class Objective {
public:
    // `content` is the picture whose content counts, of the size that evaluate will be given;
    // the network must outlive the objective. `targets` are those of the plan's regions.
    Objective(const Network& network, const TermOptions& options, const RegionPlan& plan,
              const at::Tensor& content, const StyleTargets& targets,
              const MemoryPlan& memory = MemoryPlan());

    Evaluation evaluate(const at::Tensor& x) const;

private:
    // One region's pull at one style layer.
    struct Pull {
        at::Tensor weights; // (1, 1, H, W) of the layer, undefined = 1 everywhere
        double weight_sum = 0;
        double share = 0; // of the layer's pixels; 0 = the region or its styles have vanished here
        RegionTarget target;
    };
    struct Tap {
        double content_weight = 0; // of the layer, with the term's
        double style_weight = 0;
        bool is_content = false, is_style = false;
        double pixels = 0; // of the layer, in the whole picture
        Kept content;      // features
        std::vector<Pull> pulls;
    };
    struct Affine {
        at::Tensor a, b; // float64
    };

    std::vector<std::size_t> taps_where(bool Tap::*is) const;
    std::vector<Window> tiles_of(Size picture) const;
    double gradient_factor(Size picture) const; // of what goes back through the network
    void set_content_targets(const at::Tensor& content, const std::string& folder);
    void set_pulls(const std::vector<Region>& regions, const StyleTargets& targets);
    // Adds the sums over a window of the tap's layer, one a region.
    void gather_sums(const Tap& tap, const Window& window, const at::Tensor& features,
                     std::vector<MomentSums>& sums) const;
    Affine pull(const Tap& tap, const Pull& pull, const MomentSums& sums, at::Tensor& value) const;
    void inject(const Tap& tap, const std::vector<Affine>& affines, const Window& window,
                const at::Tensor& features, double factor, at::Tensor& gradient) const;
    double content_scale(const Tap& tap, std::int64_t channels) const;

    const Network& network_;
    TermOptions options_;
    int tile_; // the side; 0 = no tiles
    std::vector<Tap> taps_;
};

// The smoothness term's value (0-dimensional, float64), and its gradient times `weight` added to
// `gradient`.
at::Tensor add_smoothness(ManieraObjective objective, const at::Tensor& x, double weight,
                          at::Tensor& gradient);

} // namespace maniera
