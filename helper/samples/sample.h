// SPDX-License-Identifier: GPL-3.0-or-later
// Sample pictures that are painted by code, for a first try without looking for pictures.

#pragma once

#include "core/image/image.h"

#include <string>
#include <vector>

namespace maniera {

constexpr char motion_name[] = "motion"; // of the moving sample, in motion.h

// "landscape" and "portrait", photographs of sorts; "strokes", "glass", "ink" and
// "painted-portrait", styles; "sky-mask", white where the landscape's sky is.
std::vector<std::string> sample_names();

// The same picture every time; sizes down to 1x1. Throws Error{invalid_option} for another name.
Picture make_sample(const std::string& name, int width = 640, int height = 480);

} // namespace maniera
