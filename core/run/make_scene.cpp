// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/run/make_scene.h"

#include "core/image/joined_ends.h"
#include "core/image/scale_schedule.h"
#include "core/objective/matched_targets.h"
#include "core/objective/packed_moments.h"
#include "core/run/scene_rows.h"
#include "core/run/style_palette.h"

#include <algorithm>
#include <sstream>
#include <string>
#include <utility>

namespace maniera {
namespace {

bool any_mask(const Inputs& prepared) {
    return std::any_of(prepared.styles.begin(), prepared.styles.end(),
                       [](const StyleInput& style) { return !style.mask.empty(); });
}

// What decides the targets of styles, besides their pictures and the options.
std::string targets_key(const Inputs& prepared, const ResolvedOptions& resolved,
                        const RegionPlan& plan, Size run, int tile) {
    std::ostringstream key;
    key << std::hexfloat << tile << ' ' << pools_at(run, resolved);
    for (const StyleInput& style : prepared.styles) {
        const Size size = style_size(style, resolved, run);
        key << ' ' << size.width << 'x' << size.height;
    }
    for (const Region& region : plan.regions) {
        key << " |";
        for (std::size_t i = 0; i < region.styles.size(); ++i)
            key << ' ' << region.styles[i] << ' ' << region.factors[i];
    }
    return key.str();
}

// The styles at the sizes that this scale wants. `weights` are the picture's in the view.
std::vector<StyleSource> style_sources(const Network& network, const TermOptions& terms,
                                       const ResolvedOptions& resolved, const Inputs& prepared,
                                       Size size, const Image& weights) {
    // The region's own mask, at the same places, stands in for a style mask where asked.
    const auto instead = [&](std::size_t style) -> RowSource {
        const RowSource& mask = prepared.styles[style].mask;
        if (!terms.convention.mask_styles || (mask.empty() && weights.empty()))
            return {};
        const auto read = [&, mask](Span rows) {
            return multiply(resized_rows_or_empty(mask, size, rows),
                            weights.empty() ? Image() : copy(rows_in(weights, rows)));
        };
        return {size, 1, read};
    };
    std::vector<StyleSource> sources;
    for (std::size_t i = 0; i < prepared.styles.size(); ++i) {
        const StyleInput& style = prepared.styles[i];
        const Size at = style_size(style, resolved, size);
        if (style.pack) {
            const int side = std::max(at.width, at.height);
            sources.push_back({{},
                               style_weights(style, at, instead(i)),
                               {},
                               packed_moments(network, terms, *style.pack, side),
                               at});
            continue;
        }
        sources.push_back({to_tensor(resize(style.picture, at).color, network.placement().device),
                           style_weights(style, at, instead(i)),
                           {}});
        for (std::size_t part = 0; part < prepared.parts.size(); ++part)
            sources.back().parts.push_back(
                part_style_weights(prepared, i, static_cast<int>(part), at));
        if (!prepared.parts.empty())
            sources.back().parts.push_back(part_style_weights(prepared, i, Region::rest, at));
    }
    return sources;
}

} // namespace

void prepare_content(PictureSource& content, Wrap wrap) {
    if (!content.color.whole.empty()) {
        Picture picture = take_whole(std::move(content));
        fill_transparent(picture);
        for (float& value : picture.color.pixels) // a scale of its size takes it as it is
            value = std::clamp(value, 0.0f, 1.0f);
        content = std::move(picture);
    }
    content = joined_ends(std::move(content), wrap);
}

Scene make_frame(const TermOptions& terms, const Inputs& prepared, Size size,
                 const RowPartition& bands, int margin) {
    Image alpha;
    ObjectiveConvention frame_convention = terms.convention;
    frame_convention.surroundings = 0; // nothing looks at them
    Scene scene = with_content(prepared, frame_convention, size, margin, bands, alpha);
    scene.coverage =
        plan_rows(terms.convention, prepared, scene, 0, scene.own_halo(), Image()).coverage;
    scene.lines = line_regions(scene, prepared);
    return scene;
}

Scene make_scene(const Network& network, const TermOptions& terms, const ResolvedOptions& resolved,
                 const Inputs& prepared, Size size, int margin, StyleTargetCache& targets,
                 const std::vector<MatchedLayer>& matched, const MemoryPlan& memory,
                 Communicator& comm) {
    margin += terms.convention.surroundings;
    const Size view{size.width + 2 * margin, size.height + 2 * margin};
    Image alpha;
    Scene scene = with_content(prepared, terms.convention, size, margin,
                               partition_rows(comm, view, memory.tile, network), alpha);
    const Span seen = scene.view.own_with_halo();
    const Span halo = scene.own_halo();
    const Image weights = view_weights(alpha, halo.begin, size, margin, seen);
    const RegionPlan plan = plan_rows(terms.convention, prepared, scene, margin, seen, weights);
    if (!plan.coverage.empty()) {
        const Span shown{std::max(halo.begin, seen.begin - margin),
                         std::min(halo.end, seen.end - margin)}; // all of the halo, but for a wrap
        const Image part = crop(plan.coverage, margin, shown.begin + margin - seen.begin,
                                size.width, shown.length());
        scene.coverage = Image(size.width, halo.length(), 1);
        std::copy(part.pixels.begin(), part.pixels.end(),
                  scene.coverage.at(0, shown.begin - halo.begin));
    }

    const at::Device device = network.placement().device;
    const std::vector<std::size_t> taps = taps_of(network, matched);
    scene.matched = matched;
    const auto pass_over = [&](const std::vector<Region>& regions) {
        return pass_over_styles(network, terms, regions,
                                style_sources(network, terms, resolved, prepared, size, weights),
                                memory.tile, taps,
                                memory.targets_in_file ? memory.scratch_folder : "");
    };
    const bool by_content = !prepared.parts.empty() || (terms.convention.mask_styles &&
                                                        (!weights.empty() || any_mask(prepared)));
    const std::shared_ptr<const StyleTargets> asked = targets.get(
        by_content ? "" : targets_key(prepared, resolved, plan, size, memory.tile), [&] {
            StylePasses passes = pass_over(plan.regions);
            scene.style_features = std::move(passes.features);
            return std::move(passes.targets);
        });
    if (!taps.empty() && scene.style_features.empty())
        scene.style_features = pass_over({}).features;
    scene.objective = std::make_unique<Objective>(
        network, terms, plan, content_view(scene, seen, device), *asked, memory, scene.view);
    if (!prepared.temporal.painting.empty())
        scene.objective->set_temporal(temporal_term(scene, prepared.temporal, device));
    scene.lines = line_regions(scene, prepared);
    for (const Region& region : plan.regions)
        scene.regions.push_back({Image(), region.styles, region.factors, region.part});
    return scene;
}

} // namespace maniera
