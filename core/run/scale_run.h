// SPDX-License-Identifier: GPL-3.0-or-later
// One scale of a run: its scene, its steps, and what the caller hears of them. Internal.

#pragma once

#include "core/optimizer/optimizer.h"
#include "core/progress.h"
#include "core/run/memory_guard.h"
#include "core/run/run.h"

#include <cstddef>

namespace maniera {

// All of a scale: prepare, steps with their reports, finish.
void paint_scale(Run& run, std::size_t scale);

class ScaleRun {
public:
    ScaleRun(Run& run, std::size_t scale);

    void prepare(); // the scene and the optimizer's state at this size
    bool has_steps() const;
    void step();
    void report();  // asks whether to go on; run.result.complete is the answer
    void abandon(); // what was interrupted: the painting is as before
    void finish();

private:
    void set_scene(Scene& scene);
    void fit_scene();
    void set_painting(const Scene& next);
    void begin_steps(); // or goes on with those of a checkpoint
    void find_matches();
    Progress progress() const;

    Run& run_;
    std::size_t scale_;
    Size size_;
    double began_; // seconds since the run's start
    MemoryGuard memory_;
    int scene_tile_ = 0;   // the side of the tiles that the scene was made for
    bool matched_ = false; // the scene is drawn to the field
    int step_ = 0, steps_;
    bool prepared_ = false;
};

} // namespace maniera
