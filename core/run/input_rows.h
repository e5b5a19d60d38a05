// SPDX-License-Identifier: GPL-3.0-or-later
// A run's pictures by rows, whether they are in memory or not. What is in memory must outlive them.
// Internal.

#pragma once

#include "core/stylize.h"

namespace maniera {

inline PictureRows content_of(const Inputs& inputs) {
    return inputs.content_rows.color.empty() ? rows_of(inputs.content) : inputs.content_rows;
}

inline RowSource initial_of(const Inputs& inputs) {
    return inputs.initial_rows.empty() ? rows_of(inputs.initial) : inputs.initial_rows;
}

inline RowSource mask_of(const StyleInput& style) {
    return style.mask_rows.empty() ? rows_of(style.mask) : style.mask_rows;
}

} // namespace maniera
