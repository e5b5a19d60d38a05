// SPDX-License-Identifier: GPL-3.0-or-later
// A picture of which each rank has some rows, gathered at rank 0.
//
//     gather_rows(comm, result.picture.color, [&](ImageView strip) { writer.add(strip); });

#pragma once

#include "core/distributed/communicator.h"
#include "core/image/image.h"

#include <functional>

namespace maniera {

// Calls f(strip) at rank 0 with all rows from the top, in strips of a few MiB. `own` are this
// rank's rows, with 3 channels. Collective.
void gather_rows(Communicator& comm, ImageView own, const std::function<void(ImageView strip)>& f);

} // namespace maniera
