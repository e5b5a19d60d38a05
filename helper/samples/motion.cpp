// SPDX-License-Identifier: GPL-3.0-or-later

#include "helper/samples/motion.h"

#include "core/image/pyramid.h"
#include "helper/samples/sample.h"

#include <algorithm>
#include <cmath>
#include <string>

namespace maniera {
namespace {

struct Place {
    int x, y;
};

constexpr Place pan{6, 2}, flight{7, -1}; // pixels a frame, of the view and of the ball

// The ball's middle is `at` pixels from the picture's, and its own middle is the glass's.
void draw_ball(Image& frame, const Image& glass, Place at) {
    const float radius = 0.22f * static_cast<float>(std::min(frame.width, frame.height));
    const float middle_x = 0.5f * static_cast<float>(frame.width),
                middle_y = 0.5f * static_cast<float>(frame.height);
    for (int y = 0; y < frame.height; ++y)
        for (int x = 0; x < frame.width; ++x) {
            const int in_x = x - at.x, in_y = y - at.y;
            const float distance = std::hypot(static_cast<float>(in_x) + 0.5f - middle_x,
                                              static_cast<float>(in_y) + 0.5f - middle_y);
            const float share = std::clamp(radius - distance, 0.0f, 1.0f);
            if (share > 0)
                for (int c = 0; c < 3; ++c)
                    frame.at(x, y)[c] += share * (glass.at(in_x, in_y)[c] - frame.at(x, y)[c]);
        }
}

} // namespace

std::vector<Picture> make_motion(int count, int width, int height) {
    const int steps = std::max(0, count - 1);
    const Image landscape =
        make_sample("landscape", width + pan.x * steps, height + pan.y * steps).color;
    const Image glass = make_sample("glass", width, height).color;
    std::vector<Picture> frames(static_cast<std::size_t>(std::max(0, count)));
    for (int i = 0; i < count; ++i) {
        Picture& frame = frames[static_cast<std::size_t>(i)];
        frame.name = "motion" + std::to_string(i + 1);
        frame.color = crop(landscape, pan.x * i, pan.y * i, width, height);
        draw_ball(frame.color, glass, {flight.x * i - flight.x * steps / 2, flight.y * i});
    }
    return frames;
}

} // namespace maniera
