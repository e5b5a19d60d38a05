// SPDX-License-Identifier: GPL-3.0-or-later
// Frames that come from a video, become one, or both. Between them they lie as numbered pictures in
// a folder beside the output, OUTPUT.maniera-frames, until all are painted.

#pragma once

#include "helper/frames/frames.h"

namespace maniera {

// As run_frames, which it calls.
void run_video(const Frames& frames, const FramesListener& listener, FramesSummary& summary);

} // namespace maniera
