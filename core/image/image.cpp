// SPDX-License-Identifier: GPL-3.0-or-later
// Pictures in memory, and colours for pixels that have none.

#include "core/image/image.h"

#include "core/error.h"

#include <algorithm>
#include <limits>
#include <new>

namespace maniera {

Image::Image(int w, int h, int c) : width(w), height(h), channels(c) {
    const std::size_t most = std::numeric_limits<std::size_t>::max() / sizeof(float);
    const auto rows = static_cast<std::size_t>(h);
    const std::size_t row = static_cast<std::size_t>(w) * static_cast<std::size_t>(c);
    if (w < 0 || h < 0 || c < 0 || (row != 0 && rows > most / row))
        throw Error(ErrorCode::out_of_memory, "A picture of " + std::to_string(w) + "x" +
                                                  std::to_string(h) +
                                                  " pixels is too large; choose a smaller --size.");
    try {
        pixels.resize(row * rows);
    } catch (const std::exception&) { // bad_alloc or length_error
        throw Error(ErrorCode::out_of_memory, "There is not enough memory for a picture of " +
                                                  std::to_string(w) + "x" + std::to_string(h) +
                                                  " pixels; choose a smaller --size.");
    }
}

Image copy(ImageView view) {
    Image image(view.width, view.height, view.channels);
    std::copy(view.pixels, view.pixels + image.pixels.size(), image.pixels.begin());
    return image;
}

// Two sweeps carry, for each transparent pixel, the nearest opaque one known so far (by steps
// along rows and columns, which is near enough for a filter's reach).
void fill_transparent(Picture& picture) {
    const Image& alpha = picture.alpha;
    Image& color = picture.color;
    if (alpha.empty())
        return;
    const std::size_t count = alpha.pixels.size();
    constexpr int far = std::numeric_limits<int>::max() / 2;
    std::vector<int> steps(count, far);
    for (std::size_t i = 0; i < count; ++i)
        if (alpha.pixels[i] > 0)
            steps[i] = 0;
    const auto take = [&](std::size_t to, std::size_t from) {
        if (steps[from] + 1 >= steps[to])
            return;
        steps[to] = steps[from] + 1;
        for (int c = 0; c < 3; ++c)
            color.pixels[3 * to + c] = color.pixels[3 * from + c];
    };
    const int width = color.width, height = color.height;
    const auto index = [&](int x, int y) { return static_cast<std::size_t>(y) * width + x; };
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x) {
            if (x > 0)
                take(index(x, y), index(x - 1, y));
            if (y > 0)
                take(index(x, y), index(x, y - 1));
        }
    for (int y = height; y-- > 0;)
        for (int x = width; x-- > 0;) {
            if (x + 1 < width)
                take(index(x, y), index(x + 1, y));
            if (y + 1 < height)
                take(index(x, y), index(x, y + 1));
        }
}

} // namespace maniera
