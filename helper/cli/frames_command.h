// SPDX-License-Identifier: GPL-3.0-or-later
// `maniera frames`: its flags, and its painting with what people and programs hear of it.

#pragma once

#include "helper/frames/frame_files.h"

#include <CLI/CLI.hpp>

namespace maniera {

// Without those of styles and options.
void add_frames_flags(CLI::App& app, Frames& frames);

// Refuses one that lacks something, with Error{invalid_request}.
void check_frames(const Frames& frames);

// Returns the exit code. Throws what ends it early.
int frames_command(const Frames& frames, bool json);

} // namespace maniera
