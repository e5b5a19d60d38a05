// SPDX-License-Identifier: GPL-3.0-or-later
// Content, style and smoothness: their values and the gradient with respect to the picture.
//
//     Objective objective(network, terms, plan, content, targets);
//     Evaluation e = objective.evaluate(x);     // x (1, 3, H, W), float32, [0,1]
//
// One network pass each way; moments are gathered in between. A picture that is cut in tiles takes
// two passes over them: one that gathers all moments, one each way that knows the terms then. What
// comes out is the same but for rounding.
//
// Several processes may have a band of the picture each; what they sum is summed by rows of tiles,
// in their order, so that the bits do not depend on how many processes there are.

#pragma once

#include "core/distributed/row_partition.h"
#include "core/memory/memory_plan.h"
#include "core/memory/offloaded_tensor.h"
#include "core/network/vgg.h"
#include "core/objective/regions.h"
#include "core/objective/style_targets.h"
#include "core/objective/term_options.h"

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
    at::Tensor gradient; // of total, (1, 3, H, W), float32; of this process's band
};

class Objective {
public:
    // `content` is the picture whose content counts, of the size that evaluate will be given;
    // the network must outlive the objective. `targets` are those of the plan's regions.
    Objective(const Network& network, const TermOptions& options, const RegionPlan& plan,
              const at::Tensor& content, const StyleTargets& targets,
              const MemoryPlan& memory = MemoryPlan())
        : Objective(network, options, plan, content, targets, memory,
                    partition_rows(local_communicator(), size_of(content), memory.tile, network)) {}
    // Collective, as evaluate() is then. Of content and regions the rows that this process holds.
    Objective(const Network& network, const TermOptions& options, const RegionPlan& plan,
              const at::Tensor& content, const StyleTargets& targets, const MemoryPlan& memory,
              const RowPartition& bands);

    Evaluation evaluate(const at::Tensor& x) const; // this process's rows

private:
    // One region's pull at one style layer.
    struct Pull {
        at::Tensor weights; // (1, 1, H, W) of the layer's rows held, undefined = 1 everywhere
        double weight_sum = 0;
        double share = 0; // of the layer's pixels; 0 = the region or its styles have vanished here
        RegionTarget target;
    };
    struct Tap {
        double content_weight = 0; // of the layer, with the term's
        double style_weight = 0;
        bool is_content = false, is_style = false;
        double pixels = 0;       // of the layer, in the whole picture
        OffloadedTensor content; // features, of the layer's rows held
        std::vector<Pull> pulls;
    };
    struct Affine {
        at::Tensor a, b; // float64
    };

    using Sums = std::vector<std::vector<MomentSums>>; // by tap and region

    std::vector<std::size_t> taps_where(bool Tap::*is) const;
    double gradient_factor() const; // of what goes back through the network
    // A window of a layer below so many pools, among the rows of it that are held.
    Window in_held(const Window& window, int pools) const;
    void set_content_targets(const at::Tensor& content, const std::string& folder);
    void set_pulls(const std::vector<Region>& regions, const StyleTargets& targets);
    // Adds the sums over a window of the tap's layer, one a region.
    void gather_sums(std::size_t tap, const Window& part, const at::Tensor& features,
                     Sums& sums) const;
    static void fold(Sums& sums, const Sums& row); // adds the row's
    Sums add_up(std::vector<Sums>& rows, const at::TensorOptions& like) const;
    Affine pull(const Tap& tap, const Pull& pull, const MomentSums& sums, at::Tensor& value) const;
    void inject(std::size_t tap, const std::vector<Affine>& affines, const Window& window,
                const at::Tensor& features, double factor, at::Tensor& gradient) const;
    double content_scale(const Tap& tap, std::int64_t channels) const;

    const Network& network_;
    TermOptions options_;
    RowPartition bands_;
    std::vector<std::vector<Window>> tiles_; // this process's, row by row
    std::vector<Tap> taps_;
};

} // namespace maniera
