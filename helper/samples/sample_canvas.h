// SPDX-License-Identifier: GPL-3.0-or-later
// What the sample pictures are made with: colors, noise, and a canvas of twice the size.
// Internal to the samples.

#pragma once

#include "core/image/image.h"

#include <opencv2/core.hpp>

#include <cstdint>
#include <functional>

namespace maniera::sample {

using Color = cv::Vec3f; // red, green, blue, sRGB-encoded, [0,1]

constexpr float pi = 3.14159265f;

inline float mix(float a, float b, float t) { return a + (b - a) * t; }
inline Color mix(const Color& a, const Color& b, float t) { return a + (b - a) * t; }
float smooth_step(float from, float to, float x);

// A number in [0,1) for a lattice point; the same on every machine.
float hash(int x, int y, std::uint32_t seed);
// Smooth noise in [0,1] with a period of one lattice cell, and its sum over octaves, in [0,1].
float noise(float x, float y, std::uint32_t seed);
float fractal(float x, float y, int octaves, std::uint32_t seed);

// Random numbers in [0,1), in order.
class Random {
public:
    explicit Random(std::uint32_t seed) : state_(seed) {}
    float operator()();
    float between(float low, float high) { return mix(low, high, (*this)()); }

private:
    std::uint32_t state_;
};

// A canvas of twice the size, drawn on by pixel and by polygon; unit coordinates have the height
// as 1 so that shapes keep their form at every aspect.
struct Canvas {
    cv::Mat_<Color> pixels;
    float aspect = 1; // width over height

    explicit Canvas(cv::Size size);                                // of its own pixels
    float unit() const { return static_cast<float>(pixels.rows); } // pixels to a height
    // Calls `color` from several threads at once.
    void fill(const std::function<Color(float x, float y)>& color);
    // The same for colors that are slow to know: once a pixel of the picture, and on the canvas
    // where neighbors differ.
    void fill_where_it_counts(const std::function<Color(float x, float y)>& color);
    void polygon(const std::vector<cv::Point2f>& points, const Color& color);
    void line(const std::vector<cv::Point2f>& points, const Color& color, float width);
    Image finish() const; // half the size, clamped
};

// The scenes, in units of the height.
void paint_landscape(Canvas& canvas);
void paint_sky_mask(Canvas& canvas);
void paint_strokes(Canvas& canvas);
void paint_glass(Canvas& canvas);
void paint_ink(Canvas& canvas);
void paint_portrait(Canvas& canvas);
void paint_painted_portrait(Canvas& canvas);

} // namespace maniera::sample
