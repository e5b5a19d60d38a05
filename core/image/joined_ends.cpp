// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/image/joined_ends.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace maniera {
namespace {

// How much of the mirror image stands at a place, 0 to 1/2.
float mirrored_share(int place, int length) {
    const float end = static_cast<float>(std::min(place, length - 1 - place)) + 0.5f;
    return std::max(0.0f, 0.5f - 8 * end / static_cast<float>(length));
}

void join_columns(Image& band) {
    const int width = band.width, channels = band.channels;
    for (int y = 0; y < band.height; ++y)
        for (int x = 0; x < width / 2; ++x) {
            const float share = mirrored_share(x, width);
            if (share == 0)
                break;
            for (int c = 0; c < channels; ++c) {
                float &left = band.at(x, y)[c], &right = band.at(width - 1 - x, y)[c];
                const float difference = share * (right - left);
                left += difference;
                right -= difference;
            }
        }
}

// These rows of `source` into `band`, which begins with row `first` of it.
void join_rows(Image& band, int first, Span rows, const RowSource& source) {
    if (rows.length() <= 0)
        return;
    const int height = source.size.height;
    const Image others = source.read({height - rows.end, height - rows.begin});
    const auto length = static_cast<std::size_t>(band.width) * band.channels;
    for (int row = rows.begin; row < rows.end; ++row) {
        float* to = band.at(0, row - first);
        const float* other = others.at(0, rows.end - 1 - row);
        const float share = mirrored_share(row, height);
        for (std::size_t i = 0; i < length; ++i)
            to[i] += share * (other[i] - to[i]);
    }
}

Image joined_rows(const RowSource& source, Wrap wrap, Span rows) {
    Image band = source.read(rows);
    if (wrap.y) {
        const int height = source.size.height, reach = (height + 15) / 16;
        join_rows(band, rows.begin, {rows.begin, std::min(rows.end, reach)}, source);
        join_rows(band, rows.begin, {std::max(rows.begin, height - reach), rows.end}, source);
    }
    if (wrap.x)
        join_columns(band);
    return band;
}

RowSource joined(const RowSource& source, Wrap wrap) {
    if (source.empty())
        return source;
    if (!source.whole.empty())
        return joined_rows(source, wrap, {0, source.size.height});
    return {source.size, source.channels,
            [source, wrap](Span rows) { return joined_rows(source, wrap, rows); }};
}

} // namespace

PictureSource joined_ends(PictureSource picture, Wrap wrap) {
    if (!wrap.x && !wrap.y)
        return picture;
    return {picture.name, joined(picture.color, wrap), joined(picture.alpha, wrap)};
}

} // namespace maniera
