// SPDX-License-Identifier: GPL-3.0-or-later
// A run's matches of features: made once a scale, by rank 0 from the whole picture, so that they do
// not depend on tiles or ranks. Internal.
//
//     matcher->begin_picture(inputs, comm);
//     bool matched = matcher->finds_counterparts(inputs, comm);
//     // before the scale's first step
//     MatchField field = matcher->match(scene, canvas, inputs, memory.plan());
//     matcher->apply(field, scene, inputs, memory.plan());

#pragma once

#include "core/base/checkpoint.h"
#include "core/inputs.h"
#include "core/memory/memory_plan.h"
#include "core/network/vgg.h"
#include "core/parts/matching.h"
#include "core/resolved_options.h"
#include "core/run/scene.h"

#include <memory>
#include <vector>

namespace maniera {

// How much of the detail that the content has at a scale, and had not at the one before, is given
// to the enlarged painting, which lacks all of it. With matched parts it gives way to the
// painting's as `strength` grows.
float detail_share(const ResolvedOptions& resolved);

class PartMatcher {
public:
    // Null where the options do not ask for it, or the model has no layers for it. The weights are
    // those of the network that paints, where it has all that are wanted.
    static std::unique_ptr<PartMatcher> make(const Model& model, const ResolvedOptions& resolved,
                                             const Network& painting);

    // Made ready for the content. The inputs are prepared, here and below. Collective.
    void begin_picture(const Inputs& inputs, Communicator& comm);

    // False where so little of the styles is found in the content that a match would say nothing: a
    // page of text, a clear sky.
    bool finds_counterparts() const;

    // The size at which the picture is compared in a scale of this size, and those of the styles.
    std::vector<Size> compared_sizes(Size scale, const Inputs& inputs) const;

    // What each place of the picture resembles most in the styles: of the content alone, or, where
    // `canvas` (this rank's rows) is defined, of the content and the painting so far. The inputs
    // are prepared. Collective; every rank gets the same field.
    MatchField match(const Scene& scene, const at::Tensor& canvas, const Inputs& inputs,
                     const MemoryPlan& memory);

    const std::vector<MatchedLayer>& layers() const { return layers_; }

    // Draws the scene's objective to the matches. Collective.
    void apply(const MatchField& field, Scene& scene, const MemoryPlan& memory) const;

private:
    PartMatcher(const Model& model, const ResolvedOptions& resolved, const Network& painting);
    // A style's cells at a size, described once a picture.
    struct DescribedStyle {
        std::size_t style;
        Size size;
        at::Tensor cells;
    };
    at::Tensor describe_style(const Inputs& inputs, std::size_t style, Size size, int tile);
    MatchField match_whole(const Image& painting, const std::vector<Size>& sizes,
                           const Inputs& inputs, const MemoryPlan& memory);

    ResolvedOptions resolved_;
    std::vector<MatchedLayer> layers_;
    Network network_; // with taps at matching_layers()
    std::vector<DescribedStyle> described_;
    // Of the picture that is painted; undefined at all ranks but 0.
    at::Tensor directions_;
    double likeness_ = 0; // of the content with the styles
};

// A field in a checkpoint. Reading throws Error{invalid_request} for what is none.
void save_matches(const MatchField& field, CheckpointWriter& writer);
bool has_matches(const CheckpointReader& reader);
MatchField load_matches(const CheckpointReader& reader);

} // namespace maniera
