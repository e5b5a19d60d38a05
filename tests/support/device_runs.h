// SPDX-License-Identifier: GPL-3.0-or-later
// What is to hold on every device, and is shown on the processor and, where there is one, a GPU.

#pragma once

#include "core/objective/objective.h"
#include "core/objective/style_loss.h"
#include "core/optimizer/optimizer.h"
#include "core/run/make_scene.h"
#include "tests/support/settings.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace maniera::test {

// Two styles, one with a mask, and a content with some transparency: everything at once.
Inputs everything_inputs();

// A scene at 97 x 75 and what it needs, with a tiny network on a device.
class DeviceRun {
public:
    DeviceRun(const Placement& placement, SqrtMethod sqrt_method, const Settings& settings,
              int tile = 0,
              Communicator& comm = local_communicator()); // collective with these

    Evaluation evaluate() const;           // at the content
    Evaluation evaluate_elsewhere() const; // at its negative, where no term is near 0
    Span own() const { return scene_.bands.own(); }
    std::unique_ptr<Optimizer> optimizer() const;
    Function function() const;
    const ResolvedOptions& options() const { return resolved_; }

private:
    Inputs inputs_;
    ResolvedOptions resolved_;
    std::unique_ptr<Network> network_;
    Scene scene_;
    at::Tensor start_;
};

} // namespace maniera::test
