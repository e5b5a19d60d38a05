// SPDX-License-Identifier: GPL-3.0-or-later
// A moving picture that is painted by code, whose motion is known: for a first try, and to measure
// flicker by.

#pragma once

#include "core/image/image.h"

#include <vector>

namespace maniera {

// A pan over the landscape, behind a ball of stained glass that crosses the picture. From one frame
// to the next the landscape moves by (-6, -2) pixels and the ball by (7, -1).
std::vector<Picture> make_motion(int count = 8, int width = 320, int height = 240);

} // namespace maniera
