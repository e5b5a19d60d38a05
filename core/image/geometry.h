// SPDX-License-Identifier: GPL-3.0-or-later
// Sizes, spans and windows of pixels. Pure arithmetic.
//
//     const Size picture{640, 480};
//     const Window all = whole(picture);           // x 0..640, y 0..480
//     const Span rows = counted_from(all.y, 100);  // -100..380
//
// A span holds its first pixel and not its end.

#pragma once

namespace maniera {

// In pixels.
struct Size {
    int width = 0;
    int height = 0;
};

inline bool operator==(Size a, Size b) { return a.width == b.width && a.height == b.height; }

struct Span {
    int begin = 0;
    int end = 0; // the first that is not in it
    int length() const { return end - begin; }
};

inline bool operator==(Span a, Span b) { return a.begin == b.begin && a.end == b.end; }

struct Window {
    Span x, y;
};

inline bool operator==(const Window& a, const Window& b) { return a.x == b.x && a.y == b.y; }

// The same pixels, counted from pixel `first`.
inline Span counted_from(Span span, int first) { return {span.begin - first, span.end - first}; }

inline Window whole(Size picture) { return {{0, picture.width}, {0, picture.height}}; }

// The least multiple of the stride that is not below the value.
inline int round_up(int value, int stride) { return (value + stride - 1) / stride * stride; }

} // namespace maniera
