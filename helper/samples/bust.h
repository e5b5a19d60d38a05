// SPDX-License-Identifier: GPL-3.0-or-later
// A head and shoulders, modelled by the distance to their surfaces, in the light of a studio.
// Internal to the samples.

#pragma once

#include "helper/samples/sample_canvas.h"

namespace maniera::sample {

struct Person {
    float yaw, roll; // of the head, radians
    Color skin, lips, iris, hair, cloth, collar, wall, far_wall;
    std::uint32_t seed;
};

using Vector = cv::Vec3f; // x to the right, y upwards, z to the camera; a head is 2 high

class Bust {
public:
    Bust(const Person& person, float aspect);

    // What is seen at a place of the picture, in units of its height.
    Color color(float x, float y) const;

private:
    enum class Part { skin, eye, hair, cloth, nothing };
    struct Hit {
        float distance;
        Part part;
    };
    // How a part takes the light.
    struct Surface {
        Color color;
        float wrap;             // how far light reaches round it
        float gloss, sharpness; // of what shines
        Color shine;            // on top
    };

    Vector to_head(const Vector& at) const;
    float hair(const Vector& head) const;
    Hit nearest(const Vector& at) const;
    Vector normal(const Vector& at, float step) const;
    float sunlit(const Vector& at, const Vector& light) const;
    float open(const Vector& at, const Vector& normal) const;
    Surface skin_at(const Vector& head) const;
    Surface eye_at(const Vector& head) const;
    Surface hair_at(const Vector& head, const Vector& normal) const;
    Surface cloth_at(const Vector& at) const;
    Surface surface_at(const Vector& at, const Vector& normal, Part part) const;
    Color lit(const Vector& at, const Vector& ray, Part part) const;
    Color wall(float x, float y) const;

    Person person_;
    float aspect_, yaw_cos_, yaw_sin_, roll_cos_, roll_sin_;
};

} // namespace maniera::sample
