// SPDX-License-Identifier: GPL-3.0-or-later
// A picture of nothing, to start a painting from.

#pragma once

#include "core/image/image.h"

namespace maniera {

// Gaussian noise around gray, in color: these rows of a picture so wide. What lies above them is
// drawn and dropped, so that any band has the bits of the whole.
Image noise(unsigned seed, int width, Span rows);

} // namespace maniera
