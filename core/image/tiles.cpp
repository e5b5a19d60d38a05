// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/image/tiles.h"

#include <algorithm>

namespace maniera {
namespace {

Span grown(Span span, int margin, int stride, int length) {
    return {std::max(0, span.begin - margin) / stride * stride,
            std::min(length, round_up(span.end + margin, stride))};
}

Span reduced(Span span, int pools) { return {span.begin >> pools, span.end >> pools}; }

} // namespace

std::vector<Span> spans(int length, int side) {
    std::vector<Span> result;
    for (int begin = 0; begin < length; begin += side)
        result.push_back({begin, std::min(begin + side, length)});
    return result;
}

std::vector<Window> tiles(Size picture, int side, int stride) {
    std::vector<Window> windows;
    for (const Span& y : spans(picture.height, round_up(side, stride)))
        for (const Span& x : spans(picture.width, round_up(side, stride)))
            windows.push_back({x, y});
    return windows;
}

Window grown(const Window& window, int margin, int stride, Size picture) {
    return {grown(window.x, margin, stride, picture.width),
            grown(window.y, margin, stride, picture.height)};
}

Window reduced(const Window& window, int pools) {
    return {reduced(window.x, pools), reduced(window.y, pools)};
}

Window relative(const Window& inner, const Window& outer) {
    return {counted_from(inner.x, outer.x.begin), counted_from(inner.y, outer.y.begin)};
}

} // namespace maniera
