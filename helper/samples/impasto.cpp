// SPDX-License-Identifier: GPL-3.0-or-later

#include "helper/samples/impasto.h"

#include <opencv2/imgproc.hpp>

#include <algorithm>
#include <cmath>

namespace maniera::sample {
namespace {

constexpr int segments = 7; // of a stroke

struct Spine {
    std::vector<cv::Point2f> points, across; // `across`: of unit length
};

Spine follow(const Motif& motif, cv::Point2f at, float length) {
    Spine spine;
    cv::Point2f before;
    for (int i = 0; i <= segments; ++i) {
        cv::Point2f along = motif.current(at.x, at.y);
        if (motif.axial && along.dot(before) < 0)
            along = -along;
        spine.points.push_back(at);
        spine.across.emplace_back(-along.y, along.x);
        at += along * (length / segments);
        before = along;
    }
    return spine;
}

// Bristles side by side along the current, each with its own shade and thickness.
void stroke(Canvas& canvas, cv::Mat_<float>& relief, Random& random, const Motif& motif,
            const Brush& brush) {
    const float unit = canvas.unit();
    const cv::Point2f at(canvas.aspect * random.between(-0.02f, 1.02f),
                         random.between(-0.02f, 1.02f));
    if (motif.takes && !motif.takes(at.x, at.y, brush.width, random))
        return;
    const Color color =
        motif.pigment(at.x, at.y, random()) + Color(1, 1, 1) * random.between(-0.05f, 0.05f);
    const Spine spine = follow(motif, at, brush.length);
    const int bristles = std::max(3, cvRound(brush.width * unit / 2.6f));
    const float load = random.between(0.35f, 1.0f); // of paint
    for (int b = 0; b < bristles; ++b) {
        const float side = (b + 0.5f) / bristles * 2 - 1;
        const Color shade = color * (1 + random.between(-0.16f, 0.16f)) +
                            Color(1, 1, 1) * random.between(-0.03f, 0.03f);
        const float thickness = load * (1.15f - side * side) * random.between(0.5f, 1.0f);
        const int first = random() < 0.3f ? 1 : 0;
        const int last = segments - static_cast<int>(2.4f * random());
        std::vector<cv::Point2f> path;
        std::vector<cv::Point> pixels;
        for (int i = first; i <= last; ++i) {
            const float belly = 0.55f + 0.45f * std::sin(pi * (i + 1) / (segments + 2));
            path.push_back(spine.points[i] + spine.across[i] * (0.5f * brush.width * side * belly));
            pixels.emplace_back(cvRound(path.back().x * unit * 16),
                                cvRound(path.back().y * unit * 16));
        }
        canvas.line(path, shade, 3 / unit);
        cv::polylines(relief, std::vector<std::vector<cv::Point>>{pixels}, false,
                      cv::Scalar(thickness), 3, cv::LINE_8, 4);
    }
}

void light(Canvas& canvas, const cv::Mat_<float>& relief) {
    cv::Mat_<float> soft;
    cv::GaussianBlur(relief, soft, {0, 0}, 1.1);
    for (int y = 1; y + 1 < soft.rows; ++y)
        for (int x = 1; x + 1 < soft.cols; ++x) {
            const float slope =
                soft(y, x) - soft(y - 1, x - 1) + 0.5f * (soft(y + 1, x + 1) - soft(y, x));
            canvas.pixels(y, x) = canvas.pixels(y, x) * (1 + 0.40f * slope) +
                                  Color(1, 1, 0.95f) * (0.12f * std::max(0.0f, slope));
        }
}

} // namespace

void paint_impasto(Canvas& canvas, const Motif& motif, const std::vector<Brush>& brushes) {
    cv::Mat_<float> relief(canvas.pixels.size(), 0.0f);
    Random random(7);
    for (const Brush& brush : brushes) {
        const int count =
            static_cast<int>(brush.cover * canvas.aspect / (brush.length * brush.width));
        for (int i = 0; i < count; ++i)
            stroke(canvas, relief, random, motif, brush);
    }
    light(canvas, relief);
}

} // namespace maniera::sample
