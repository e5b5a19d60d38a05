// SPDX-License-Identifier: GPL-3.0-or-later
// A picture of two parts.

#pragma once

#include "core/image/image.h"

namespace maniera::test {

// Stripes of 4 px where `inside` says so, a checked pattern of 2 px elsewhere, the darker of it as
// `shade` says. x and y are from 0 to 1.
Picture make_two_textures(int width, int height, bool (*inside)(double x, double y), float shade);

} // namespace maniera::test
