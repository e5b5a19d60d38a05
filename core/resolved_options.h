// SPDX-License-Identifier: GPL-3.0-or-later
// Options with the defaults and presets laid under what is set: what a run goes by.
//
//     const ResolvedOptions resolved = resolve(options);   // once, where a call comes in
//     const ResolvedOptions resolved = resolve_for(styles, options);   // of a run:
//     scale_schedule.h run_size(content, resolved);
//
// A type of its own, so that nothing inside reads an option that nobody has filled in.

#pragma once

#include "core/options.h"

namespace maniera {

// `set` tells which options have any value at all: size, scales, tile and memory may have none.
struct ResolvedOptions : ManieraOptions {
    explicit ResolvedOptions(const ManieraOptions& asked, bool one_painting = true)
        : own_iterations(maniera_option_is_set(&asked, "iterations")),
          own_layers(maniera_option_is_set(&asked, "content-layers") ||
                     maniera_option_is_set(&asked, "style-layers")),
          own_parts(maniera_option_is_set(&asked, "parts")),
          own_rank(maniera_option_is_set(&asked, "wasserstein-rank")) {
        maniera_options_resolve_for(&asked, one_painting, this);
    }

    bool own_iterations; // the number of steps was asked for, and is no preset's
    bool own_layers;     // layers of content or style were asked for
    bool own_parts;      // parts were asked for, or to leave them out
    bool own_rank;       // the Wasserstein rank was asked for
};

inline ResolvedOptions resolve(const ManieraOptions& asked) { return ResolvedOptions(asked); }

} // namespace maniera
