// SPDX-License-Identifier: GPL-3.0-or-later
// A mountain lake at evening, in units of the picture's height.

#include "helper/samples/sample_canvas.h"

#include <algorithm>
#include <cmath>

namespace maniera::sample {
namespace {

constexpr float shore = 0.60f;  // where the lake begins
constexpr float meadow = 0.80f; // where it ends
constexpr int ridges = 4;       // far to near: two of rock and snow, two of woods

const Color sunlight(1.0f, 0.84f, 0.58f);

// Height of a ridge's skyline, measured downwards.
float skyline(int ridge, float x) {
    static const float base[ridges] = {0.45f, 0.49f, 0.53f, 0.575f};
    static const float amplitude[ridges] = {0.40f, 0.22f, 0.15f, 0.07f};
    static const float frequency[ridges] = {2.1f, 2.6f, 3.4f, 6.0f};
    const float n = fractal(x * frequency[ridge], 0.3f + ridge, 6, 11 + 7 * ridge);
    const float sharp = 1 - std::abs(2 * n - 1); // creases become peaks
    const float treetops = ridge < 2 ? 0 : 0.006f * ridge * noise(x * 160, 0.5f, 17 + ridge);
    return base[ridge] - amplitude[ridge] * (0.75f * sharp * sharp - 0.25f) - treetops;
}

float meadow_edge(float x) { return meadow + 0.09f * (fractal(x * 1.4f, 7.7f, 4, 5) - 0.35f); }

// Sharp crests with valleys between; turned at each octave so that the lattice does not show.
float crests(float x, float y, std::uint32_t seed) {
    float sum = 0, weight = 0.5f, carry = 1;
    for (int octave = 0; octave < 6; ++octave) {
        const float n = 1 - std::abs(2 * noise(x, y, seed + octave) - 1);
        sum += weight * carry * n * n;
        carry = std::min(1.0f, 0.25f + 1.2f * n * n); // valleys stay smooth
        weight *= 0.52f;
        const float turned = 1.6f * x - 1.2f * y;
        y = 1.2f * x + 1.6f * y;
        x = turned;
    }
    return sum;
}

// The view beyond the meadow. Skylines are kept in a table: they depend on x alone.
class Scene {
public:
    explicit Scene(const Canvas& canvas) : sun_x_(0.42f * canvas.aspect), per_unit_(canvas.unit()) {
        const int count = static_cast<int>((canvas.aspect + 2 * margin) * per_unit_) + 2;
        for (int ridge = 0; ridge < ridges; ++ridge)
            for (int i = 0; i < count; ++i)
                skylines_[ridge].push_back(skyline(ridge, i / per_unit_ - margin));
    }

    float sun_x() const { return sun_x_; }
    // The ridge that is seen here, or -1 for the sky; and how far below its skyline.
    int ridge_at(float x, float y, float* depth) const;
    // Sky and mountains.
    Color distance(float x, float y) const;
    Color lake(float x, float y) const;

private:
    static constexpr float margin = 0.1f; // reflections reach over the border
    static constexpr float sun_y = 0.275f;

    float glow(float x, float y, float reach) const {
        return std::exp(-std::hypot(x - sun_x_, y - sun_y) / reach);
    }
    Color sky(float x, float y) const;
    Color rock(int ridge, float x, float y, float depth) const;
    Color woods(int ridge, float x, float y, float depth) const;

