// SPDX-License-Identifier: GPL-3.0-or-later
// What check_inputs refuses, in parts: a session has its styles before its contents. Internal.

#pragma once

#include "core/stylize.h"

namespace maniera {

// Of a content, a style or a picture to measure; `what` names it where it has no name.
void check_pixels(const Picture& picture, const char* what);

// The styles, the start picture, and what of the options no content is needed for.
void check_styles(const Inputs& inputs, const ResolvedOptions& resolved);

// Whichever of the two there is; what is given by rows is not looked into.
void check_content(const Picture& content, const PictureRows& rows, const ManieraOptions& options);

} // namespace maniera
