// SPDX-License-Identifier: GPL-3.0-or-later
// The list of samples, and the canvas they are painted on.

#include "helper/samples/sample.h"

#include "core/error.h"
#include "core/options.h"
#include "helper/samples/sample_canvas.h"

#include <opencv2/imgproc.hpp>

#include <algorithm>
#include <cmath>

namespace maniera {

namespace sample {

float smooth_step(float from, float to, float x) {
    const float t = std::clamp((x - from) / (to - from), 0.0f, 1.0f);
    return t * t * (3 - 2 * t);
}

float hash(int x, int y, std::uint32_t seed) {
    std::uint32_t h = seed * 0x9e3779b9u + static_cast<std::uint32_t>(x) * 0x85ebca6bu +
                      static_cast<std::uint32_t>(y) * 0xc2b2ae35u;
    h = (h ^ (h >> 15)) * 0x2c1b3c6du;
    h = (h ^ (h >> 12)) * 0x297a2d39u;
    h ^= h >> 15;
    return static_cast<float>(h >> 8) / static_cast<float>(1 << 24);
}

float noise(float x, float y, std::uint32_t seed) {
    // Most of a sample's time goes here. std::floor is a call on an x86-64 without SSE4.1.
    const auto floor = [](float t) { return static_cast<int>(t) - (t < static_cast<int>(t)); };
    const int i = floor(x), j = floor(y);
    const auto smooth = [](float t) { return t * t * (3 - 2 * t); };
    const float u = smooth(x - i), v = smooth(y - j);
    return mix(mix(hash(i, j, seed), hash(i + 1, j, seed), u),
               mix(hash(i, j + 1, seed), hash(i + 1, j + 1, seed), u), v);
}

float fractal(float x, float y, int octaves, std::uint32_t seed) {
    float sum = 0, weight = 0.5f, total = 0;
    for (int octave = 0; octave < octaves; ++octave) {
        sum += weight * noise(x, y, seed + octave);
        total += weight;
        weight *= 0.5f;
        x *= 2.03f; // not 2, so that lattices do not fall together
        y *= 2.03f;
    }
    return sum / total;
}

float Random::operator()() {
    state_ = state_ * 1664525u + 1013904223u;
    return hash(static_cast<int>(state_ & 0xffff), static_cast<int>(state_ >> 16), 1);
}

Canvas::Canvas(cv::Size size)
    : pixels(size, Color(0, 0, 0)),
      aspect(static_cast<float>(size.width) / static_cast<float>(size.height)) {}

void Canvas::fill(const std::function<Color(float, float)>& color) {
    const float scale = 1 / unit();
    cv::parallel_for_(cv::Range(0, pixels.rows), [&](const cv::Range& rows) {
        for (int y = rows.start; y < rows.end; ++y)
            for (int x = 0; x < pixels.cols; ++x)
                pixels(y, x) = color((x + 0.5f) * scale, (y + 0.5f) * scale);
    });
}

void Canvas::fill_where_it_counts(const std::function<Color(float, float)>& color) {
    Canvas coarse(pixels.size() / 2);
    coarse.fill(color);
    const cv::Mat_<Color>& known = coarse.pixels;
    const auto differs = [&](int x, int y, int dx, int dy) {
        const Color step =
            known(std::clamp(y + dy, 0, known.rows - 1), std::clamp(x + dx, 0, known.cols - 1)) -
            known(y, x);
        return cv::norm(step, cv::NORM_INF) > 0.05;
    };
    fill([&](float x, float y) {
        const int column = std::min(static_cast<int>(x * coarse.unit()), known.cols - 1);
        const int row = std::min(static_cast<int>(y * coarse.unit()), known.rows - 1);
        const bool edge = differs(column, row, 1, 0) || differs(column, row, -1, 0) ||
                          differs(column, row, 0, 1) || differs(column, row, 0, -1);
        return edge ? color(x, y) : known(row, column);
    });
}

namespace {

constexpr int fraction_bits = 4; // OpenCV draws at sixteenths of a pixel

std::vector<cv::Point> fixed(const std::vector<cv::Point2f>& points, float unit) {
    std::vector<cv::Point> result;
    for (const cv::Point2f& p : points)
        result.emplace_back(cvRound((p.x * unit - 0.5f) * (1 << fraction_bits)),
                            cvRound((p.y * unit - 0.5f) * (1 << fraction_bits)));
    return result;
}

cv::Scalar scalar(const Color& color) { return {color[0], color[1], color[2]}; }

} // namespace

void Canvas::polygon(const std::vector<cv::Point2f>& points, const Color& color) {
    cv::fillPoly(pixels, std::vector<std::vector<cv::Point>>{fixed(points, unit())}, scalar(color),
                 cv::LINE_8, fraction_bits);
}

void Canvas::line(const std::vector<cv::Point2f>& points, const Color& color, float width) {
    cv::polylines(pixels, std::vector<std::vector<cv::Point>>{fixed(points, unit())}, false,
                  scalar(color), std::max(1, cvRound(width * unit())), cv::LINE_8, fraction_bits);
}

Image Canvas::finish() const {
    cv::Mat half;
    cv::resize(pixels, half, cv::Size(pixels.cols / 2, pixels.rows / 2), 0, 0, cv::INTER_AREA);
    Image image(half.cols, half.rows, 3);
    for (int y = 0; y < half.rows; ++y)
        std::transform(half.ptr<float>(y), half.ptr<float>(y) + 3 * half.cols, image.at(0, y),
                       [](float v) { return std::clamp(v, 0.0f, 1.0f); });
    return image;
}

} // namespace sample

namespace {

struct Sample {
    const char* name;
    void (*paint)(sample::Canvas&);
};

const Sample samples[] = {{"landscape", sample::paint_landscape},
                          {"sky-mask", sample::paint_sky_mask},
                          {"strokes", sample::paint_strokes},
                          {"glass", sample::paint_glass},
                          {"ink", sample::paint_ink},
                          {"portrait", sample::paint_portrait},
                          {"painted-portrait", sample::paint_painted_portrait}};

} // namespace

std::vector<std::string> sample_names() {
    std::vector<std::string> names;
    for (const Sample& each : samples)
        names.push_back(each.name);
    return names;
}

Picture make_sample(const std::string& name, int width, int height) {
    std::vector<const char*> words;
    for (const Sample& each : samples) {
        words.push_back(each.name);
        if (name != each.name)
            continue;
        sample::Canvas canvas({2 * width, 2 * height});
        each.paint(canvas);
        Picture picture;
        picture.name = name;
        picture.color = canvas.finish();
        return picture;
    }
    words.push_back(motion_name);
    words.push_back("all");
    words.push_back(nullptr);
    std::string list;
    for (const char* word : words)
        list += word ? (list.empty() ? "" : ", ") + std::string(word) : "";
    const char* nearest = maniera_nearest(name.c_str(), words.data());
    throw Error(ErrorCode::invalid_option,
                "There is no sample \"" + name.substr(0, 80) + "\"" +
                    (nearest ? std::string("; did you mean ") + nearest + "?"
                             : "; there is " + list + "."));
}

} // namespace maniera
