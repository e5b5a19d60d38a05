// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/run/make_style_pack.h"

#include "core/error.h"
#include "core/image/color_transfer.h"
#include "core/image/pyramid.h"
#include "core/memory/memory_errors.h"
#include "core/network/tensors.h"
#include "core/objective/packed_moments.h"
#include "core/objective/style_targets.h"
#include "core/run/input_checks.h"
#include "core/run/style_palette.h"

#include <c10/core/InferenceMode.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

namespace maniera {
namespace {

constexpr int smallest = 64; // px; a run begins with 128, and a style scale of 0.5 halves that
constexpr int tile = 512;    // px; the features of larger pieces need not be in memory
constexpr int thumbnail_side = 128; // px

[[noreturn]] void refuse(const std::string& why) { throw Error(ErrorCode::invalid_option, why); }

int long_side(Size size) { return std::max(size.width, size.height); }

// As style_size() has it for a style of its own size.
Size painting_size(Size own, int side) {
    const double least =
        static_cast<double>(shortest_side) * long_side(own) / std::min(own.width, own.height);
    const double wanted = std::max<double>(side, least);
    return fit_long_side(own, static_cast<int>(std::min<double>(long_side(own), wanted) + 0.5));
}

// The sizes of a pack up to `largest`.
std::vector<int> sides_up_to(int largest) {
    std::vector<int> sides;
    for (int step = 0; sides.empty() || sides.back() < largest; ++step)
        sides.push_back(
            std::min(largest, static_cast<int>(smallest * std::exp2(step / 2.0) + 0.5)));
    return sides;
}

// The style of all paintings, as a region has it that is all of the picture.
Region all_of(const std::vector<StyleInput>& paintings) {
    double sum = 0;
    for (const StyleInput& painting : paintings)
        sum += painting.weight;
    Region region;
    for (std::size_t i = 0; i < paintings.size(); ++i) {
        region.styles.push_back(i);
        region.factors.push_back(paintings[i].weight / sum);
    }
    return region;
}

// Means over pixels whatever the objective, and of the features themselves.
TermOptions moments_alone(const ResolvedOptions& resolved) {
    TermOptions terms = term_options(resolved, SqrtMethod::eigen);
    terms.convention.mean_terms = true;
    terms.convention.mask_features = false;
    terms.style_term = MANIERA_STYLE_TERM_GRAM;
    return terms;
}

PackedSize packed_size(const Network& network, const TermOptions& terms,
                       const std::vector<StyleInput>& paintings,
                       const std::vector<PackedLayer>& layers, int side) {
    const Region region = all_of(paintings);
    PackedSize result{side, {}, {}};
    std::vector<StyleSource> sources;
    for (std::size_t i = 0; i < paintings.size(); ++i) {
        const Size size = painting_size(size_of(paintings[i].picture.color), side);
        const Image picture = resize(paintings[i].picture, size).color;
        const Image weights = style_weights(paintings[i], size, {});
        add_colors(result.colors, sum_colors(picture, weights), region.factors[i]);
        sources.push_back({to_tensor(picture, network.placement().device), weights, {}});
    }
    const StyleTargets targets = pass_over_styles(network, terms, {region}, sources, tile).targets;
    for (const PackedLayer& layer : layers) {
        const RegionTarget& target = targets[tap_index(network.taps(), layer.name.c_str())][0];
        if (target.grams.empty())
            throw Error(ErrorCode::unreadable_image,
                        "The style mask leaves nothing of the painting at " + std::to_string(side) +
                            " px; make it larger.");
        result.moments.push_back(packed(target.grams[0]));
    }
    return result;
}

// The size of the largest painting, and what it looks like.
void describe(const std::vector<StyleInput>& paintings, int largest, StylePack& pack) {
    const auto first = std::max_element(
        paintings.begin(), paintings.end(), [](const StyleInput& a, const StyleInput& b) {
            return long_side(size_of(a.picture.color)) < long_side(size_of(b.picture.color));
        });
    const Image& picture = first->picture.color;
    pack.size = painting_size(size_of(picture), std::clamp(largest, smallest, longest_pack_side));
    pack.thumbnail = resize(picture, fit_long_side(size_of(picture), thumbnail_side));
}

} // namespace

StylePack make_style_pack(const Model& model, std::vector<StyleInput> paintings,
                          const ManieraOptions& options, int largest) {
    ResolvedOptions resolved = resolve(options);
    resolved.match_parts = MANIERA_MATCH_PARTS_OFF;
    resolved.parts = MANIERA_PARTS_OFF;
    for (const StyleInput& painting : paintings)
        if (painting.pack)
            refuse(painting.pack->file + " is a style pack already; name paintings.");
    Inputs inputs;
    inputs.styles = std::move(paintings);
    check_styles(inputs, resolved);
    return translating_errors([&]() -> StylePack {
        const c10::InferenceMode no_autograd;
        const Network network(model,
                              network_config(resolved, model, choose_placement(resolved, true)));
        const TermOptions terms = moments_alone(resolved);
        StylePack pack;
        pack.model = model.manifest.name;
        pack.model_sha256 = model.manifest.sha256;
        pack.objective = maniera_option_find("objective")->choices[resolved.objective];
        pack.pooling = maniera_option_find("pooling")->choices[resolved.pooling];
        for (int i = 0; i < terms.style_layers.count; ++i) {
            const std::string name = terms.style_layers.items[i].name;
            const std::size_t t = tap_index(network.taps(), name.c_str());
            pack.layers.push_back({name, static_cast<int>(network.channels(t))});
        }
        for (StyleInput& painting : inputs.styles)
            fill_transparent(painting.picture);
        describe(inputs.styles, largest, pack);
        for (const int side : sides_up_to(long_side(pack.size)))
            pack.sizes.push_back(packed_size(network, terms, inputs.styles, pack.layers, side));
        return pack;
    });
}

} // namespace maniera
