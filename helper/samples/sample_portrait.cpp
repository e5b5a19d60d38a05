// SPDX-License-Identifier: GPL-3.0-or-later
// Two portraits whose parts are each other's counterparts: a photograph of sorts, and another
// person in strokes that follow the form.

#include "helper/samples/bust.h"
#include "helper/samples/impasto.h"

#include <opencv2/imgproc.hpp>

#include <algorithm>
#include <cmath>

namespace maniera::sample {
namespace {

Person photographed() {
    Person person{};
    person.yaw = 0.30f;
    person.roll = -0.04f;
    person.skin = {0.86f, 0.62f, 0.50f};
    person.lips = {0.70f, 0.30f, 0.29f};
    person.iris = {0.22f, 0.38f, 0.42f};
    person.hair = {0.20f, 0.115f, 0.07f};
    person.cloth = {0.30f, 0.36f, 0.30f};
    person.collar = {0.90f, 0.88f, 0.84f};
    person.wall = {0.50f, 0.52f, 0.56f};
    person.far_wall = {0.24f, 0.26f, 0.31f};
    person.seed = 3;
    return person;
}

Person painted() {
    Person person{};
    person.yaw = -0.30f;
    person.roll = 0.05f;
    person.skin = {0.93f, 0.66f, 0.44f};
    person.lips = {0.72f, 0.26f, 0.22f};
    person.iris = {0.30f, 0.26f, 0.14f};
    person.hair = {0.72f, 0.30f, 0.10f};
    person.cloth = {0.14f, 0.36f, 0.24f};
    person.collar = {0.86f, 0.62f, 0.20f};
    person.wall = {0.20f, 0.36f, 0.56f};
    person.far_wall = {0.10f, 0.16f, 0.38f};
    person.seed = 11;
    return person;
}

// What a painter looks at: the sitter, where fine things are, and which way strokes go.
struct Sitting {
    cv::Mat_<Color> view;
    cv::Mat_<float> detail;
    cv::Mat_<cv::Point2f> current;

    template <typename T>
    const T& at(const cv::Mat_<T>& map, float x, float y) const {
        const auto place = [&](float t, int count) {
            return std::clamp(static_cast<int>(t * view.rows), 0, count - 1);
        };
        return map(place(y, map.rows), place(x, map.cols));
    }
};

cv::Mat_<Color> look_at(const Person& person, cv::Size size) {
    Canvas canvas(size);
    const Bust bust(person, canvas.aspect);
    canvas.fill([&](float x, float y) { return bust.color(x, y); });
    return canvas.pixels;
}

// Round the head, unsteadily: the way where nothing else leads.
cv::Point2f round_the_head(float x, float y, float aspect) {
    const float dx = x - 0.5f * aspect, dy = y - 0.36f, distance = std::hypot(dx, dy) + 1e-4f;
    const float turn = 1.6f * (fractal(x * 2.2f, y * 2.2f, 3, 7) - 0.5f);
    return cv::Point2f(-dy * std::cos(turn) - dx * std::sin(turn),
                       dx * std::cos(turn) - dy * std::sin(turn)) *
           (1 / distance);
}

// Along the edges of the view: across the main direction of its gradients' moments.
void find_currents(Sitting& sitting, float aspect) {
    const double scale = sitting.view.rows / 400.0;
    cv::Mat gray, across, down, strength;
    cv::cvtColor(sitting.view, gray, cv::COLOR_RGB2GRAY);
    cv::GaussianBlur(gray, gray, {0, 0}, 1.2 * scale);
    cv::Sobel(gray, across, CV_32F, 1, 0, 3, 1.0 / 8);
    cv::Sobel(gray, down, CV_32F, 0, 1, 3, 1.0 / 8);
    cv::Mat_<float> xx = across.mul(across), xy = across.mul(down), yy = down.mul(down);
    cv::sqrt(xx + yy, strength);
    cv::GaussianBlur(strength, strength, {0, 0}, 3 * scale);
    sitting.detail = strength * (25 * scale);
    for (cv::Mat_<float>* moment : {&xx, &xy, &yy})
        cv::GaussianBlur(*moment, *moment, {0, 0}, 5 * scale);
    sitting.current.create(gray.size());
    const float weight = 1.2e-6f / static_cast<float>(scale * scale);
    for (int y = 0; y < gray.rows; ++y)
        for (int x = 0; x < gray.cols; ++x) {
            const cv::Point2f turn = round_the_head(static_cast<float>(x) / gray.rows,
                                                    static_cast<float>(y) / gray.rows, aspect);
            const float a = xx(y, x) + weight * turn.y * turn.y;
            const float b = xy(y, x) - weight * turn.x * turn.y;
            const float c = yy(y, x) + weight * turn.x * turn.x;
            const float angle = 0.5f * std::atan2(2 * b, a - c);
            sitting.current(y, x) = {-std::sin(angle), std::cos(angle)};
        }
}

// Stronger than nature, lights warmer and darks cooler by chance.
Color pigment(const Color& seen, float chance) {
    const float gray = 0.3f * seen[0] + 0.55f * seen[1] + 0.15f * seen[2], t = chance - 0.5f;
    Color color = mix(Color(gray, gray, gray), seen, 1.45f);
    color += Color(0.18f, 0.04f, -0.13f) * (gray > 0.35f ? t : 0.5f * t);
    color += Color(-0.06f, 0.01f, 0.12f) * std::max(0.0f, -t);
    for (int i = 0; i < 3; ++i)
        color[i] = std::clamp(color[i] * 1.06f, 0.0f, 1.0f);
    return color;
}

} // namespace

void paint_portrait(Canvas& canvas) {
    const Bust bust(photographed(), canvas.aspect);
    canvas.fill_where_it_counts([&](float x, float y) { return bust.color(x, y); });
}

void paint_painted_portrait(Canvas& canvas) {
    Sitting sitting;
    sitting.view = look_at(painted(), canvas.pixels.size() / 2);
    find_currents(sitting, canvas.aspect);
    cv::resize(sitting.view, canvas.pixels, canvas.pixels.size());
    cv::GaussianBlur(canvas.pixels, canvas.pixels, {0, 0}, canvas.unit() / 57);
    canvas.pixels *= 0.85f;
    Motif motif;
    motif.axial = true;
    motif.current = [&](float x, float y) { return sitting.at(sitting.current, x, y); };
    motif.pigment = [&](float x, float y, float chance) {
        return pigment(sitting.at(sitting.view, x, y), chance);
    };
    motif.takes = [&](float x, float y, float width, Random& random) {
        const float detail = sitting.at(sitting.detail, x, y);
        if (width > 0.012f)
            return detail * width < 0.0045f; // fine things take fine brushes
        return width > 0.008f || detail > 0.0012f / width || random() > 0.9f;
    };
    std::vector<Brush> brushes{{0.15f, 0.036f, 2.2f},   {0.09f, 0.020f, 2.2f},
                               {0.055f, 0.0115f, 2.2f}, {0.034f, 0.0065f, 2.4f},
                               {0.020f, 0.0042f, 3.0f}, {0.013f, 0.0030f, 4.0f}};
    while (brushes.back().width * canvas.unit() < 2 && brushes.size() > 1)
        brushes.pop_back(); // nobody sees what is finer than a pixel
    paint_impasto(canvas, motif, brushes);
}

} // namespace maniera::sample
