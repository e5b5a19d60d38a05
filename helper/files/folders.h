// SPDX-License-Identifier: GPL-3.0-or-later
// Folders of this machine: for models, caches and scratch files; and the script that imports
// models.

#pragma once

#include <string>
#include <vector>

namespace maniera {

// The folders that are searched for models, in order: MANIERA_MODELS (a list with colons), the
// user's data folder and the system's (XDG), and the one beside the program.
std::vector<std::string> model_folders();

// Where Maniera may keep what it can make again (XDG_CACHE_HOME); empty when there is no such
// folder.
std::string cache_folder();

// Where a run's scratch files go: the disk that its result goes to, or TMPDIR's, else /var/tmp, for
// /tmp is memory on many machines; empty when none can be written to. `output` may be empty.
std::string scratch_folder(const std::string& output);

// install/tools/import-model, installed or in the source tree. Throws Error{internal} when it is
// gone.
std::string import_script();

// maniera-decode, beside the program. Throws Error{internal} when it is gone.
std::string decoder_program();

} // namespace maniera
