// SPDX-License-Identifier: GPL-3.0-or-later
// `maniera batch`: what people and programs are told of a batch.

#pragma once

#include "helper/batch/batch_jobs.h"

namespace maniera {

// Returns the program's exit code. Throws as run_batch does, with how to go on.
int batch_command(const Batch& batch, bool json);

} // namespace maniera
