// SPDX-License-Identifier: GPL-3.0-or-later
// A mountain lake at evening, in units of the picture's height.

#include "helper/sample_canvas.h"

#include <algorithm>
#include <cmath>

namespace maniera::sample {
namespace {

constexpr float shore = 0.60f;  // where the lake begins
constexpr float meadow = 0.80f; // where it ends
constexpr int ridges = 4;

// Height of a ridge's skyline, measured downwards; far to near.
float skyline(int ridge, float x) {
    static const float base[ridges] = {0.45f, 0.49f, 0.53f, 0.575f};
    static const float amplitude[ridges] = {0.40f, 0.22f, 0.15f, 0.07f};
    static const float frequency[ridges] = {2.1f, 2.6f, 3.4f, 6.0f};
    const float n = fractal(x * frequency[ridge], 0.3f + ridge, 6, 11 + 7 * ridge);
    const float sharp = 1 - std::abs(2 * n - 1); // creases become peaks
    return base[ridge] - amplitude[ridge] * (0.75f * sharp * sharp - 0.25f);
}

Color sky(float x, float y, float aspect) {
    const Color high(0.22f, 0.40f, 0.68f), low(0.98f, 0.82f, 0.60f);
    Color color = mix(high, low, smooth_step(0.0f, 0.62f, y));
    const float dx = x - 0.70f * aspect, dy = y - 0.33f;
    const float distance = std::sqrt(dx * dx + dy * dy);
    color += Color(0.55f, 0.38f, 0.12f) * std::exp(-distance * 5.0f);
    color = mix(color, Color(1.0f, 0.97f, 0.86f), smooth_step(0.045f, 0.035f, distance));
    const float drift = 0.35f * fractal(x * 2, y * 3, 3, 91);
    const float cloud = fractal(x * 2.2f + drift, y * 6.5f + drift, 6, 71);
    const float above = fractal(x * 2.2f + drift + 0.06f, y * 6.5f + drift + 0.16f, 6, 71);
    const float amount = smooth_step(0.50f, 0.68f, cloud) * smooth_step(0.60f, 0.35f, y);
    const float lit = smooth_step(-0.08f, 0.10f, above - cloud);
    return mix(color, mix(Color(0.99f, 0.86f, 0.74f), Color(0.56f, 0.56f, 0.68f), lit),
               0.9f * amount);
}

Color rock(int ridge, float x, float y, float depth) {
    static const Color body[ridges] = {Color(0.47f, 0.53f, 0.66f), Color(0.33f, 0.43f, 0.53f),
                                       Color(0.22f, 0.36f, 0.34f), Color(0.12f, 0.24f, 0.16f)};
    const float scale = 5.0f + 5.0f * ridge;
    const float slope = fractal(x * scale + y * 3, y * scale, 5, 31 + ridge) -
                        fractal(x * scale + y * 3 + 0.25f, y * scale + 0.1f, 5, 31 + ridge);
    Color color = body[ridge] * (1.0f + (1.6f + 0.5f * ridge) * slope);
    if (ridge < 2) { // snow near the tops
        const float line =
            0.10f - 0.06f * ridge + 0.10f * slope + 0.05f * fractal(x * 14, y * 14, 4, 57);
        color = mix(Color(0.93f, 0.93f, 0.97f) * (1.0f + 1.3f * slope), color,
                    smooth_step(line - 0.02f, line + 0.03f, depth));
    }
    const float mist = smooth_step(0.02f, 0.30f, depth) * (0.55f - 0.12f * ridge);
    return mix(color, Color(0.90f, 0.80f, 0.70f), mist);
}

// Sky and mountains; `in_sky` tells which.
Color distance_view(float x, float y, float aspect, bool* in_sky = nullptr) {
    for (int ridge = ridges - 1; ridge >= 0; --ridge) {
        const float depth = y - skyline(ridge, x);
        if (depth > 0)
            return rock(ridge, x, y, depth);
    }
    if (in_sky)
        *in_sky = true;
    return sky(x, y, aspect);
}

Color lake(float x, float y, float aspect) {
    const float away = (y - shore) / (meadow - shore); // 0 far, 1 near
    const float ripple = fractal(x * 9 / (0.3f + away), y * 90 / (0.4f + away), 3, 43) - 0.5f;
    const float mirrored = shore - (y - shore) * 1.9f + 0.06f * ripple * (0.2f + away);
    const Color seen = distance_view(x + 0.03f * ripple * away, mirrored, aspect);
    const Color water(0.10f, 0.25f, 0.34f);
    return mix(seen, water, 0.22f + 0.25f * away) + Color(1, 0.95f, 0.85f) * (0.18f * ripple);
}

float meadow_edge(float x) { return meadow + 0.09f * (fractal(x * 1.4f, 7.7f, 4, 5) - 0.35f); }

Color grass(float x, float y) {
    const float blades = fractal(x * 70 + 4 * y, y * 18, 3, 23);
    const float patches = fractal(x * 6, y * 14, 4, 29);
    Color color = mix(Color(0.16f, 0.24f, 0.08f), Color(0.52f, 0.55f, 0.18f), patches);
    color *= 0.55f + 0.9f * blades;
    const int i = static_cast<int>(x * 190), j = static_cast<int>(y * 190);
    if (hash(i, j, 3) > 0.965f && patches > 0.45f) // flowers
        color = hash(i, j, 4) > 0.5f ? Color(0.93f, 0.82f, 0.30f) : Color(0.86f, 0.34f, 0.32f);
    return color * (1.15f - 0.5f * (y - meadow));
}

void conifer(Canvas& canvas, float x, float foot, float height, const Color& color,
             std::uint32_t seed) {
    Random random(seed);
    canvas.line({{x, foot}, {x, foot - 0.3f * height}}, color.mul(Color(1.7f, 0.6f, 0.5f)),
                height * 0.04f);
    const int tiers = 14;
    for (int tier = 0; tier < tiers; ++tier) {
        const float from = static_cast<float>(tier) / tiers;
        const float low = foot - height * (0.03f + 0.93f * from);
        const float half = height * 0.24f * (1 - from) * random.between(0.8f, 1.15f) + 0.004f;
        const float rise = height * 0.13f;
        std::vector<cv::Point2f> branch;
        for (int k = 0; k <= 8; ++k) { // a ragged lower edge
            const float t = k / 4.0f - 1;
            branch.emplace_back(x + half * t, low + height * 0.02f * random.between(-1, 1) -
                                                  0.35f * rise * (1 - std::abs(t)) +
                                                  (k % 2 ? height * 0.018f : 0));
        }
        branch.emplace_back(x, low - rise);
        canvas.polygon(branch, color * random.between(0.8f, 1.2f));
    }
}

void house(Canvas& canvas, float x, float foot, float size) {
    const Color wall(0.90f, 0.85f, 0.74f), shade(0.62f, 0.58f, 0.55f), roof(0.66f, 0.24f, 0.17f);
    const auto box = [&](float left, float top, float right, float bottom, const Color& color) {
        canvas.polygon({{x + size * left, foot - size * top},
                        {x + size * right, foot - size * top},
                        {x + size * right, foot - size * bottom},
                        {x + size * left, foot - size * bottom}},
                       color);
    };
    box(0, 0.5f, 1.1f, 0, shade);
    box(1.1f, 0.5f, 1.6f, 0, wall);
    canvas.polygon({{x + 1.1f * size, foot - 0.5f * size},
                    {x + 1.35f * size, foot - 0.95f * size},
                    {x + 1.6f * size, foot - 0.5f * size}},
                   wall);
    canvas.polygon({{x - 0.06f * size, foot - 0.47f * size},
                    {x + 0.22f * size, foot - 0.98f * size},
                    {x + 1.36f * size, foot - 0.98f * size},
                    {x + 1.10f * size, foot - 0.47f * size}},
                   roof);
    box(0.75f, 1.15f, 0.88f, 0.85f, shade * 0.8f); // chimney
    for (float left : {0.15f, 0.5f, 0.85f})
        box(left, 0.36f, left + 0.14f, 0.16f, Color(0.98f, 0.86f, 0.45f));
    box(1.28f, 0.32f, 1.42f, 0, Color(0.30f, 0.20f, 0.14f));
}

// What stands in front of lake and mountains.
void foreground(Canvas& canvas, const Color& tint) {
    const float a = canvas.aspect;
    const auto lit = [&](const Color& color) { return color.mul(tint); };
    for (int i = 0; i < 26; ++i) { // a wood on the far shore
        const float x = a * hash(i, 0, 61), h = 0.035f + 0.03f * hash(i, 1, 61);
        conifer(canvas, x, shore + 0.012f, h, lit(Color(0.10f, 0.20f, 0.17f)), 600 + i);
    }
    static const float near[][3] = {// x in widths, foot, height
                                    {0.05f, 0.99f, 0.72f}, {0.16f, 0.93f, 0.50f},
                                    {0.25f, 0.97f, 0.38f}, {0.93f, 0.95f, 0.56f},
                                    {1.00f, 1.02f, 0.80f}, {0.83f, 0.90f, 0.26f}};
    for (const auto& tree : near)
        conifer(canvas, a * tree[0], tree[1], tree[2], lit(Color(0.09f, 0.17f, 0.10f)),
                static_cast<std::uint32_t>(700 + 100 * tree[0]));
}

} // namespace

void paint_landscape(Canvas& canvas) {
    const float a = canvas.aspect;
    canvas.fill([a](float x, float y) {
        if (y > meadow_edge(x))
            return grass(x, y);
        return y > shore ? lake(x, y, a) : distance_view(x, y, a);
    });
    house(canvas, 0.56f * a, meadow_edge(0.60f * a) + 0.05f, 0.11f);
    foreground(canvas, Color(1, 1, 1));
}

void paint_sky_mask(Canvas& canvas) {
    const float a = canvas.aspect;
    canvas.fill([a](float x, float y) {
        bool in_sky = false;
        if (y <= shore)
            distance_view(x, y, a, &in_sky);
        return in_sky ? Color(1, 1, 1) : Color(0, 0, 0);
    });
    foreground(canvas, Color(0, 0, 0));
}

} // namespace maniera::sample