    float sun_x_, per_unit_;
    std::vector<float> skylines_[ridges];
};

int Scene::ridge_at(float x, float y, float* depth) const {
    const int last = static_cast<int>(skylines_[0].size()) - 1;
    const int column = std::clamp(static_cast<int>((x + margin) * per_unit_), 0, last);
    for (int ridge = ridges - 1; ridge >= 0; --ridge) {
        *depth = y - skylines_[ridge][column];
        if (*depth > 0)
            return ridge;
    }
    return -1;
}

Color Scene::sky(float x, float y) const {
    Color color =
        mix(Color(0.13f, 0.27f, 0.56f), Color(0.53f, 0.64f, 0.78f), smooth_step(-0.05f, 0.30f, y));
    color = mix(color, Color(0.98f, 0.78f, 0.56f), smooth_step(0.14f, 0.44f, y));
    const float near = glow(x, y, 0.16f);
    color = mix(color, Color(1.0f, 0.86f, 0.52f), 0.85f * near);

    // Clouds are lit from the sun's side, which is the darker one of two looks at the density.
    const float drift = 0.35f * fractal(x * 2, y * 3, 3, 91);
    const auto density = [&](float dx, float dy) {
        return fractal((x + dx) * 2.2f + drift, (y + dy) * 6.5f + drift, 6, 71);
    };
    const float cloud = density(0, 0);
    const float ahead = density(0.05f * (1 - 2 * smooth_step(-0.25f, 0.25f, x - sun_x_)), 0.018f);
    const float amount = smooth_step(0.47f, 0.66f, cloud) * smooth_step(0.50f, 0.26f, y);
    const float shade = smooth_step(-0.07f, 0.09f, ahead - cloud);
    const float warm = glow(x, y, 0.34f);
    const Color lit = mix(Color(0.97f, 0.84f, 0.78f), Color(1.0f, 0.90f, 0.66f), warm);
    const Color dark = mix(Color(0.42f, 0.46f, 0.60f), Color(0.80f, 0.56f, 0.44f), warm);
    color = mix(color, mix(lit, dark, shade), 0.88f * amount);

    const float radius = std::hypot(x - sun_x_, y - sun_y);
    color += Color(0.7f, 0.5f, 0.22f) * (0.9f * std::exp(-radius * radius * 260));
    return mix(Color(1.0f, 0.98f, 0.88f), color, smooth_step(0.026f, 0.034f, radius));
}

Color Scene::rock(int ridge, float x, float y, float depth) const {
    const float scale = 4.6f + 2.6f * ridge, step = 0.02f;
    const float u = x * scale + 0.5f * noise(x * 9, y * 9, 37), v = depth * scale * 0.75f + ridge;
    const float here = crests(u, v, 31 + 10 * ridge);
    const float across = (crests(u + step, v, 31 + 10 * ridge) - here) / step;
    const float down = (crests(u, v + step, 31 + 10 * ridge) - here) / step;
    // The sun stands low behind the range, so the flanks that face its column are lit.
    const float side = std::clamp(3 * (x - sun_x_), -1.0f, 1.0f);
    const float facing = 0.45f + 0.36f * (side * across + 0.55f * down - 0.3f * std::abs(across));
    const float light = smooth_step(-0.1f, 1.0f, facing);

    const Color stone = mix(Color(0.17f, 0.20f, 0.31f), Color(0.60f, 0.49f, 0.42f), light);
    const Color snow = mix(Color(0.50f, 0.58f, 0.76f), Color(1.0f, 0.94f, 0.86f), light);
    const float line = 0.16f - 0.08f * ridge + 0.10f * (fractal(x * 7, y * 7, 4, 57) - 0.5f);
    const float steep = std::abs(across) + 0.6f * std::abs(down);
    const float covered = smooth_step(line + 0.05f, line - 0.05f, depth + 0.055f * (steep - 0.7f));
    Color color = mix(stone, snow, covered);

    const Color air = mix(Color(0.56f, 0.64f, 0.78f), sunlight, 0.9f * glow(x, y, 0.30f));
    return mix(color, air, std::min(0.9f, 0.32f - 0.17f * ridge + 1.7f * depth));
}

Color Scene::woods(int ridge, float x, float y, float depth) const {
    // Crowns: upright cells, each brighter at its top.
    const float scale = ridge == 2 ? 150.0f : 100.0f;
    const float crown = noise(x * scale, y * scale * 0.45f, 201 + ridge);
    const float fine = noise(x * scale * 2.3f, y * scale * 1.1f, 203 + ridge);
    const float stands = fractal(x * 7, y * 12, 4, 205 + ridge);
    const float evaluation = fractal(x * 5 + y * 4, y * 5, 3, 207 + ridge) -
                             fractal(x * 5 + y * 4 + 0.3f, y * 5, 3, 207 + ridge);
    const float light = 0.25f + 0.55f * crown * (0.5f + fine) + 0.5f * (stands - 0.5f) +
                        1.1f * evaluation + 0.35f * std::exp(-depth * 70);
    const Color dark(0.03f, 0.09f, 0.09f), green(0.30f, 0.40f, 0.20f);
    const Color color = mix(dark, green, std::max(0.0f, light));
    const Color air = mix(Color(0.44f, 0.55f, 0.64f), sunlight, 0.75f * glow(x, y, 0.36f));
    const float mist = fractal(x * 4, y * 16, 4, 209) * smooth_step(0.0f, 0.08f, depth);
    return mix(color, air, (ridge == 2 ? 0.30f : 0.08f) + (ridge == 2 ? 0.60f : 0.25f) * mist);
}

Color Scene::distance(float x, float y) const {
    float depth = 0;
    const int ridge = ridge_at(x, y, &depth);
    if (ridge < 0)
        return sky(x, y);
    return ridge < 2 ? rock(ridge, x, y, depth) : woods(ridge, x, y, depth);
}

Color Scene::lake(float x, float y) const {
    const float away = (y - shore) / (meadow - shore); // 0 far, 1 near
    const float across = x * 7 / (0.3f + 0.7f * away), along = 26 * std::log(0.12f + away);
    const float ripple = fractal(across, along, 4, 43) - 0.5f;
    const float gust = smooth_step(0.50f, 0.66f, fractal(x * 1.6f, away * 5, 3, 45));
    const float swell = ripple * (0.35f + 0.8f * gust);
    const float mirrored = shore - (y - shore) * 1.9f + 0.10f * swell * (0.25f + away);
    Color color = distance(x + 0.02f * swell * (0.3f + away), mirrored);
    color = mix(color, Color(0.07f, 0.17f, 0.27f), 0.26f + 0.26f * away);
    color += Color(0.9f, 0.92f, 1.0f) * (0.22f * swell + 0.05f * gust);
    // The sun's path: sparks on the ripples, wider towards us.
    const float offset = (x - sun_x_) / (0.035f + 0.055f * away);
    const float path = std::exp(-offset * offset);
    const float spark = smooth_step(-0.02f, 0.12f, ripple) * path;
    color = mix(color, Color(1.0f, 0.88f, 0.58f), 0.22f * path + 0.70f * spark);
    return mix(Color(0.06f, 0.11f, 0.11f), color, smooth_step(0.0f, 0.012f, y - shore));
}

Color grass(float x, float y, float edge) {
    const float patches = fractal(x * 5, y * 11, 4, 29);
    const float fine = fractal(x * 60, y * 30, 3, 23);
    const Color color = mix(Color(0.09f, 0.14f, 0.05f), Color(0.30f, 0.34f, 0.11f), patches);
    return color * ((0.6f + 0.7f * fine) * (1.15f - 1.6f * (y - edge)));
}

struct House {
    float x, foot, size; // left end of its front; the walls are half its size high
};

// `tint` is white, or black for a mask.
void blades(Canvas& canvas, const Scene& scene, const House& home, const Color& tint) {
    Random random(97);
    // Fewer where there are few pixels to cover.
    const float most = canvas.aspect * std::min(15000.0f, 0.05f * canvas.unit() * canvas.unit());
    const int count = static_cast<int>(most);
    for (int i = 0; i < count; ++i) {
        const float near = static_cast<float>(i) / most; // drawn from far to near
        const float x = canvas.aspect * random.between(-0.01f, 1.01f);
        const float edge = meadow_edge(x);
        const float y = edge + 0.004f + (1.03f - edge) * near * std::sqrt(near);
        const float beside = (x - home.x) / home.size;
        if (y < home.foot && beside > -0.2f && beside < 1.8f)
            continue; // behind the house
        const float size = (0.008f + 0.040f * near) * random.between(0.5f, 1.1f);
        const float lean =
            size * (random.between(-0.5f, 0.5f) + 0.6f * (fractal(x * 3, y * 5, 2, 99) - 0.5f));
        const float patches = fractal(x * 5, y * 11, 4, 29);
        const float offset = (x - scene.sun_x()) / canvas.aspect;
        const float lit = random() * (0.35f + 0.65f * std::exp(-6 * offset * offset));
        Color color = mix(Color(0.08f, 0.15f, 0.04f), Color(0.44f, 0.50f, 0.14f),
                          0.25f + 0.6f * lit * (0.4f + patches));
        color = mix(color, Color(0.86f, 0.76f, 0.30f), 0.55f * lit * lit * lit);
        canvas.line({{x, y}, {x + 0.4f * lean, y - 0.6f * size}, {x + lean, y - size}},
                    color.mul(tint), 0.0011f + 0.0016f * near);
        if (random() > 0.022f || patches < 0.46f)
            continue;
        static const Color petals[] = {Color(0.96f, 0.83f, 0.36f), Color(0.88f, 0.34f, 0.30f),
                                       Color(0.95f, 0.93f, 0.90f), Color(0.66f, 0.48f, 0.80f)};
        const float r = (0.0016f + 0.0032f * near) * random.between(0.8f, 1.3f);
        const cv::Point2f top(x + lean, y - size);
        std::vector<cv::Point2f> flower;
        for (int k = 0; k < 8; ++k)
            flower.emplace_back(top.x + r * std::cos(0.785f * k),
                                top.y + 0.7f * r * std::sin(0.785f * k));
        canvas.polygon(flower, petals[static_cast<int>(3.99f * random())].mul(tint));
    }
}

// Whorls of drooping branches with needles under them, from the foot to the tip.
void conifer(Canvas& canvas, const Scene& scene, float x, float foot, float height,
             const Color& tint, std::uint32_t seed) {
    Random random(seed);
    const float trunk = 0.016f * height;
    canvas.polygon({{x - trunk, foot}, {x + trunk, foot}, {x, foot - 0.95f * height}},
                   Color(0.12f, 0.08f, 0.06f).mul(tint));
    const float sunny = x < scene.sun_x() ? 1.0f : -1.0f; // the side that is lit
    const int whorls = std::clamp(static_cast<int>(height * 110), 10, 64);
    const int needles = height > 0.15f ? 12 : 4;
    for (int whorl = 0; whorl < whorls; ++whorl) {
        const float up = static_cast<float>(whorl) / whorls;
        const float from = foot - height * (0.07f + 0.90f * up);
        const float reach =
            height * (0.008f + 0.19f * std::pow(1 - up, 0.85f)) * random.between(0.78f, 1.12f);
        for (int branch = 0; branch < 9; ++branch) {
            const float turn = random.between(-1, 1);
            const float length = reach * (turn < 0 ? -1.0f : 1.0f) * std::sqrt(std::abs(turn));
            const float droop = reach * random.between(0.30f, 0.50f);
            const float lit = random.between(0.0f, 0.6f) + 0.4f * sunny * turn;
            const Color color =
                mix(Color(0.025f, 0.065f, 0.050f), Color(0.20f, 0.27f, 0.11f), std::max(0.0f, lit))
                    .mul(tint);
            std::vector<cv::Point2f> twig;
            for (int k = 0; k <= needles; ++k) {
                const float t = static_cast<float>(k) / needles;
                const cv::Point2f at(x + length * t, from + droop * (t - 0.35f * t * t * t));
                twig.push_back(at);
                const float hang = height * 0.030f * (1.1f - 0.7f * t) * random.between(0.5f, 1.1f);
                canvas.line({at,
                             {at.x + 0.35f * hang * (length < 0 ? -1.0f : 1.0f) +
                                  hang * random.between(-0.3f, 0.3f),
                              at.y + hang * (1 - 0.5f * up)}},
                            color * random.between(0.75f, 1.3f), 0.0022f * std::sqrt(height));
            }
            canvas.line(twig, color, 0.0030f * std::sqrt(height));
        }
    }
    canvas.line({{x, foot - 0.94f * height}, {x, foot - height}},
                Color(0.05f, 0.10f, 0.07f).mul(tint), 0.0035f * std::sqrt(height));
}

void house(Canvas& canvas, const House& home, const Color& tint) {
    const Color wall(0.47f, 0.38f, 0.32f), gable(0.78f, 0.62f, 0.47f), roof(0.40f, 0.15f, 0.12f);
    const auto at = [&](float across, float up) {
        return cv::Point2f(home.x + home.size * across, home.foot - home.size * up);
    };
    const auto box = [&](float left, float top, float right, float bottom, const Color& color) {
        canvas.polygon({at(left, top), at(right, top), at(right, bottom), at(left, bottom)},
                       color.mul(tint));
    };
    canvas.polygon({at(0.05f, 0.02f), at(1.6f, 0.02f), at(2.15f, -0.18f), at(0.5f, -0.20f)},
                   Color(0.06f, 0.09f, 0.04f).mul(tint)); // shadow
    box(0.5f, 0.5f, 1.6f, -0.02f, wall);
    box(0, 0.5f, 0.5f, -0.02f, gable); // the sun's side
    canvas.polygon({at(0, 0.5f), at(0.25f, 0.95f), at(0.5f, 0.5f)}, gable.mul(tint));
    Random random(31);
    for (int plank = 1; plank < 9; ++plank) {
        const float up = 0.055f * plank;
        canvas.line({at(0, up), at(0.5f, up)}, (gable * random.between(0.72f, 0.9f)).mul(tint),
                    0.0012f);
        canvas.line({at(0.5f, up), at(1.6f, up)}, (wall * random.between(0.7f, 0.9f)).mul(tint),
                    0.0012f);
    }
    canvas.polygon({at(0.48f, 0.44f), at(0.22f, 0.99f), at(1.40f, 0.99f), at(1.68f, 0.44f)},
                   roof.mul(tint));
    for (int row = 0; row < 8; ++row) // shingles
        for (int k = 0; k < 20; ++k) {
            const float up = 0.46f + 0.065f * row, left = 0.47f - 0.0307f * row + 0.059f * k;
            canvas.polygon({at(left, up), at(left + 0.052f, up), at(left + 0.026f, up + 0.052f),
                            at(left - 0.024f, up + 0.052f)},
                           (roof * random.between(0.85f, 1.75f)).mul(tint));
        }
    canvas.line({at(-0.05f, 0.42f), at(0.22f, 0.99f)}, (roof * 0.55f).mul(tint), 0.004f);
    box(1.0f, 1.18f, 1.13f, 0.86f, wall * 0.8f); // chimney
    box(1.0f, 1.18f, 1.045f, 0.90f, gable * 0.9f);
    for (float left : {0.62f, 0.95f, 1.28f}) {
        box(left - 0.02f, 0.37f, left + 0.18f, 0.14f, wall * 0.5f);
        box(left, 0.35f, left + 0.075f, 0.16f, Color(1.0f, 0.82f, 0.42f));
        box(left + 0.085f, 0.35f, left + 0.16f, 0.16f, Color(0.96f, 0.72f, 0.34f));
    }
    box(0.17f, 0.32f, 0.33f, -0.02f, Color(0.22f, 0.13f, 0.09f)); // door
}

// What stands in front of lake and mountains.
void foreground(Canvas& canvas, const Scene& scene, const Color& tint) {
    const float a = canvas.aspect;
    for (int i = 0; i < 30; ++i) { // a wood on the far shore
        const float x = a * hash(i, 0, 61), h = 0.030f + 0.035f * hash(i, 1, 61);
        conifer(canvas, scene, x, shore + 0.008f, h, tint, 600 + i);
    }
    const House home{0.60f * a, meadow_edge(0.60f * a) + 0.055f, 0.12f};
    house(canvas, home, tint);
    blades(canvas, scene, home, tint);
    static const float near[][3] = {// x in widths, foot, height; far to near
                                    {0.83f, 0.90f, 0.26f}, {0.16f, 0.93f, 0.50f},
                                    {0.93f, 0.95f, 0.56f}, {0.25f, 0.97f, 0.38f},
                                    {0.05f, 0.99f, 0.72f}, {1.00f, 1.02f, 0.80f}};
    for (const auto& tree : near)
        conifer(canvas, scene, a * tree[0], tree[1], tree[2], tint,
                static_cast<std::uint32_t>(700 + 100 * tree[0]));
}

} // namespace

void paint_landscape(Canvas& canvas) {
    const Scene scene(canvas);
    canvas.fill([&](float x, float y) {
        const float edge = meadow_edge(x);
        if (y > edge)
            return grass(x, y, edge);
        return y > shore ? scene.lake(x, y) : scene.distance(x, y);
    });
    foreground(canvas, scene, Color(1, 1, 1));
}

void paint_sky_mask(Canvas& canvas) {
    const Scene scene(canvas);
    canvas.fill([&](float x, float y) {
        float depth = 0;
        const bool in_sky = y <= shore && scene.ridge_at(x, y, &depth) < 0;
        return in_sky ? Color(1, 1, 1) : Color(0, 0, 0);
    });
    foreground(canvas, scene, Color(0, 0, 0));
}

} // namespace maniera::sample
