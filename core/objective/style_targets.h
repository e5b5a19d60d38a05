// SPDX-License-Identifier: GPL-3.0-or-later
// The moments that the style term aims at, by layer and region, and the features that are matched.
// They do not depend on the content: made once, they serve every picture for which the styles have
// the same sizes.
//
//     const StylePasses passes = pass_over_styles(network, terms, plan.regions, styles, tile);

#pragma once

#include "core/image/geometry.h"
#include "core/memory/offloaded_tensor.h"
#include "core/network/vgg.h"
#include "core/objective/moments.h"
#include "core/objective/regions.h"
#include "core/objective/style_loss.h"
#include "core/objective/term_options.h"

#include <cstddef>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <vector>

namespace maniera {

// A style at the size this scale wants.
struct StyleSource {
    at::Tensor image;         // (1, 3, h, w)
    Image weights;            // style mask times alpha, at that size; empty = all of it
    std::vector<Image> parts; // the same within each part, then in what the parts leave
    // In place of the picture: moments by tap, and the size that it would have. Such a style has no
    // parts, and its weights say only how much it counts.
    std::vector<Moments> moments{};
    Size size{};
};

// One region's target at one layer.
struct RegionTarget {
    std::vector<double> factors;                 // by target; empty = no style contributes here
    std::vector<Moments> grams;                  // the painterly gram term
    std::vector<WassersteinTarget> wassersteins; // or these
    std::vector<at::Tensor> seconds;             // or these: sums, not means
};

// By tap, then by region; empty at a tap that is no style layer.
using StyleTargets = std::vector<std::vector<RegionTarget>>;

// A style's features at the layers that are to be matched (matched_targets.h), by tap; at the other
// taps, and of a style pack, empty.
struct StyleFeatures {
    Size size; // of the picture
    std::vector<OffloadedTensor> taps;
};

// What a pass over each style gives.
struct StylePasses {
    StyleTargets targets;
    std::vector<StyleFeatures> features; // by style
};

// Of the regions the styles and factors alone are used; none = features alone. `matched` are the
// taps whose features are kept, in a scratch file of `folder` where that is not empty. `tile` is
// the side of the tiles that the styles' pictures are cut into; 0 cuts nothing.
StylePasses pass_over_styles(const Network& network, const TermOptions& options,
                             const std::vector<Region>& regions,
                             const std::vector<StyleSource>& styles, int tile,
                             const std::vector<std::size_t>& matched = {},
                             const std::string& folder = "");

// The most recently used targets, within a number of bytes; 0 keeps none.
class StyleTargetCache {
public:
    explicit StyleTargetCache(std::size_t most_bytes) : most_bytes_(most_bytes) {}

    // Equal keys mean equal targets; those with an empty key are not kept.
    using Make = std::function<StyleTargets()>;
    std::shared_ptr<const StyleTargets> get(const std::string& key, const Make& make);

    std::size_t bytes() const { return bytes_; }

private:
    struct Entry {
        std::string key;
        std::shared_ptr<const StyleTargets> targets;
        std::size_t bytes;
    };
    std::list<Entry> entries_; // most recently used first
    std::size_t most_bytes_;
    std::size_t bytes_ = 0;
};

// A picture-sized map of weights as the tap's moments take it, (1, 1, H, W) of the layer; and its
// sum.
at::Tensor layer_weights(const TermOptions& options, const Network& network, std::size_t tap,
                         const Image& weights);
double sum_of(const at::Tensor& weights);

} // namespace maniera
