// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/image/noise.h"

#include <algorithm>
#include <cstdint>
#include <random>

namespace maniera {

Image noise(unsigned seed, int width, Span rows) {
    std::mt19937 random(static_cast<std::mt19937::result_type>(seed));
    std::normal_distribution<float> normal(0.5f, 0.15f);
    Image image(width, rows.length(), 3);
    const std::int64_t above = std::int64_t{3} * width * rows.begin;
    for (std::int64_t i = 0; i < above; ++i)
        normal(random);
    for (float& value : image.pixels)
        value = std::clamp(normal(random), 0.0f, 1.0f);
    return image;
}

} // namespace maniera
