// SPDX-License-Identifier: GPL-3.0-or-later
// Three styles with texture at every size: impasto, stained glass, ink.

#include "helper/samples/impasto.h"
#include "helper/samples/sample_canvas.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace maniera::sample {
namespace {

// Impasto

// The direction of strokes at a point: three whirls in a drifting current.
cv::Point2f current(float x, float y, float aspect) {
    static const float whirls[][4] = {// x in widths, y, radius, sense
                                      {0.28f, 0.30f, 0.20f, 1.0f},
                                      {0.68f, 0.40f, 0.26f, -1.0f},
                                      {0.88f, 0.14f, 0.12f, 1.0f}};
    const float angle = 0.9f * (fractal(x * 1.6f, y * 1.6f, 3, 2) - 0.5f) * pi + 0.15f;
    cv::Point2f flow(std::cos(angle), std::sin(angle));
    for (const auto& whirl : whirls) {
        const float dx = x - whirl[0] * aspect, dy = y - whirl[1];
        const float distance = std::sqrt(dx * dx + dy * dy) + 1e-3f;
        const float pull = 2.6f * std::exp(-std::pow(distance / whirl[2], 2.0f)) * whirl[3];
        flow += cv::Point2f(-dy, dx) * (pull / distance);
    }
    return flow * (1 / (std::sqrt(flow.dot(flow)) + 1e-6f));
}

Color pigment(float x, float y, float aspect, float chance) {
    static const Color night[] = {Color(0.06f, 0.11f, 0.32f), Color(0.10f, 0.22f, 0.52f),
                                  Color(0.18f, 0.38f, 0.68f), Color(0.38f, 0.60f, 0.78f),
                                  Color(0.66f, 0.80f, 0.82f), Color(0.14f, 0.36f, 0.44f)};
    static const Color light[] = {Color(0.96f, 0.80f, 0.25f), Color(0.98f, 0.92f, 0.62f),
                                  Color(0.90f, 0.60f, 0.16f), Color(0.84f, 0.86f, 0.60f)};
    static const Color land[] = {Color(0.10f, 0.20f, 0.16f), Color(0.24f, 0.36f, 0.16f),
                                 Color(0.55f, 0.50f, 0.14f), Color(0.50f, 0.22f, 0.12f),
                                 Color(0.80f, 0.62f, 0.20f)};
    const float rise = 0.74f + 0.12f * (fractal(x * 1.9f, 4.4f, 3, 13) - 0.5f);
    if (y > rise)
        return land[static_cast<int>(
            4.99f * std::min(1.0f, 0.75f * fractal(x * 4, y * 7, 3, 17) + 0.35f * chance))];
    float glow = 0;
    for (const auto& [cx, cy, radius] :
         {std::array{0.28f, 0.30f, 0.09f}, std::array{0.68f, 0.40f, 0.12f},
          std::array{0.88f, 0.14f, 0.07f}}) {
        const float dx = x - cx * aspect, dy = y - cy;
        const float ring = std::sqrt(dx * dx + dy * dy) / radius;
        glow = std::max(glow,
                        std::exp(-ring * ring) + 0.5f * std::exp(-8 * std::pow(ring - 1.7f, 2.0f)));
    }
    if (chance < 1.1f * glow)
        return light[static_cast<int>(3.99f *
                                      std::min(1.0f, std::abs(1.4f * chance / glow - 0.2f)))];
    const float tone = 0.65f * fractal(x * 3 + y, y * 3, 4, 19) + 0.5f * (chance - 0.35f);
    return night[static_cast<int>(5.99f * std::clamp(1.25f * tone, 0.0f, 1.0f))];
}

// Stained glass

struct Cells {
    float nearest = 0, second = 0; // distances to the two nearest seeds
    int which = 0;
};

// Voronoi cells of a jittered lattice with `density` cells to a height.
Cells lattice_cells(float x, float y, float density, std::uint32_t seed) {
    x *= density;
    y *= density;
    const int i = static_cast<int>(std::floor(x)), j = static_cast<int>(std::floor(y));
    Cells cells;
    cells.nearest = cells.second = std::numeric_limits<float>::max();
    for (int b = j - 2; b <= j + 2; ++b)
        for (int a = i - 2; a <= i + 2; ++a) {
            const float dx = a + 0.1f + 0.8f * hash(a, b, seed) - x;
            const float dy = b + 0.1f + 0.8f * hash(a, b, seed + 1) - y;
            const float distance = std::sqrt(dx * dx + dy * dy);
            if (distance < cells.nearest) {
                cells.second = cells.nearest;
                cells.nearest = distance;
                cells.which = a * 8191 + b;
            } else {
                cells.second = std::min(cells.second, distance);
            }
        }
    cells.nearest /= density;
    cells.second /= density;
    return cells;
}

Color glass(float x, float y, float aspect) {
    static const Color panes[] = {Color(0.78f, 0.09f, 0.12f), Color(0.07f, 0.20f, 0.66f),
                                  Color(0.05f, 0.50f, 0.32f), Color(0.96f, 0.68f, 0.10f),
                                  Color(0.42f, 0.12f, 0.52f), Color(0.08f, 0.56f, 0.70f),
                                  Color(0.92f, 0.36f, 0.08f), Color(0.90f, 0.86f, 0.66f)};
    const float wx = x + 0.020f * (noise(x * 7, y * 7, 5) - 0.5f);
    const float wy = y + 0.020f * (noise(x * 7, y * 7, 6) - 0.5f);
    // A rose in the middle: rings of petals; around it large panes, some of them cut again.
    const float dx = wx - 0.5f * aspect, dy = wy - 0.5f;
    const float radius = std::sqrt(dx * dx + dy * dy), angle = std::atan2(dy, dx) / (2 * pi) + 0.5f;
    float edge = 0, middle = 0;
    int which = 0;
    if (radius < 0.40f) {
        const int ring = static_cast<int>(radius / 0.10f);
        const int petals = ring == 0 ? 1 : 6 << (ring - 1);
        const float turn = angle * petals + 0.5f * (ring % 2);
        const float along = turn - std::floor(turn), out = radius / 0.10f - ring;
        const float arc = 2 * pi * radius / petals;
        edge = std::min(std::min(ring > 0 ? out : 1.0f, 1 - out) * 0.10f,
                        petals > 1 ? std::min(along, 1 - along) * arc : 1.0f);
        middle = std::hypot(along - 0.5f, out - 0.5f);
        which = ring * 97 + static_cast<int>(turn) % petals * (ring % 2 ? 2 : 3);
    } else {
        Cells cells = lattice_cells(wx, wy, 5.0f, 41);
        edge = 0.5f * (cells.second - cells.nearest);
        which = cells.which;
        if (hash(which, 2, 9) > 0.45f) {
            const Cells fine = lattice_cells(wx, wy, 12.0f, 47);
            edge = std::min(edge, 0.5f * (fine.second - fine.nearest) + 0.0025f);
            which += 31 * (fine.which & 7);
            cells.nearest = fine.nearest * 2;
        }
        edge = std::min(edge, radius - 0.40f);
        middle = cells.nearest / 0.2f;
    }
    Color color = panes[static_cast<int>(7.99f * hash(which, 1, 77))];
    color *= 0.75f + 0.4f * hash(which, 3, 78);
    color += (Color(1, 1, 0.9f) - color) * (0.34f * std::exp(-6 * middle * middle)); // light behind
    const float turned = 2 * pi * hash(which, 4, 79);
    const float u = x * std::cos(turned) + y * std::sin(turned);
    const float v = y * std::cos(turned) - x * std::sin(turned);
    color *= 0.72f + 0.55f * fractal(u * 14, v * 60, 4, 83); // streaks
    color +=
        Color(1, 1, 1) * 0.22f * smooth_step(0.86f, 0.93f, noise(x * 150, y * 150, 89)); // seeds
    const Color lead = Color(0.07f, 0.07f, 0.08f) + Color(0.30f, 0.30f, 0.33f) *
                                                        smooth_step(0.0035f, 0.0f, edge) *
                                                        (0.5f + noise(x * 60, y * 60, 97));
    return mix(lead, color * (0.55f + 0.45f * smooth_step(0.006f, 0.022f, edge)),
               smooth_step(0.0055f, 0.0085f, edge));
}

// Ink

constexpr int hills = 5;

float hill(int i, float x) {
    const float base = 0.30f + 0.16f * i;
    return base +
           (0.24f - 0.03f * i) * (fractal(x * (1.3f + 0.35f * i), i * 3.7f, 4, 301 + i) - 0.5f);
}

// Parallel lines as an engraver cuts them: as wide as the tone asks, swelling and broken.
float hatching(float phase, float x, float y, float tone, std::uint32_t seed) {
    const float wave = std::abs(2 * (phase - std::floor(phase)) - 1); // 0 on the line
    const float hand = 0.75f + 0.5f * noise(x * 26, y * 26, seed);
    const float width = std::min(0.96f, tone * hand);
    const float broken = smooth_step(0.02f, 0.10f, tone - 0.16f * noise(x * 55, y * 55, seed + 1));
    return broken * smooth_step(width + 0.12f, width - 0.12f, wave);
}

// `crests`: the heights of the hills here.
Color ink(float x, float y, float aspect, const float* crests) {
    const float grain = fractal(x * 90, y * 90, 3, 401);
    const float fibre = noise(x * 25, y * 260, 403);
    Color paper = Color(0.93f, 0.88f, 0.77f) * (0.92f + 0.10f * grain + 0.04f * fibre);
    const Color black(0.09f, 0.08f, 0.10f);
    const float wobble = 0.010f * fractal(x * 5, y * 5, 3, 405);
    float amount = 0;
    int front = -1;
    for (int i = hills - 1; i >= 0 && front < 0; --i)
        if (y > crests[i])
            front = i;
    if (front < 0) {
        const float dx = x - 0.74f * aspect, dy = y - 0.17f, distance = std::hypot(dx, dy);
        paper = mix(Color(0.74f, 0.20f, 0.13f) * (0.85f + 0.3f * grain), paper,
                    smooth_step(0.080f, 0.087f, distance)); // a red sun
        const float bend = 1.2f * fractal(x * 2, y * 2.5f, 3, 431);
        const float cloud = fractal(x * 1.9f + y + bend, y * 5 - x + bend, 4, 407);
        amount = hatching((y + wobble) * 84, x, y,
                          distance < 0.1f ? 0 : 0.66f * smooth_step(0.30f, 0.78f, cloud), 409);
    } else {
        const float depth = y - crests[front];
        const float folds = fractal(x * 6 + front, y * 5, 4, 411 + front);
        const float tone =
            std::clamp(0.9f * std::exp(-depth * 14) + 2.6f * (folds - 0.44f), 0.0f, 1.0f);
        const Color wash = front % 2 ? Color(0.36f, 0.46f, 0.52f) : Color(0.55f, 0.50f, 0.36f);
        paper = mix(paper, wash, 0.55f * smooth_step(0.30f, 0.75f, fractal(x * 3, y * 3, 4, 417)));
        amount = hatching((depth + wobble + 0.05f * folds) * 84, x, y, 0.85f * tone, 419);
        if (tone > 0.42f)
            amount = std::max(amount, hatching((x * 0.8f + depth * 1.1f + wobble) * 74, x, y,
                                               1.3f * (tone - 0.42f), 421));
        if (tone > 0.70f)
            amount = std::max(amount, hatching((x * 0.8f - depth * 1.3f + wobble) * 74, x, y,
                                               1.6f * (tone - 0.70f), 423));
        const float brush = 0.003f + 0.009f * fractal(x * 4, front * 2.2f, 3, 425);
        amount = std::max(amount, smooth_step(brush, brush - 0.003f, depth)); // the outline
    }
    return mix(paper, black, amount * (0.84f + 0.2f * grain));
}

} // namespace

