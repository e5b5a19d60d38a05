// SPDX-License-Identifier: GPL-3.0-or-later
// A photograph whose ends meet: a tile made of it has no edge at the seam.

#pragma once

#include "core/base/wrap.h"
#include "core/image/row_source.h"

namespace maniera {

// Within a sixteenth of each end, along the axes that wrap, the picture fades into its mirror
// image, half of which is there at the end itself. Rows that are read from elsewhere stay so; near
// an end those of the other end are read too. Without a wrap it is returned as it is.
PictureSource joined_ends(PictureSource picture, Wrap wrap);

} // namespace maniera
