// SPDX-License-Identifier: GPL-3.0-or-later
// A checkpoint names its pictures by whole names. Where its folder was moved, renamed or is mounted
// elsewhere, they are found again by their bytes.

#pragma once

#include "helper/job/checkpoints.h"

namespace maniera {

// Each input that is no longer what the run began with becomes the file near the checkpoint that
// is: at the same place as seen from the output's folder, by the same name in the checkpoint's
// folder, or else any picture there. What is found nowhere keeps its name. An output or preview
// whose folder is gone goes beside the checkpoint.
void find_moved_inputs(SavedRun& saved);

} // namespace maniera
