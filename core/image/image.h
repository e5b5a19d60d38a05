// SPDX-License-Identifier: GPL-3.0-or-later
// Pictures in memory: float32, interleaved, rows from the top, no padding.
//
// Colors are sRGB-encoded (not linear) in [0,1], three channels in the order red, green, blue.
// Masks and alpha have one channel in [0,1], as stored: no transfer curve.
// An Image owns its pixels, an ImageView reads somebody else's.

#pragma once

#include "core/image/geometry.h"

#include <cstddef>
#include <string>
#include <vector>

namespace maniera {

struct ImageView {
    const float* pixels = nullptr;
    int width = 0;
    int height = 0;
    int channels = 0; // 1 or 3

    bool empty() const { return pixels == nullptr; }
    const float* at(int x, int y) const {
        return pixels + (static_cast<std::size_t>(y) * width + x) * channels;
    }
};

inline Size size_of(ImageView image) { return {image.width, image.height}; }

struct Image {
    int width = 0;
    int height = 0;
    int channels = 0; // 1 or 3
    std::vector<float> pixels;

    Image() = default;
    // Zero-filled. Throws Error{out_of_memory} when the size overflows or cannot be had.
    Image(int width, int height, int channels);

    bool empty() const { return pixels.empty(); }
    operator ImageView() const {
        return {empty() ? nullptr : pixels.data(), width, height, channels};
    }
    float* at(int x, int y) {
        return pixels.data() + (static_cast<std::size_t>(y) * width + x) * channels;
    }
    const float* at(int x, int y) const {
        return pixels.data() + (static_cast<std::size_t>(y) * width + x) * channels;
    }
};

Image copy(ImageView view);

// A picture as a user thinks of it: colours, how opaque each pixel is, and what to call it when
// something is wrong with it.
struct Picture {
    std::string name; // a file name or a layer's name, for messages only
    Image color;      // 3 channels
    Image alpha;      // 1 channel of the same size; empty = opaque everywhere
};

// Gives the colours of fully transparent pixels the colours of their nearest neighbours, so that
// filters near an edge do not bleed whatever was stored there. Does nothing without alpha.
void fill_transparent(Picture& picture);

} // namespace maniera