void paint_strokes(Canvas& canvas) {
    const float a = canvas.aspect;
    canvas.fill([a](float x, float y) { return pigment(x, y, a, 0.3f) * 0.8f; });
    Motif motif;
    motif.current = [a](float x, float y) { return current(x, y, a); };
    motif.pigment = [a](float x, float y, float chance) { return pigment(x, y, a, chance); };
    paint_impasto(canvas, motif,
                  {{0.17f, 0.040f, 2.0f},
                   {0.11f, 0.024f, 1.6f},
                   {0.07f, 0.014f, 1.2f},
                   {0.045f, 0.008f, 0.6f}});
}

void paint_glass(Canvas& canvas) {
    const float a = canvas.aspect;
    canvas.fill([a](float x, float y) { return glass(x, y, a); });
}

void paint_ink(Canvas& canvas) {
    const float a = canvas.aspect;
    const float unit = canvas.unit();
    std::vector<std::array<float, hills>> crests(canvas.pixels.cols);
    for (std::size_t column = 0; column < crests.size(); ++column)
        for (int i = 0; i < hills; ++i)
            crests[column][i] = hill(i, (column + 0.5f) / unit);
    canvas.fill([&](float x, float y) {
        return ink(x, y, a, crests[static_cast<std::size_t>(x * unit)].data());
    });
}

} // namespace maniera::sample
