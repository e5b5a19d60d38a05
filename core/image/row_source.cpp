// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/image/row_source.h"

#include "core/image/opencv_mat.h"
#include "core/image/resampling.h"

#include <opencv2/core.hpp>

#include <algorithm>
#include <utility>

namespace maniera {
namespace {

// Calls `use` with spans that cover `rows`, each of about 1 MiB where a row has so many floats.
void in_strips(Span rows, int row_floats, const std::function<void(Span)>& use) {
    const int height = std::max(1, (1 << 18) / std::max(1, row_floats));
    for (int begin = rows.begin; begin < rows.end; begin += height)
        use({begin, std::min(rows.end, begin + height)});
}

int border_of(bool wraps) { return wraps ? cv::BORDER_WRAP : cv::BORDER_REFLECT_101; }

// Colors times their opacity.
Image weighted(Image color, const Image& alpha) {
    for (std::size_t i = 0; i < alpha.pixels.size(); ++i)
        for (int c = 0; c < 3; ++c)
            color.pixels[3 * i + c] *= alpha.pixels[i];
    return color;
}

} // namespace

ImageView rows_in(ImageView picture, Span rows) {
    return {picture.empty() ? nullptr : picture.at(0, rows.begin), picture.width, rows.length(),
            picture.channels};
}

RowSource::RowSource(Image image) {
    if (image.empty())
        return;
    owned_ = std::make_shared<Image>(std::move(image));
    whole = *owned_;
    size = size_of(whole);
    channels = whole.channels;
}

RowSource::RowSource(Size source_size, int source_channels, Reader reader)
    : size(source_size), channels(source_channels), reader_(std::move(reader)) {}

Image RowSource::read(Span rows) const {
    return whole.empty() ? reader_(rows) : copy(rows_in(whole, rows));
}

PictureSource::PictureSource(Picture picture)
    : name(std::move(picture.name)), color(std::move(picture.color)),
      alpha(std::move(picture.alpha)) {}

PictureSource::PictureSource(std::string picture_name, RowSource colors, RowSource opacity)
    : name(std::move(picture_name)), color(std::move(colors)), alpha(std::move(opacity)) {}

RowSource rows_of(ImageView picture) {
    RowSource source;
    if (picture.empty())
        return source;
    source.size = size_of(picture);
    source.channels = picture.channels;
    source.whole = picture;
    return source;
}

PictureSource rows_of(const Picture& picture) {
    return {picture.name, rows_of(picture.color), rows_of(picture.alpha)};
}

Image take_whole(RowSource source) {
    if (source.owned_ && source.owned_.use_count() == 1)
        return std::move(*source.owned_);
    return source.empty() ? Image() : source.read({0, source.size.height});
}

Picture take_whole(PictureSource source) {
    Picture picture;
    picture.name = std::move(source.name);
    picture.color = take_whole(std::move(source.color));
    picture.alpha = take_whole(std::move(source.alpha));
    return picture;
}

Image resized_rows(const RowSource& source, Size size, Span rows) {
    Resampling resampling(source.size, source.channels, size, rows);
    const int widest = std::max(source.size.width, size.width);
    in_strips(resampling.wanted(), widest * source.channels, [&](Span strip) {
        if (source.whole.empty())
            resampling.add(source.read(strip), strip.begin);
        else
            resampling.add(rows_in(source.whole, strip), strip.begin);
    });
    return resampling.result();
}

Picture resized_rows(const PictureSource& source, Size size, Span rows) {
    Picture result;
    result.name = source.name;
    if (source.alpha.empty()) {
        result.color = resized_rows(source.color, size, rows);
        return result;
    }
    // Premultiplied, so that colors weigh by their opacity; where nothing is opaque the plain
    // average stands in.
    const Size from = source.color.size;
    Resampling plain(from, 3, size, rows), opacity(from, 1, size, rows);
    Resampling premultiplied(from, 3, size, rows);
    const int widest = std::max(from.width, size.width);
    in_strips(plain.wanted(), widest * 3, [&](Span strip) {
        Image color = source.color.read(strip);
        const Image alpha = source.alpha.read(strip);
        plain.add(color, strip.begin);
        opacity.add(alpha, strip.begin);
        premultiplied.add(weighted(std::move(color), alpha), strip.begin);
    });
    result.color = plain.result();
    result.alpha = opacity.result();
    const Image colors = premultiplied.result();
    for (std::size_t i = 0; i < result.alpha.pixels.size(); ++i) {
        const float alpha = result.alpha.pixels[i];
        if (alpha < 1.0f / 255 || alpha >= 1)
            continue;
        for (int c = 0; c < 3; ++c)
            result.color.pixels[3 * i + c] = std::min(1.0f, colors.pixels[3 * i + c] / alpha);
    }
    return result;
}

int repeated_pixel(int place, int length, bool wraps) {
    return cv::borderInterpolate(place, length, border_of(wraps));
}

Span repeated_rows(int height, int margin, Span rows, bool wraps) {
    if (rows.length() == 0)
        return {};
    Span wanted{height, 0};
    for (int row = rows.begin; row < rows.end; ++row) {
        const int source = repeated_pixel(row - margin, height, wraps);
        wanted = {std::min(wanted.begin, source), std::max(wanted.end, source + 1)};
    }
    return wanted;
}

Image canvas_rows(const std::function<Image(Span rows)>& inner, Size inner_size, int margin,
                  Span rows, Wrap wrap) {
    if (margin == 0)
        return inner(rows);
    const Span wanted = repeated_rows(inner_size.height, margin, rows, wrap.y);
    const Image band = inner(wanted);
    Image result(inner_size.width + 2 * margin, rows.length(), band.channels);
    const cv::Mat from = as_mat(band), to = as_mat(result);
    for (int row = 0; row < rows.length(); ++row) {
        cv::Mat target = to.row(row);
        const int source = repeated_pixel(rows.begin + row - margin, inner_size.height, wrap.y);
        cv::copyMakeBorder(from.row(source - wanted.begin), target, 0, 0, margin, margin,
                           border_of(wrap.x));
    }
    return result;
}

} // namespace maniera
