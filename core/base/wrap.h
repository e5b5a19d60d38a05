// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

namespace maniera {

// Along which axes a picture goes on at its other end, as a tile repeated without a seam does.
struct Wrap {
    bool x = false;
    bool y = false;
};

} // namespace maniera
