// SPDX-License-Identifier: GPL-3.0-or-later
// What check_inputs refuses, in parts: a session has its styles before its contents. Internal.

#pragma once

#include "core/inputs.h"
#include "core/resolved_options.h"

namespace maniera {

// Of a content, a style or a picture to measure; `what` names it where it has no name. The pixels
// are looked at where the whole picture is in memory.
void check_pixels(const PictureSource& picture, const char* what);

// The styles, the start picture, and the options that need no content.
void check_styles(const Inputs& inputs, const ResolvedOptions& resolved);

// The content, and the options that depend on its size.
void check_content(const PictureSource& content, const ResolvedOptions& resolved);

} // namespace maniera
