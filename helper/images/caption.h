// SPDX-License-Identifier: GPL-3.0-or-later
// A line of text as pixels.

#pragma once

#include "core/image/image.h"

#include <string>

namespace maniera {

// One channel, how much of each pixel is ink, at most `width` pixels wide: of a longer text the
// middle is left out. Characters that are none in UTF-8 are shown as such. Empty where libvips has
// no text or the text is empty.
Image caption(const std::string& text, int width);

} // namespace maniera
