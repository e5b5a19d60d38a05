// SPDX-License-Identifier: GPL-3.0-or-later
// `maniera batch`: paints a batch and reports on it to people or programs.

#pragma once

#include "helper/batch/batch_jobs.h"

namespace maniera {

// Returns the program's exit code. Throws as run_batch does; the sentence says how to
// continue.
int batch_command(const Batch& batch, bool json);

} // namespace maniera
