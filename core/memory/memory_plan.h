// SPDX-License-Identifier: GPL-3.0-or-later
// How a scale is painted within a memory budget: in which tiles, and where the state that is as
// large as the picture lies between its uses.

#pragma once

#include <string>

namespace maniera {

struct MemoryPlan {
    int tile = 0;                 // side of tiles in pixels; 0 = one tile, one pass
    bool pairs_in_file = false;   // what L-BFGS learnt, or Adam's moments and average
    bool vectors_in_file = false; // the optimiser's picture, gradient and direction
    bool targets_in_file = false; // the content's features
    std::string scratch_folder;   // for files; they have no name there. Empty = no files
};

} // namespace maniera
