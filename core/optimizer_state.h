// SPDX-License-Identifier: GPL-3.0-or-later
// An optimiser's state in a checkpoint. Internal.

#pragma once

#include "core/checkpoint.h"
#include "core/optimizer.h"

namespace maniera {

void save_state(Optimizer& optimizer, CheckpointWriter& writer);

// Over the state of an optimiser of the same kind; `like` has the shape and the device of its
// picture. Throws Error{invalid_request} for a state that is not of such pictures.
void load_state(Optimizer& optimizer, const CheckpointReader& reader, const at::Tensor& like);

} // namespace maniera
