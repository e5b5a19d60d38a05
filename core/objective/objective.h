// SPDX-License-Identifier: GPL-3.0-or-later
// Content, style and smoothness: their values and the gradient with respect to the picture.
//
//     Objective objective(network, terms, plan, content, targets);
//     Evaluation e = objective.evaluate(x);     // x (1, 3, H, W), float32, [0,1]
//
// Moments are gathered between a forward and a backward pass of the network. A picture that is cut
// into tiles takes two rounds over them: the first gathers all moments, the second knows the style
// terms and passes each tile forward and backward. The result is the same but for rounding.
//
// Each of several ranks may have a band of the picture. Sums are then formed by rows of tiles, in
// their order, so that the bits do not depend on the number of ranks.

#pragma once

#include "core/distributed/row_partition.h"
#include "core/memory/memory_plan.h"
#include "core/memory/offloaded_tensor.h"
#include "core/network/vgg.h"
#include "core/objective/reduced_sums.h"
#include "core/objective/regions.h"
#include "core/objective/style_targets.h"
#include "core/objective/temporal_loss.h"
#include "core/objective/term_options.h"
#include "core/parts/matching.h"

#include <string>
#include <utility>
#include <vector>

namespace maniera {

// Values before the weights of terms and layers; `total` with them. All 0-dimensional, float64, on
// the run's device: reading one waits for it.
struct Evaluation {
    at::Tensor total;
    std::vector<std::pair<std::string, at::Tensor>> content;
    std::vector<std::pair<std::string, at::Tensor>> style;
    std::vector<std::vector<at::Tensor>> regions; // what each region adds to `style`, by region
    std::vector<std::pair<std::string, at::Tensor>> matched; // features against their matches
    at::Tensor smoothness;
    at::Tensor temporal; // undefined without such a term
    at::Tensor gradient; // of total, (1, 3, H, W), float32; this rank's rows
};

class Objective {
public:
    // `content` is (1, 3, H, W), of the size that evaluate() will be given. `targets` are those of
    // the plan's regions. The network must outlive the objective.
    Objective(const Network& network, const TermOptions& options, const RegionPlan& plan,
              const at::Tensor& content, const StyleTargets& targets,
              const MemoryPlan& memory = MemoryPlan())
        : Objective(network, options, plan, content, targets, memory,
                    partition_rows(local_communicator(), size_of(content), memory.tile, network)) {}
    // Collective, as evaluate() is then. Content and regions are the rows that this rank holds.
    Objective(const Network& network, const TermOptions& options, const RegionPlan& plan,
              const at::Tensor& content, const StyleTargets& targets, const MemoryPlan& memory,
              const RowPartition& bands);

    // From now on the features at these layers are drawn to those that the field finds in the
    // styles, as matched_targets() makes them. Collective.
    void set_matches(const std::vector<MatchedLayer>& layers, const MatchField& field,
                     const std::vector<StyleFeatures>& styles, const at::Tensor& content,
                     int margin, const MemoryPlan& memory);

    // From now on the picture is drawn to that of the frame before.
    void set_temporal(TemporalTerm term) { temporal_ = std::move(term); }

    Evaluation evaluate(const at::Tensor& x) const; // this rank's rows

private:
    // One region's term at one style layer.
    struct RegionTerm {
        at::Tensor weights; // (1, 1, H, W), the layer's rows held; undefined = 1 everywhere
        double weight_sum = 0;
        double share = 0; // of the layer's pixels; 0 = the region or its styles have vanished here
        RegionTarget target;
        at::Tensor directions; // that its second moments are wanted on alone, or undefined
    };
    struct Tap {
        double content_weight = 0; // the layer's times the term's
        double style_weight = 0;
        double matched_weight = 0; // the layer's times the term's
        bool is_content = false, is_style = false, is_matched = false;
        double pixels = 0;             // of the layer, in the whole picture without surroundings
        OffloadedTensor content;       // features, the layer's rows held
        at::Tensor content_weights;    // as matched_confidence; undefined = 1 everywhere
        at::Tensor matched_confidence; // (1, 1, H, W), float32, the layer's rows held
        OffloadedTensor matched; // features of the styles where they resemble the picture most
        std::vector<RegionTerm> regions;
    };
    using Affine = TermResult; // see style_loss.h; the value is not looked at
    struct StyleLoss {
        std::vector<at::Tensor> values;                  // by tap; 0-dimensional, float64
        std::vector<std::vector<at::Tensor>> of_regions; // by tap and region; what values sum
        std::vector<std::vector<Affine>> affines;        // by tap and region
    };
    struct Pass {
        Rows x;      // the rows held
        bool in_one; // the picture is one part: its trace serves both rounds
        Trace trace;
    };
    static bool is_sparse(const RegionTerm& region);
    // Of a row of tiles: the content's by tap, the matches' by tap, smoothness, and the temporal
    // term's where there is one.
    using Values = std::vector<at::Tensor>;

    // What the constructor sets.
    void set_content_targets(const at::Tensor& content, const std::string& folder);
    void set_regions(const std::vector<Region>& regions, const StyleTargets& targets);
    // Has terms whose style's directions are few look at these alone.
    void set_directions();

    // The steps of evaluate(), in order.
    std::vector<LayerSums> gather_moments(Pass& pass) const;
    std::vector<std::vector<SumsShape>> shapes_of_sums() const; // by tap and region
    StyleLoss style_loss(const LayerSums& sums, const at::TensorOptions& like) const;
    std::vector<Values> backward_pass(Pass& pass, const StyleLoss& style, const at::Tensor& own,
                                      at::Tensor& gradient) const;
    void add_pixel_terms(const Pass& pass, const at::Tensor& own, std::vector<Values>& values,
                         at::Tensor& gradient) const;
    at::Tensor reduce_values(const std::vector<Values>& values,
                             const at::TensorOptions& like) const;
    void add_values(Evaluation& result, const at::Tensor& sums, const StyleLoss& style) const;

    // Their parts.
    std::vector<std::size_t> taps_where(bool Tap::*is) const;
    // 1 at the picture's pixels in the layer's rows held, (1, 1, h, W), and 0 in its surroundings;
    // undefined without any.
    at::Tensor without_surroundings(std::size_t tap) const;
    double picture_pixels() const;  // without surroundings
    double gradient_factor() const; // of gradients within the network
    double content_scale_at(std::size_t tap) const;
    // Adds the sums over a window of the picture at the tap's layer, one a region.
    void gather_sums(std::size_t tap, const Window& part, const at::Tensor& features,
                     LayerSums& sums) const;
    // One, or in the published form one a style.
    std::vector<TermResult> terms_of(const Tap& tap, const RegionTerm& region,
                                     const MomentSums& sums) const;
    // Adds their values to `value`.
    Affine sum_of_terms(const RegionTerm& region, const std::vector<TermResult>& terms,
                        at::Tensor& value) const;
    void add_content_values(const Trace& trace, const Window& part, Values& values) const;
    at::Tensor gradient_of_part(Trace& trace, const StyleLoss& style) const;
    // Adds the gradient of the tap's own terms at its features.
    void inject(std::size_t tap, const std::vector<Affine>& affines, const Window& window,
                const at::Tensor& features, double factor, at::Tensor& gradient) const;

    const Network& network_;
    TermOptions options_;
    RowPartition bands_;
    std::vector<std::vector<Window>> tiles_; // this rank's, by rows of tiles
    std::vector<Tap> taps_;
    TemporalTerm temporal_;
};

} // namespace maniera
