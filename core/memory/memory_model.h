// SPDX-License-Identifier: GPL-3.0-or-later
// How much memory a scale takes with a plan, and the quickest plan that stays within a budget. Pure
// arithmetic.
//
//     ScaleLoad load = scale_load(content, styles, resolved, size);
//     Choice choice = choose_plan(load, resolved, cost, budget, "/home/me/pictures");
//     log(describe(choice, load, budget));

#pragma once

#include "core/image/scale_schedule.h"
#include "core/image/tiles.h"
#include "core/memory/memory_plan.h"
#include "core/network/model.h"
#include "core/resolved_options.h"

#include <cstdint>
#include <string>
#include <vector>

namespace maniera {

// What a network's convolutions between two pools make and do for each pixel of their own layers.
struct NetworkBlock {
    double values = 0;   // of features, kept for the way back
    double products = 0; // multiplications on the way forward
    int reach = 0;       // how far its input sees, in pixels of the picture
    int layers = 1;      // convolutions
};

// The defaults are VGG-16's up to relu5_1.
struct NetworkCost {
    std::vector<NetworkBlock> blocks = {{128, 38592, 0, 2},
                                        {256, 221184, 2, 2},
                                        {768, 1474560, 6, 3},
                                        {1536, 5898240, 18, 3},
                                        {512, 2359296, 42, 1}};
    int reach = 58;                     // of the deepest layer that is wanted
    double value_bytes = 4;             // 2 in bf16
    double weight_bytes = 60 * 1048576; // of the whole file's
};

// Of the model's layers down to the deepest that the options name.
NetworkCost network_cost(const Model& model, const ResolvedOptions& resolved);

// Of the same network up to the first layer below so many pools.
NetworkCost up_to(const NetworkCost& cost, int pools);

// What a pass looks at and does for a part of a picture.
struct PassCost {
    double bytes = 0;    // of memory
    double values = 0;   // of features that lie in memory at once
    double products = 0; // forward, and back where there is a way back
};
PassCost pass_cost(const NetworkCost& cost, const Window& part, Size picture, bool backward_pass);

// What a pass with a way back looks at, with tiles of a side; 0 = in one piece.
double pixels_at_once(const NetworkCost& cost, int tile, Size picture);

// What a step multiplies with tiles of a side over what it does without: at least 1.
double tiling_factor(const NetworkCost& cost, int tile, Size picture);

// Of one scale, what memory depends on.
struct ScaleLoad {
    Size canvas;
    int pools = all_pools; // above the deepest layer that is looked at
    Size content;          // as it was read
    Size style;            // of the largest
    int styles = 0;
    double style_pixels = 0; // of all, at this scale
    double loaded = 0;     // pixels of all pictures as they were read; a mask's are a third of one
    double resized = 0;    // of the content at this size, where it was read at another
    int masks = 0;         // of styles that apply in a part of the content
    bool temporal = false; // the picture stays near that of the frame before
    int ranks = 1;         // processes that have a band each of the picture, and none all of it
};
ScaleLoad scale_load(Size content, const std::vector<StyleSize>& styles,
                     const ResolvedOptions& resolved, Size size);

// Of the one of its processes that has most, where bands begin with tiles of this side (0 = none).
ScaleLoad band_load(const ScaleLoad& load, int tile, const NetworkCost& cost);

// Of the network's passes of one process alone, at their highest.
double pass_bytes(const MemoryPlan& plan, const ScaleLoad& load, const NetworkCost& cost);

// A process's resident memory at its highest.
std::int64_t plan_bytes(const MemoryPlan& plan, const ScaleLoad& load,
                        const ResolvedOptions& resolved, const NetworkCost& cost);

struct Choice {
    MemoryPlan plan;
    std::int64_t bytes = 0;
    bool fits = false; // else it is the one that takes least
};

// The first within the budget (bytes) of plans that take ever less memory and more time: one tile,
// then smaller tiles while their surroundings cost little, then files if there is a folder for
// them, then the smallest tiles. The option `tile`, where it is set, decides the tile.
Choice choose_plan(const ScaleLoad& load, const ResolvedOptions& resolved, const NetworkCost& cost,
                   std::int64_t budget, const std::string& scratch_folder);

// The next plan that takes less memory; false when there is none.
bool shrink(MemoryPlan& plan, Size canvas, const std::string& scratch_folder);

int tile_count(const MemoryPlan& plan, Size canvas);

// For a person: the tiles, where the state lies, what is needed and what there is.
std::string describe(const Choice& choice, Size canvas, std::int64_t budget);

// "1.5 GiB".
std::string in_gib(std::int64_t bytes);

} // namespace maniera
