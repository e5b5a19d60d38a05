// SPDX-License-Identifier: GPL-3.0-or-later
// The constants of memory were fitted to peaks of resident memory: HACKING.md, "Estimates".

#include "core/estimate.h"

#include "core/error.h"

#include <algorithm>
#include <string>

namespace maniera {
namespace {

constexpr double process_bytes = 320.0 * 1048576; // libraries, and holes in the heap
constexpr double model_copies = 3;  // as read, for the way forward and for the way back
constexpr double loaded_bytes = 24; // of a pixel of a picture: three floats, and again prepared
constexpr double pair_bytes = 24;   // of a pixel in one of L-BFGS's pairs
constexpr double pairs = 6;
constexpr double adam_bytes = 48;    // of a pixel: two moments, the average, the picture
constexpr double canvas_bytes = 237; // of a pixel: content and its target, gradient, direction, ...
// A style's pass has no way back: two layers of features at a time, which are the largest.
constexpr double style_features = 170;
constexpr double forward_share = 1.0 / 3; // of a step's time
constexpr int margin = 8;                 // stylize.cpp's canvas_margin

bool has(const ManieraOptions& options, const char* name) {
    return maniera_option_is_set(&options, name);
}

double pixels(Size size, int beyond = 0) {
    return (size.width + 2.0 * beyond) * (size.height + 2.0 * beyond);
}

Size run_size(Size content, const ManieraOptions& resolved) {
    const Size size = has(resolved, "size") ? fit_long_side(content, resolved.size) : content;
    const int short_side = std::min(size.width, size.height);
    if (short_side < shortest_side)
        throw Error(ErrorCode::invalid_option,
                    "The short side would be " + std::to_string(short_side) +
                        " pixels and must be at least " + std::to_string(shortest_side) +
                        "; ask for a larger --size.");
    return size;
}

// The style's pixels when the run is at `size`.
double style_pixels(const StyleSize& style, const ManieraOptions& resolved, Size size) {
    if (resolved.objective == MANIERA_OBJECTIVE_GATYS)
        return pixels(size);
    const double own = std::max(style.size.width, style.size.height);
    const double scale = style.scale > 0 ? style.scale : resolved.style_scale;
    const double factor = std::min(1.0, std::max(size.width, size.height) * scale / own);
    return pixels(style.size) * factor * factor;
}

} // namespace

Estimate estimate(Size content, const std::vector<StyleSize>& styles, const ManieraOptions& options,
                  const Calibration& calibration) {
    ManieraOptions resolved;
    maniera_options_resolve(&options, &resolved);
    const Size full = run_size(content, resolved);
    const std::vector<Size> sizes =
        scale_sizes(full, has(resolved, "scales") ? resolved.scales : 0);
    const bool gatys = resolved.objective == MANIERA_OBJECTIVE_GATYS;
    const int beyond = gatys ? 0 : margin;

    Estimate result;
    result.scales = static_cast<int>(sizes.size());
    result.width = full.width;
    result.height = full.height;

    result.seconds = calibration.start_seconds;
    for (int i = 0; i < result.scales; ++i) {
        double passes = pixels(sizes[i], beyond); // of targets, in pixels
        for (const StyleSize& style : styles)
            passes += style_pixels(style, resolved, sizes[i]);
        const int steps = resolved.iterations.values[std::min(i, resolved.iterations.count - 1)];
        result.seconds +=
            steps *
                (calibration.step_seconds + calibration.pixel_seconds * pixels(sizes[i], beyond)) +
            calibration.step_seconds + forward_share * calibration.pixel_seconds * passes;
    }
    if (resolved.time_limit > 0)
        result.seconds = std::min(result.seconds, resolved.time_limit);

    double loaded = pixels(content), style_pass = 0;
    for (const StyleSize& style : styles) {
        loaded += pixels(style.size);
        style_pass = std::max(style_pass, style_pixels(style, resolved, full));
    }
    const double features = calibration.features * calibration.feature_bytes;
    const double state =
        resolved.optimizer == MANIERA_OPTIMIZER_ADAM ? adam_bytes : pairs * pair_bytes;
    const double canvas = pixels(full, beyond);
    const double step = canvas * (features + state + canvas_bytes);
    const double targets =
        canvas * (state + canvas_bytes) +
        style_pass * features * std::min(1.0, style_features / calibration.features);
    result.bytes =
        static_cast<std::int64_t>(process_bytes + model_copies * calibration.model_bytes +
                                  loaded_bytes * loaded + std::max(step, targets));
    return result;
}

int largest_size(Size content, const std::vector<StyleSize>& styles, const ManieraOptions& options,
                 const Calibration& calibration, std::int64_t bytes) {
    const int long_side = std::max(content.width, content.height);
    const int short_side = std::min(content.width, content.height);
    const auto fits = [&](int size) {
        ManieraOptions asked = options;
        char message[MANIERA_MESSAGE_MAX];
        maniera_option_set(&asked, "size", std::to_string(size).c_str(), message);
        return estimate(content, styles, asked, calibration).bytes <= bytes;
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
