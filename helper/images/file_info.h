// SPDX-License-Identifier: GPL-3.0-or-later
// What a result takes over from the file of its content.

#pragma once

#include <memory>

namespace maniera {

// An empty one writes 8-bit sRGB.
struct FileInfo {
    int depth = 8;               // 8 or 16 bits, 32 = float
    std::shared_ptr<void> extra; // profile (RGB ones only) and metadata, as libvips keeps them
};

} // namespace maniera
