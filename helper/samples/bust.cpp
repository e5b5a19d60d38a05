// SPDX-License-Identifier: GPL-3.0-or-later
// Sphere tracing (Hart 1996) of solids that are joined smoothly.

#include "helper/samples/bust.h"

#include <algorithm>
#include <cmath>

namespace maniera::sample {
namespace {

// Solids: the distance to their surface, negative inside.

float norm(const Vector& v) { return std::sqrt(v.dot(v)); }
Vector unit(const Vector& v) { return v * (1 / (norm(v) + 1e-9f)); }

float ball(const Vector& at, const Vector& center, float radius) {
    return norm(at - center) - radius;
}

// Not the distance itself, but right near the surface.
float ellipsoid(const Vector& at, const Vector& center, const Vector& radii) {
    Vector once, twice;
    for (int i = 0; i < 3; ++i) {
        once[i] = (at[i] - center[i]) / radii[i];
        twice[i] = once[i] / radii[i];
    }
    const float k = norm(once), slope = norm(twice);
    return slope < 1e-6f ? -std::min({radii[0], radii[1], radii[2]}) : k * (k - 1) / slope;
}

// A cone between two balls.
float limb(const Vector& at, const Vector& from, const Vector& to, float radius_from,
           float radius_to) {
    const Vector axis = to - from;
    const float t = std::clamp((at - from).dot(axis) / axis.dot(axis), 0.0f, 1.0f);
    return norm(at - from - axis * t) - mix(radius_from, radius_to, t);
}

// Both together, and the first without the second; `soft` is the width of the seam.
float join(float a, float b, float soft) {
    const float h = std::max(soft - std::abs(a - b), 0.0f) / soft;
    return std::min(a, b) - h * h * soft * 0.25f;
}
float carve(float a, float b, float soft) { return -join(-a, b, soft); }

// A bump of height 1 round `middle`.
float bell(float x, float middle, float width) {
    const float t = (x - middle) / width;
    return std::exp(-t * t);
}

Vector mirrored(const Vector& head) { return {std::abs(head[0]), head[1], head[2]}; }

const Vector eye_center(0.285f, 0.115f, 0.655f);
const Vector slit_center(0.285f, 0.105f, 0.84f), slit_radii(0.130f, 0.044f, 0.16f);
const Vector neckline_center(0, -1.32f, 0.25f), neckline_radii(0.46f, 0.50f, 0.7f);

// How far the mouth's line is above its middle.
float smile(float x) { return 0.6f * x * x; }

float eyelids(const Vector& m) {
    return std::max(ball(m, eye_center, 0.178f), -ellipsoid(m, slit_center, slit_radii));
}

float nose(const Vector& head, const Vector& m, float d) {
    d = join(d, limb(head, {0, 0.20f, 0.72f}, {0, -0.14f, 0.92f}, 0.05f, 0.07f), 0.12f);
    d = join(d, ball(head, {0, -0.17f, 0.93f}, 0.075f), 0.06f);
    d = join(d, ellipsoid(m, {0.085f, -0.195f, 0.85f}, {0.05f, 0.048f, 0.08f}), 0.06f);
    return carve(d, ellipsoid(m, {0.045f, -0.24f, 0.90f}, {0.024f, 0.018f, 0.035f}), 0.02f);
}

float mouth(const Vector& head, float d) {
    d = join(d, ellipsoid(head, {0, -0.50f, 0.66f}, {0.24f, 0.16f, 0.14f}), 0.16f);
    const Vector bent(head[0], head[1] - smile(head[0]), head[2]);
    d = join(d, ellipsoid(mirrored(bent), {0.07f, -0.455f, 0.775f}, {0.13f, 0.035f, 0.05f}), 0.05f);
    d = join(d, ellipsoid(bent, {0, -0.545f, 0.765f}, {0.15f, 0.048f, 0.055f}), 0.05f);
    return carve(d, ellipsoid(bent, {0, -0.495f, 0.84f}, {0.21f, 0.010f, 0.10f}), 0.03f);
}

float face(const Vector& head) {
    const Vector m = mirrored(head);
    float d = ellipsoid(head, {0, 0.30f, -0.12f}, {0.74f, 0.86f, 0.88f});
    d = join(d, ellipsoid(head, {0, -0.30f, 0.16f}, {0.50f, 0.68f, 0.60f}), 0.30f);  // jaw
    d = join(d, ellipsoid(m, {0.34f, -0.12f, 0.46f}, {0.22f, 0.20f, 0.22f}), 0.22f); // cheekbones
    d = join(d, ellipsoid(head, {0, -0.84f, 0.48f}, {0.20f, 0.15f, 0.18f}), 0.22f);  // chin
    d = join(d, ellipsoid(m, {0.25f, 0.29f, 0.66f}, {0.17f, 0.06f, 0.09f}), 0.20f);  // brows
    d = carve(d, ellipsoid(m, {0.29f, 0.13f, 0.95f}, {0.18f, 0.11f, 0.16f}), 0.18f); // sockets
    d = mouth(head, nose(head, m, d));
    d = join(d, ellipsoid(m, {0.73f, 0.05f, -0.05f}, {0.07f, 0.19f, 0.12f}), 0.06f); // ears
    d = join(d, eyelids(m), 0.06f);
    return carve(d, ellipsoid(m, slit_center, slit_radii), 0.02f);
}

// Far away the ball around it does, which is much quicker.
constexpr float far_away = 0.15f;

float face_or_less(const Vector& head) {
    const float d = ball(head, {0, 0.08f, 0}, 1.2f);
    return d > far_away ? d : face(head);
}

float neck(const Vector& at, const Vector& head) {
    const float d = limb(head, {0, -0.55f, -0.12f}, {0, -1.0f, -0.2f}, 0.31f, 0.31f);
    return join(d, limb(at, {0, -0.95f, -0.2f}, {0, -1.55f, -0.28f}, 0.32f, 0.42f), 0.14f);
}

float cloth(const Vector& at) {
    if (at[1] > -0.6f)
        return at[1] + 0.85f; // it ends below the chin
    const Vector m = mirrored(at);
    float d = ellipsoid(at, {0, -2.40f, -0.35f}, {1.25f, 1.02f, 0.72f});
    d = join(d, limb(m, {0.35f, -1.62f, -0.35f}, {1.40f, -2.05f, -0.4f}, 0.26f, 0.36f), 0.35f);
    d = join(d, limb(m, {1.40f, -2.05f, -0.4f}, {1.70f, -3.4f, -0.3f}, 0.36f, 0.36f), 0.2f);
    d = std::max(d, -ellipsoid(at, neckline_center, neckline_radii));
    const float folds = std::sin(9 * at[0] + 5 * at[1] + 2 * std::sin(3 * at[1]));
    return d + 0.012f * folds * smooth_step(-1.5f, -2.2f, at[1]);
}

// Which lock this is, by the way round from the parting.
float lock_of(const Vector& head) {
    return std::atan2(head[0] + 0.12f, std::max(0.05f, 0.9f - head[1]));
}

// What is drawn on the face: how much of it is here, [0,1].

float blush(const Vector& head) {
    const float x = std::abs(head[0]), y = head[1];
    return bell(x, 0.36f, 0.29f) * bell(y, -0.16f, 0.29f) +
           0.7f * bell(x, 0, 0.18f) * bell(y, -0.2f, 0.18f);
}

float lips_at(const Vector& head) {
    const float x = std::abs(head[0]), level = head[1] - smile(x);
    const float upper = -0.435f - 0.03f * smooth_step(0, 0.2f, x) - 0.012f * bell(x, 0, 0.045f);
    const float lower = -0.585f + 0.9f * x * x;
    return smooth_step(upper + 0.006f, upper - 0.012f, level) *
           smooth_step(lower - 0.006f, lower + 0.012f, level) * smooth_step(0.215f, 0.185f, x);
}

float between_lips(const Vector& head) {
    const float x = std::abs(head[0]);
    return bell(head[1] - smile(x), -0.497f, 0.010f) * smooth_step(0.215f, 0.17f, x);
}

float brow_at(const Vector& head, std::uint32_t seed) {
    const float x = std::abs(head[0]), y = head[1];
    const float arch = 0.325f +
                       0.06f * std::sin(3.1f * std::clamp((x - 0.10f) / 0.36f, 0.0f, 1.0f)) -
                       0.06f * smooth_step(0.3f, 0.47f, x);
    const float thick = mix(0.036f, 0.014f, smooth_step(0.12f, 0.46f, x));
    const float shape = smooth_step(thick, thick * 0.35f, std::abs(y - arch)) *
                        smooth_step(0.09f, 0.13f, x) * smooth_step(0.49f, 0.42f, x);
    const float hairs = 0.65f + 0.5f * noise(head[0] * 70 + y * 40, y * 16, seed);
    return std::min(1.0f, 0.85f * shape * hairs);
}

// In widths and heights of the slit between the lids; 1 away from its middle they end.
cv::Point2f from_slit(const Vector& head) {
    return {(std::abs(head[0]) - slit_center[0]) / slit_radii[0],
            (head[1] - slit_center[1]) / slit_radii[1]};
}

float lashes_at(const Vector& head) {
    const cv::Point2f away = from_slit(head);
    return smooth_step(1.32f, 1.06f, std::hypot(away.x, away.y)) *
           (away.y > -0.15f ? 1.0f : 0.35f) * smooth_step(0.5f, 0.6f, head[2]);
}

float lid_fold(const Vector& head) {
    const cv::Point2f away = from_slit(head);
    return away.y > 0.3f ? bell(std::hypot(away.x, away.y), 1.85f, 0.14f) : 0;
}

} // namespace

Bust::Bust(const Person& person, float aspect)
    : person_(person), aspect_(aspect), yaw_cos_(std::cos(person.yaw)),
      yaw_sin_(std::sin(person.yaw)), roll_cos_(std::cos(person.roll)),
      roll_sin_(std::sin(person.roll)) {}

// Turned about the neck.
Vector Bust::to_head(const Vector& at) const {
    const float x = at[0], y = at[1] + 0.9f, z = at[2];
    const float rolled = x * roll_cos_ + y * roll_sin_;
    return {rolled * yaw_cos_ - z * yaw_sin_, y * roll_cos_ - x * roll_sin_ - 0.9f,
            rolled * yaw_sin_ + z * yaw_cos_};
}

float Bust::hair(const Vector& head) const {
    const float around = limb(head, {0, 0.3f, -0.2f}, {0, -1.3f, -0.2f}, 1.1f, 1.1f);
    if (around > far_away)
        return around;
    const Vector m = mirrored(head);
    const float wave = 0.06f * std::sin(4.2f * head[1] + (head[0] > 0 ? 1.3f : -1.3f));
    float d = ellipsoid(head, {0, 0.40f, -0.20f}, {0.86f, 0.86f, 0.95f});
    d = join(d,
             limb(m, {0.70f + wave, 0.25f, -0.18f}, {0.66f + wave, -1.30f, -0.30f}, 0.26f, 0.24f),
             0.3f);
    d = join(d, limb(m, {0.66f + wave, -1.30f, -0.25f}, {0.52f, -1.95f, 0.05f}, 0.26f, 0.10f),
             0.2f);
    d = join(d, ellipsoid(head, {0, -0.5f, -0.65f}, {0.75f, 1.2f, 0.4f}), 0.3f);
    // The face looks out of it, from under a parting.
    const float parting = smooth_step(0.0f, 0.7f, head[0] + 0.12f);
    d = carve(d, ellipsoid(head, {0.02f, -0.16f, 0.95f}, {0.60f - 0.03f * parting, 0.86f, 0.80f}),
              0.10f);
    if (d > 0.06f)
        return d - 0.015f; // locks are seen from near alone
    const float u = lock_of(head) * 26, v = head[1] * 1.6f;
    return d - 0.030f * (fractal(u + 0.6f * v, v * 1.3f + head[2], 3, person_.seed) - 0.5f);
}

Bust::Hit Bust::nearest(const Vector& at) const {
    const float around =
        std::min(ball(at, {0, 0, -0.1f}, 1.7f),
                 limb(mirrored(at), {0, -2.4f, -0.35f}, {1.6f, -3.0f, -0.35f}, 1.05f, 0.9f));
    if (around > 0.4f)
        return {around, Part::nothing};
    const Vector head = to_head(at);
    Hit hit{join(face_or_less(head), neck(at, head), 0.12f), Part::skin};
    const auto take = [&](float distance, Part part) {
        if (distance < hit.distance)
            hit = {distance, part};
    };
    if (head[2] > 0.6f)
        take(ball(mirrored(head), eye_center, 0.165f), Part::eye);
    take(hair(head), Part::hair);
    take(cloth(at), Part::cloth);
    return hit;
}

// By the four corners of a tetrahedron.
Vector Bust::normal(const Vector& at, float step) const {
    Vector sum(0, 0, 0);
    for (const Vector& corner :
         {Vector(1, -1, -1), Vector(-1, -1, 1), Vector(-1, 1, -1), Vector(1, 1, 1)})
        sum += corner * nearest(at + corner * step).distance;
    return unit(sum);
}

// 0 in the shadow; its border is soft.
float Bust::sunlit(const Vector& at, const Vector& light) const {
    float least = 1, way = 0.06f;
    for (int i = 0; i < 16 && way < 2.5f && least > 0.01f; ++i) {
        const float free = nearest(at + light * way).distance;
        least = std::min(least, 7 * free / way);
        way += std::clamp(free, 0.04f, 0.3f);
    }
    return smooth_step(0, 1, least);
}

// How much of the room's light comes here: little into folds.
float Bust::open(const Vector& at, const Vector& normal) const {
    float hidden = 0, weight = 1;
    for (int i = 1; i <= 4; ++i) {
        const float way = 0.07f * i;
        hidden += weight * (way - nearest(at + normal * way).distance);
        weight *= 0.62f;
    }
    return std::clamp(1 - 1.5f * hidden, 0.0f, 1.0f);
}

Bust::Surface Bust::skin_at(const Vector& head) const {
    Surface skin{person_.skin, 0.25f, 0.10f, 18, {}};
    if (head[2] > 0.2f)
        skin.color =
            mix(skin.color, skin.color.mul(Color(0.98f, 0.72f, 0.70f)), 0.45f * blush(head));
    skin.color *= 0.96f + 0.08f * fractal(head[0] * 14, head[1] * 14, 3, person_.seed + 9);
    if (head[2] < 0.4f)
        return skin;
    const float lips = lips_at(head);
    skin.gloss += 0.12f * lips;
    skin.color = mix(skin.color, person_.lips, 0.85f * lips) * (1 - 0.55f * between_lips(head));
    skin.color = mix(skin.color, person_.hair * 0.8f, brow_at(head, person_.seed + 3));
    skin.color = mix(skin.color, Color(0.10f, 0.06f, 0.05f), 0.85f * lashes_at(head)) *
                 (1 - 0.30f * lid_fold(head));
    return skin;
}

Bust::Surface Bust::eye_at(const Vector& head) const {
    const float x = head[0] - (head[0] > 0 ? 1 : -1) * eye_center[0] + 0.02f; // it looks aside
    const float y = head[1] - 0.112f, radius = std::hypot(x, y);
    const Color iris = person_.iris * (0.7f + 0.7f * noise(std::atan2(y, x) * 7, radius * 60, 5));
    const float inside = smooth_step(0.076f, 0.068f, radius);
    Color color = mix(Color(0.88f, 0.86f, 0.84f), iris, inside);
    const float rim = smooth_step(0.076f, 0.070f, radius) * smooth_step(0.060f, 0.072f, radius);
    color = mix(color, Color(0.05f, 0.05f, 0.05f), 0.7f * rim);
    color = mix(color, Color(0.02f, 0.02f, 0.02f), smooth_step(0.034f, 0.028f, radius));
    color *= 1 - 0.5f * smooth_step(0.115f, 0.155f, head[1]); // the lid's shadow
    const float window = smooth_step(0.016f, 0.009f, std::hypot(x + 0.022f, y - 0.022f));
    return {color, 0.3f, 0, 1, Color(0.9f, 0.9f, 0.9f) * window};
}

Bust::Surface Bust::hair_at(const Vector& head, const Vector& normal) const {
    const float u = lock_of(head) * 30, v = head[1] * 1.4f;
    const float drift = 0.5f * v + 2 * fractal(head[0] * 3, head[1] * 3, 2, 77);
    const float strand = fractal(u * 2.5f + drift, v * 1.2f + head[2] * 2, 4, person_.seed + 20);
    const float band = bell(normal[1], 0.42f, 0.22f) * std::max(0.0f, normal[2] * 0.5f + 0.3f);
    return {person_.hair * (0.45f + 1.25f * strand), 0.15f, 0, 1,
            (person_.hair * 1.4f + Color(0.12f, 0.12f, 0.12f)) *
                (2.2f * band * std::pow(strand, 3.0f))};
}

Bust::Surface Bust::cloth_at(const Vector& at) const {
    const float knit = 0.86f + 0.14f * std::sin(at[0] * 70 + 2.2f * std::sin(at[1] * 60));
    const Color wool =
        person_.cloth * (knit * (0.9f + 0.2f * fractal(at[0] * 5, at[1] * 5, 3, 31)));
    const float edge = std::abs(ellipsoid(at, neckline_center, neckline_radii));
    return {mix(wool, person_.collar, smooth_step(0.10f, 0.085f, edge)), 0.1f, 0, 1, {}};
}

Bust::Surface Bust::surface_at(const Vector& at, const Vector& normal, Part part) const {
    switch (part) {
    case Part::skin: return skin_at(to_head(at));
    case Part::eye: return eye_at(to_head(at));
    case Part::hair: return hair_at(to_head(at), normal);
    case Part::cloth:
    case Part::nothing: break;
    }
    return cloth_at(at);
}

// A lamp at the upper left, a weak one behind at the right, and the room.
Color Bust::lit(const Vector& at, const Vector& ray, Part part) const {
    static const Vector lamp = unit({-0.55f, 0.52f, 0.66f}), behind = unit({0.85f, 0.35f, -0.35f});
    const Vector normal = this->normal(at, part == Part::hair ? 0.010f : 0.004f);
    const Surface surface = surface_at(at, normal, part);
    const float facing = normal.dot(lamp), room = open(at, normal);
    const float lamplit = facing > -0.2f ? sunlit(at + normal * 0.01f, lamp) : 0;
    const float diffuse = std::max(0.0f, (facing + surface.wrap) / (1 + surface.wrap)) * lamplit;
    const Color warm(1.18f, 1.08f, 0.96f), cool(0.26f, 0.30f, 0.38f);
    const float around = room * (0.6f + 0.225f * normal[1] + 0.375f * normal[2]);
    // Red light goes on below the skin.
    const Color key(part == Part::skin ? std::pow(diffuse, 0.85f) : diffuse, diffuse, diffuse);
    Color color = surface.color.mul(warm.mul(key) + cool * around);
    color += mix(surface.color, Color(1, 1, 1), 0.2f).mul(Color(0.45f, 0.52f, 0.60f)) *
             (0.9f * room * std::max(0.0f, normal.dot(behind)));
    const float glance = std::max(0.0f, normal.dot(unit(lamp - ray)));
    color +=
        Color(1, 0.97f, 0.92f) * (surface.gloss * std::pow(glance, surface.sharpness) * lamplit);
    color += surface.shine * std::max(0.25f, lamplit);
    for (int i = 0; i < 3; ++i)
        color[i] = 1.04f * (1 - std::exp(-1.55f * color[i])); // as film takes it
    return color;
}

Color Bust::wall(float x, float y) const {
    const float glow = std::exp(-2.2f * std::hypot(x - 0.30f * aspect_, y - 0.35f));
    const Color color = mix(person_.far_wall, person_.wall, std::min(1.0f, 1.15f * glow));
    return color * (0.90f + 0.2f * fractal(x * 3, y * 3, 4, person_.seed + 50));
}

// Through a long lens.
Color Bust::color(float x, float y) const {
    const float height = 3.9f; // of what is seen
    const Vector camera(0, -0.52f, 9.5f);
    const Vector ray = unit(Vector((x - 0.5f * aspect_) * height, (0.5f - y) * height, 0) -
                            Vector(0, 0, camera[2]));
    float way = 6.5f;
    for (int step = 0; step < 70 && way < 12.5f; ++step) {
        const Hit hit = nearest(camera + ray * way);
        if (hit.distance < 0.0015f)
            return lit(camera + ray * way, ray, hit.part);
        way += hit.distance * 0.8f; // joins and ellipsoids tell a little too much
    }
    return wall(x, y);
}

} // namespace maniera::sample
