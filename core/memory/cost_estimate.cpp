// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/memory/cost_estimate.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace maniera {
namespace {

// Of a step's time in one piece: what passes over a picture without a way back take, for targets.
constexpr double forward_share = 1.0 / 3;

// Where parts are found: the regions that masks make of a picture, on average of tried pairs, and
// what a step takes of one without them (docs/performance.md, Regions).
constexpr int usual_regions = 5;
constexpr double parts_factor = 1.3;
// What the search leaves behind: at 512 and 1024 px a run's peak was 60 MiB higher with it.
constexpr std::int64_t search_bytes = std::int64_t{60} << 20;

// The seconds that the search takes: it looks at small copies of all pictures, in float32, with all
// layers.
double search_seconds(const Calibration& calibration, std::size_t styles) {
    constexpr double looked_at = 1.4 * small_piece; // pixels of a picture, with what is around it
    const double precision = sizeof(float) / calibration.network.value_bytes;
    return forward_share * calibration.pixel_seconds * precision * precision * looked_at *
           static_cast<double>(1 + styles);
}

double pixels(Size size) { return static_cast<double>(size.width) * size.height; }

// Of a step, for every pixel of the canvas and of what tiles see around them.
// `network` is what is looked at of the calibration's.
double pixel_seconds(const Calibration& calibration, const NetworkCost& network, int tile,
                     Size canvas) {
    const double seen = pixels_at_once(network, tile, canvas);
    const double doublings = std::log2(std::max(1.0, seen / small_piece));
    const auto products = [&](const NetworkCost& cost) {
        return pass_cost(cost, whole(canvas), canvas, true).products;
    };
    return calibration.pixel_seconds * (1 + calibration.growth * doublings) * products(network) /
           products(calibration.network);
}

bool finds_parts(const ResolvedOptions& resolved) { return resolved.parts != MANIERA_PARTS_OFF; }

// For the steps.
std::int64_t room(const ResolvedOptions& resolved, const Means& means) {
    return means.memory - (finds_parts(resolved) ? search_bytes : 0);
}

// Before it is known how many parts there are.
ScaleLoad usual_load(Size content, const std::vector<StyleSize>& styles,
                     const ResolvedOptions& resolved, Size size) {
    ScaleLoad load = scale_load(content, styles, resolved, size);
    if (finds_parts(resolved))
        load.masks += usual_regions;
    return load;
}

} // namespace

std::vector<double> scale_seconds(Size content, const std::vector<StyleSize>& styles,
                                  const ResolvedOptions& resolved, const Calibration& calibration,
                                  const Means& means) {
    const Size full = run_size(content, resolved);
    std::vector<double> seconds;
    for (const Size size : run_scales(full, resolved)) {
        const ScaleLoad load = usual_load(content, styles, resolved, size);
        const int tile = choose_plan(load, resolved, calibration.network, room(resolved, means),
                                     means.scratch_folder)
                             .plan.tile;
        // Tiles look at their surroundings too, and once more for the moments.
        const NetworkCost network = up_to(calibration.network, load.pools);
        const double factor =
            tiling_factor(network, tile, load.canvas) * (finds_parts(resolved) ? parts_factor : 1);
        const double a_pixel = pixel_seconds(calibration, network, tile, load.canvas);
        double passes = pixels(load.canvas); // of targets
        double of_styles = 0;
        for (const StyleSize& style : styles)
            of_styles += pixels(style_size(style, resolved, size));
        passes += of_styles;
        if (resolved.match_parts != MANIERA_MATCH_PARTS_OFF) { // compared, and the features to take
            const double reduction = match_reduction(size, resolved);
            passes += (pixels(load.canvas) + of_styles) / (reduction * reduction) + of_styles;
        }
        seconds.push_back(steps_at(resolved, seconds.size()) *
                              (calibration.step_seconds + factor * a_pixel * pixels(load.canvas)) +
                          calibration.step_seconds + forward_share * a_pixel * passes);
    }
    return seconds;
}

Estimate estimate(Size content, const std::vector<StyleSize>& styles, const ManieraOptions& options,
                  const Calibration& calibration, const Means& means) {
    const ResolvedOptions resolved = resolve_for(styles, options);
    const Size full = run_size(content, resolved);
    const auto choose = [&](Size size) {
        return choose_plan(usual_load(content, styles, resolved, size), resolved,
                           calibration.network, room(resolved, means), means.scratch_folder);
    };
    const Choice choice = choose(full);
    const std::vector<double> seconds =
        scale_seconds(content, styles, resolved, calibration, means);

    Estimate result;
    // A smaller scale may take more: it is given what there is.
    for (const Size size : run_scales(full, resolved))
        result.bytes = std::max(result.bytes, choose(size).bytes);
    result.fits = choice.fits;
    result.tile = choice.plan.tile;
    result.tiles = tile_count(choice.plan, canvas_size(full, resolved));
    result.scales = static_cast<int>(seconds.size());
    result.width = full.width;
    result.height = full.height;
    result.seconds = std::accumulate(seconds.begin(), seconds.end(), calibration.start_seconds);
    if (finds_parts(resolved)) {
        result.seconds += search_seconds(calibration, styles.size());
        result.bytes += search_bytes;
    }
    if (resolved.time_limit > 0)
        result.seconds = std::min(result.seconds, resolved.time_limit);
    return result;
}

bool refine(Calibration& calibration, Size content, const std::vector<StyleSize>& styles,
            const ResolvedOptions& resolved, const Means& means, const std::vector<double>& taken) {
    constexpr double enough = 1; // seconds
    constexpr double slower = 0.1;
    const std::vector<double> thought =
        scale_seconds(content, styles, resolved, calibration, means);
    if (thought.empty() || taken.size() != thought.size() || !(taken.back() >= enough) ||
        !(thought.back() > 0))
        return false;
    // Quicker than a tenth is no machine's doing.
    const double ratio = std::clamp(taken.back() / thought.back(), 0.1, 10.0);
    const double factor = ratio < 1 ? ratio : 1 + slower * (ratio - 1);
    for (double* seconds :
         {&calibration.start_seconds, &calibration.step_seconds, &calibration.pixel_seconds})
        *seconds *= seconds == &calibration.start_seconds ? std::min(1.0, factor) : factor;
    return true;
}

int largest_size(Size content, const std::vector<StyleSize>& styles, const ManieraOptions& options,
                 const Calibration& calibration, const Means& means) {
    const int long_side = std::max(content.width, content.height);
    const int short_side = std::min(content.width, content.height);
    const ResolvedOptions resolved = resolve_for(styles, options);
    const auto fits = [&](int long_side) {
        const ScaleLoad load =
            usual_load(content, styles, resolved, fit_long_side(content, long_side));
        return choose_plan(load, resolved, calibration.network, room(resolved, means),
                           means.scratch_folder)
            .fits;
    };
    // The smallest that can be painted, rounded up as fit_long_side rounds.
    int least = (shortest_side * long_side + short_side - 1) / short_side;
    if (!fits(least))
        return 0;
    int most = 1000000; // the option's own limit
    while (least < most) {
        const int middle = least + (most - least + 1) / 2;
        if (fits(middle))
            least = middle;
        else
            most = middle - 1;
    }
    return least;
}

} // namespace maniera
