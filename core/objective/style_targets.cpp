// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/objective/style_targets.h"

#include "core/device/side_by_side.h"
#include "core/distributed/pieces.h"
#include "core/objective/reached.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/sum.h>

#include <algorithm>
#include <numeric>
#include <utility>

namespace maniera {
namespace {

bool contains(const std::vector<std::size_t>& taps, std::size_t tap) {
    return std::find(taps.begin(), taps.end(), tap) != taps.end();
}

std::vector<std::size_t> joined(std::vector<std::size_t> taps,
                                const std::vector<std::size_t>& others) {
    taps.insert(taps.end(), others.begin(), others.end());
    std::sort(taps.begin(), taps.end());
    taps.erase(std::unique(taps.begin(), taps.end()), taps.end());
    return taps;
}

std::vector<std::size_t> style_taps(const Network& network, const TermOptions& options) {
    std::vector<std::size_t> taps;
    for (int i = 0; i < options.style_layers.count; ++i)
        taps.push_back(tap_index(network.taps(), options.style_layers.items[i].name));
    return joined(std::move(taps), {});
}

// The sums of a style, or of what one region takes of it, by tap.
struct StyleSums {
    std::vector<at::Tensor> weights;
    std::vector<MomentSums> sums;
    bool sparse = false;
};

StyleSums no_sums(const Network& network, const TermOptions& options,
                  const std::vector<std::size_t>& taps, Size size, const Image& weights) {
    StyleSums all{std::vector<at::Tensor>(network.taps().size()),
                  std::vector<MomentSums>(network.taps().size())};
    for (const std::size_t t : taps) {
        const Window layer = reduced(whole(size), network.level(t));
        const double pixels = static_cast<double>(layer.x.length()) * layer.y.length();
        all.sums[t].weight = pixels;
        if (!weights.empty()) {
            all.weights[t] = layer_weights(options, network, t, weights);
            all.sums[t].weight = sum_of(all.weights[t]);
            all.sparse = all.sums[t].weight < most_reached * pixels; // alike at all taps
        }
    }
    return all;
}

// A style's whose moments are known. Weights are spread over all that it shows.
StyleSums sums_of_moments(const Network& network, const TermOptions& options,
                          const std::vector<std::size_t>& taps, const StyleSource& style) {
    StyleSums all = no_sums(network, options, taps, style.size, style.weights);
    for (const std::size_t t : taps) {
        all.sums[t].first = style.moments[t].mean * all.sums[t].weight;
        all.sums[t].second = style.moments[t].second * all.sums[t].weight;
    }
    return all;
}

// The part's features at a tap.
void keep(StyleFeatures& kept, const Network& network, std::size_t tap, const Window& part,
          const at::Tensor& features, const std::string& folder) {
    const Window layer = reduced(whole(kept.size), network.level(tap));
    if (kept.taps[tap].empty())
        kept.taps[tap] = OffloadedTensor({1, features.size(1), layer.y.length(), layer.x.length()},
                                         features.options(), folder);
    kept.taps[tap].write(reduced(part, network.level(tap)), features);
}

struct StylePass {
    std::vector<StyleSums> sums; // of all of it, where a region takes that, then of each part
    StyleFeatures features;
};

// What one pass over a style's picture gives.
StylePass pass_over(const StyleSource& style, const Network& network, const TermOptions& options,
                    const std::vector<std::size_t>& taps, bool whole_too, int tile,
                    const std::vector<std::size_t>& matched, const std::string& folder) {
    StylePass result;
    result.features.size = style.moments.empty() ? size_of(style.image) : style.size;
    result.features.taps.resize(network.taps().size());
    if (!style.moments.empty()) {
        result.sums = {sums_of_moments(network, options, taps, style)};
        return result;
    }
    const Size size = result.features.size;
    std::vector<StyleSums>& all = result.sums;
    all.resize(1);
    if (whole_too)
        all[0] = no_sums(network, options, taps, size, style.weights);
    for (const Image& weights : style.parts) {
        if (weights.empty()) {
            all.emplace_back();
            continue;
        }
        all.push_back(no_sums(network, options, taps, size, weights));
    }
    const auto gather_sums = [&](std::size_t t, const Window& window, const at::Tensor& features) {
        std::vector<RegionSums> regions;
        for (StyleSums& one : all)
            if (!one.sums.empty())
                regions.push_back({weights_in(one.weights[t], window), one.sparse, &one.sums[t]});
        add_moments(as_matrix(features), regions);
    };
    const std::vector<std::size_t> wanted = joined(taps, matched);
    for_pieces(pieces_of(size, tile, network), [&](const Window& part) {
        network.visit(style.image, part, wanted, [&](std::size_t t, const at::Tensor& features) {
            if (contains(taps, t))
                gather_sums(t, reduced(part, network.level(t)), features);
            if (contains(matched, t))
                keep(result.features, network, t, part, features, folder);
        });
    });
    return result;
}

// Which of a style's sums a region takes.
std::size_t place_of(const Region& region, const StyleSource& style) {
    return region.part == Region::no_part ? 0
           : region.part == Region::rest  ? style.parts.size()
                                          : static_cast<std::size_t>(region.part) + 1;
}

RegionTarget target_of(const TermOptions& options, const Region& region,
                       const std::vector<const MomentSums*>& sums) {
    const bool means = options.convention.mean_terms;
    RegionTarget target;
    for (std::size_t i = 0; i < sums.size(); ++i) {
        if (means && (sums[i]->weight <= 0 || region.factors[i] <= 0))
            continue; // the style mask has vanished at this layer, or does not contribute
        if (means)
            target.grams.push_back(normalize(*sums[i]));
        else
            target.seconds.push_back(sums[i]->second);
        target.factors.push_back(region.factors[i]);
    }
    if (!means || target.factors.empty())
        return target;
    // Only the region of styles without a mask has several. Their factors sum to 1, unless one has
    // vanished.
    if (region.styles.size() > 1) {
        const double sum = std::accumulate(target.factors.begin(), target.factors.end(), 0.0);
        for (double& factor : target.factors)
            factor /= sum;
        target.grams = {mix(target.grams, target.factors)};
        target.factors = {1};
    }
    if (options.style_term == MANIERA_STYLE_TERM_WASSERSTEIN) {
        const int rank = region.part == Region::no_part ? options.wasserstein_rank
                                                        : options.wasserstein_rank_of_parts;
        target.wassersteins = {wasserstein_target(target.grams[0], rank, options.sqrt_method)};
        target.grams.clear();
    }
    return target;
}

std::size_t bytes_of(const at::Tensor& tensor) { return tensor.defined() ? tensor.nbytes() : 0; }

std::size_t bytes_of(const StyleTargets& targets) {
    std::size_t bytes = 0;
    for (const std::vector<RegionTarget>& regions : targets)
        for (const RegionTarget& target : regions) {
            for (const Moments& m : target.grams)
                bytes += bytes_of(m.mean) + bytes_of(m.second);
            for (const WassersteinTarget& w : target.wassersteins)
                bytes += bytes_of(w.mean) + bytes_of(w.vectors) + bytes_of(w.roots);
            for (const at::Tensor& second : target.seconds)
                bytes += bytes_of(second);
        }
    return bytes;
}

} // namespace

StylePasses pass_over_styles(const Network& network, const TermOptions& options,
                             const std::vector<Region>& regions,
                             const std::vector<StyleSource>& styles, int tile,
                             const std::vector<std::size_t>& matched, const std::string& folder) {
    const std::vector<std::size_t> taps =
        regions.empty() ? std::vector<std::size_t>() : style_taps(network, options);
    // Gathered once, although every region that a style acts in takes them.
    const bool whole_too = std::any_of(regions.begin(), regions.end(), [](const Region& region) {
        return region.part == Region::no_part;
    });
    StylePasses all{StyleTargets(network.taps().size()), {}};
    std::vector<std::vector<StyleSums>> sums;
    for (const StyleSource& style : styles) {
        StylePass pass = pass_over(style, network, options, taps, whole_too, tile, matched, folder);
        sums.push_back(std::move(pass.sums));
        all.features.push_back(std::move(pass.features));
    }
    for (const std::size_t t : taps)
        all.targets[t].resize(regions.size());
    // The deepest first, whose matrices are the largest.
    const std::size_t count = taps.size() * regions.size();
    side_by_side(network.placement().device, count, [&](std::size_t i) {
        const std::size_t t = taps[taps.size() - 1 - i / regions.size()], r = i % regions.size();
        std::vector<const MomentSums*> its;
        for (const std::size_t s : regions[r].styles)
            its.push_back(&sums[s][place_of(regions[r], styles[s])].sums[t]);
        all.targets[t][r] = target_of(options, regions[r], its);
    });
    return all;
}

std::shared_ptr<const StyleTargets> StyleTargetCache::get(const std::string& key,
                                                          const Make& make) {
    const auto found = std::find_if(entries_.begin(), entries_.end(),
                                    [&](const Entry& entry) { return entry.key == key; });
    if (found != entries_.end()) {
        entries_.splice(entries_.begin(), entries_, found);
        return found->targets;
    }
    const auto made = std::make_shared<const StyleTargets>(make());
    const std::size_t bytes = bytes_of(*made);
    if (key.empty() || bytes > most_bytes_)
        return made;
    entries_.push_front({key, made, bytes});
    bytes_ += bytes;
    while (bytes_ > most_bytes_) {
        bytes_ -= entries_.back().bytes;
        entries_.pop_back();
    }
    return made;
}

at::Tensor layer_weights(const TermOptions& options, const Network& network, std::size_t tap,
                         const Image& weights) {
    const at::Tensor w = reduce_weights(weights, network.level(tap), network.placement().device);
    return options.convention.mask_features ? w.square() : w;
}

double sum_of(const at::Tensor& weights) { return weights.sum(at::kDouble).item<double>(); }

} // namespace maniera
