// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/support/two_textures.h"

#include "tests/support/pictures.h"

namespace maniera::test {

Picture make_two_textures(int width, int height, bool (*inside)(double x, double y), float shade) {
    Picture picture;
    picture.color = Image(width, height, 3);
    const Image noise = make_noise(width, height, 1, 5);
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x) {
            const bool in = inside((x + 0.5) / width, (y + 0.5) / height);
            const bool light = in ? y / 4 % 2 == 0 : (x / 2 + y / 2) % 2 == 0;
            float* color = picture.color.at(x, y);
            color[0] = light ? (in ? 0.9f : 0.2f) : shade;
            color[1] = light ? 0.5f : shade;
            color[2] = light ? (in ? 0.1f : 0.9f) : shade;
            for (int c = 0; c < 3; ++c)
                color[c] += 0.05f * (*noise.at(x, y) - 0.5f);
        }
    return picture;
}

} // namespace maniera::test
