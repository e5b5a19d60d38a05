// SPDX-License-Identifier: GPL-3.0-or-later
// What the styles ask for, layer by layer and region by region. The content has no part in it: made
// once, it serves every picture that the styles are brought to the same sizes for.

#pragma once

#include "core/memory/malloc_tuning.h"
#include "core/network/vgg.h"
#include "core/objective/moments.h"
#include "core/objective/regions.h"
#include "core/objective/style_loss.h"
#include "core/objective/term_options.h"

#include <functional>
#include <list>
#include <memory>
#include <string>
#include <vector>

namespace maniera {

// A style at the size this scale wants.
struct StyleSource {
    at::Tensor image; // (1, 3, h, w)
    Image weights;    // style mask times alpha, at that size; empty = all of it
};

// Of one region at one layer.
struct RegionTarget {
    std::vector<double> factors;                 // by target; empty = no style has a say here
    std::vector<Moments> grams;                  // the painterly gram term
    std::vector<WassersteinTarget> wassersteins; // or these
    std::vector<at::Tensor> seconds;             // or these: gatys
};

// By tap, then by region; a tap that is no style layer has none.
using StyleTargets = std::vector<std::vector<RegionTarget>>;

// Of the regions only styles and factors count. `tile` is the side of the tiles that the styles'
// pictures are cut in; 0 cuts nothing.
StyleTargets make_style_targets(const Network& network, const TermOptions& options,
                                const std::vector<Region>& regions,
                                const std::vector<StyleSource>& styles, int tile);

// The targets that were used last, within a number of bytes; 0 keeps none.
class StyleTargetCache {
public:
    explicit StyleTargetCache(std::size_t most_bytes) : most_bytes_(most_bytes) {}

    // Equal keys mean equal targets; an empty key is never kept.
    using Make = std::function<StyleTargets()>;
    std::shared_ptr<const StyleTargets> get(const std::string& key, const Make& make);

    std::size_t bytes() const { return bytes_; }

private:
    struct Entry {
        std::string key;
        std::shared_ptr<const StyleTargets> targets;
        std::size_t bytes;
    };
    std::list<Entry> entries_; // the one used last comes first
    std::size_t most_bytes_;
    std::size_t bytes_ = 0;
};

// A picture-sized map of weights as a layer's moments take it, and its sum.
at::Tensor layer_weights(const TermOptions& options, const Network& network, std::size_t tap,
                         const Image& weights);
double sum_of(const at::Tensor& weights);

// A layer's weights in a window of it, one a row of as_matrix's; undefined stays undefined.
at::Tensor weights_in(const at::Tensor& weights, const Window& window);

// The tiles with this side, or the whole for 0.
std::vector<Window> parts_of(Size picture, int side, const Network& network);

// Calls f(part) for each. Between parts the heap's holes go back: those that a larger scale or
// parts of other sizes leave come to as much as a fifth of all memory.
template <typename F>
void for_parts(const std::vector<Window>& parts, bool of_several, const F& f) {
    for (const Window& part : parts) {
        f(part);
        if (of_several)
            trim_heap();
    }
}

template <typename F>
void for_parts(const std::vector<Window>& parts, const F& f) {
    for_parts(parts, parts.size() > 1, f);
}

} // namespace maniera
