// SPDX-License-Identifier: GPL-3.0-or-later
// An optimizer's state in a checkpoint: of several ranks as that of one, so that any number of them
// may resume from it. Internal.

#pragma once

#include "core/base/checkpoint.h"
#include "core/distributed/row_partition.h"
#include "core/optimizer/optimizer.h"

namespace maniera {

// Collective; rank 0 has the writer, the others give null.
void save_state(Optimizer& optimizer, CheckpointWriter* writer, const RowPartition& bands);

// Replaces the state of an optimizer of the same kind; `like` has the shape and the device of this
// rank's rows of its picture. Each rank reads its part. Throws Error{invalid_request} for a state
// that is not of such pictures. Collective.
void load_state(Optimizer& optimizer, const CheckpointReader& reader, const at::Tensor& like,
                const RowPartition& bands);

} // namespace maniera
