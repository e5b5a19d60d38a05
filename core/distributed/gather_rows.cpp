// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/distributed/gather_rows.h"

#include "core/distributed/collectives.h"

#include <ATen/ops/from_blob.h>

#include <cstdint>

namespace maniera {

void gather_rows(Communicator& comm, ImageView own, const std::function<void(ImageView strip)>& f) {
    const std::int64_t row = std::int64_t{own.channels} * own.width;
    gather_chunks(
        comm, row * own.height, row,
        [&](std::int64_t begin, std::int64_t end) {
            return at::from_blob(const_cast<float*>(own.pixels) + begin, {end - begin}, at::kFloat);
        },
        [&](const float* values, std::int64_t count) {
            f({values, own.width, static_cast<int>(count / row), own.channels});
        });
}

} // namespace maniera
