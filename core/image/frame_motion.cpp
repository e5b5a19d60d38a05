// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/image/frame_motion.h"

#include "core/image/opencv_mat.h"

#include <opencv2/imgproc.hpp>
#include <opencv2/video/tracking.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace maniera {
namespace {

// Of Ruder, Dosovitskiy and Brox (2016), equations 5 and 6; px^2.
constexpr float inconsistent_share = 0.01f, inconsistent_least = 0.5f;
constexpr float edge_share = 0.01f, edge_least = 0.002f;
// Of colors in [0,1], blurred over 5x5 pixels: a larger difference is no noise of a camera.
constexpr float least_change = 0.1f;

cv::Mat gray_bytes(ImageView image) {
    cv::Mat gray, bytes;
    cv::cvtColor(as_mat(image), gray, cv::COLOR_RGB2GRAY);
    gray.convertTo(bytes, CV_8U, 255);
    return bytes;
}

cv::Mat flow(cv::DISOpticalFlow& dis, const cv::Mat& from, const cv::Mat& to) {
    cv::Mat offsets;
    dis.calc(from, to, offsets);
    return offsets;
}

// Where each pixel was, as cv::remap wants it.
cv::Mat places(const cv::Mat& offsets) {
    cv::Mat places(offsets.size(), CV_32FC2);
    for (int y = 0; y < offsets.rows; ++y)
        for (int x = 0; x < offsets.cols; ++x)
            places.at<cv::Vec2f>(y, x) = offsets.at<cv::Vec2f>(y, x) +
                                         cv::Vec2f(static_cast<float>(x), static_cast<float>(y));
    return places;
}

float square(const cv::Vec2f& v) { return v.dot(v); }

// How much the offsets change from this pixel to its neighbors to the right and below, squared.
float slope(const cv::Mat& offsets, int x, int y) {
    const auto at = [&](int column, int row) {
        return offsets.at<cv::Vec2f>(std::min(row, offsets.rows - 1),
                                     std::min(column, offsets.cols - 1));
    };
    return square(at(x + 1, y) - at(x, y)) + square(at(x, y + 1) - at(x, y));
}

// 1 where the flows agree and lead into the frame; else 0.
cv::Mat agreeing(const cv::Mat& back, const cv::Mat& forth, const cv::Mat& at) {
    cv::Mat returning;
    cv::remap(forth, returning, at, cv::noArray(), cv::INTER_LINEAR, cv::BORDER_REPLICATE);
    cv::Mat agree(back.size(), CV_32F);
    for (int y = 0; y < back.rows; ++y)
        for (int x = 0; x < back.cols; ++x) {
            const cv::Vec2f b = back.at<cv::Vec2f>(y, x), f = returning.at<cv::Vec2f>(y, x),
                            was = at.at<cv::Vec2f>(y, x);
            const bool inside = was[0] >= 0 && was[1] >= 0 &&
                                was[0] <= static_cast<float>(back.cols - 1) &&
                                was[1] <= static_cast<float>(back.rows - 1);
            const bool same =
                square(b + f) <= inconsistent_share * (square(b) + square(f)) + inconsistent_least;
            agree.at<float>(y, x) = inside && same ? 1.0f : 0.0f;
        }
    return agree;
}

void drop_edges(cv::Mat& weights, const cv::Mat& back) {
    for (int y = 0; y < back.rows; ++y)
        for (int x = 0; x < back.cols; ++x)
            if (slope(back, x, y) > edge_share * square(back.at<cv::Vec2f>(y, x)) + edge_least)
                weights.at<float>(y, x) = 0;
}

// Without single pixels, soft, and never up to an edge.
void soften(cv::Mat weights, cv::Mat soft) {
    cv::erode(weights, weights, cv::getStructuringElement(cv::MORPH_RECT, {3, 3}));
    cv::blur(weights, soft, {3, 3});
    soft = cv::min(soft, weights);
}

// Takes the weight from what looks different after all: another light, or flow that went astray.
void drop_changed(cv::Mat& weights, const cv::Mat& before, const cv::Mat& now, const cv::Mat& at) {
    cv::Mat difference;
    cv::remap(before, difference, at, cv::noArray(), cv::INTER_LINEAR, cv::BORDER_REPLICATE);
    difference -= now;
    cv::blur(difference, difference, {5, 5});
    for (int y = 0; y < weights.rows; ++y)
        for (int x = 0; x < weights.cols; ++x) {
            const cv::Vec3f d = difference.at<cv::Vec3f>(y, x);
            if (d.dot(d) > 3 * least_change * least_change)
                weights.at<float>(y, x) = 0;
        }
}

} // namespace

FrameMotion frame_motion(ImageView before, ImageView now) {
    FrameMotion motion;
    motion.offsets = Image(now.width, now.height, 2);
    motion.shown = Image(now.width, now.height, 1);
    motion.weights = Image(now.width, now.height, 1);
    const cv::Ptr<cv::DISOpticalFlow> dis =
        cv::DISOpticalFlow::create(cv::DISOpticalFlow::PRESET_MEDIUM);
    dis->setFinestScale(0); // pixels: a half-sized flow would smear motions' edges
    const cv::Mat from = gray_bytes(before), to = gray_bytes(now);
    const cv::Mat back = flow(*dis, to, from);
    const cv::Mat at = places(back);
    cv::Mat shown = agreeing(back, flow(*dis, from, to), at);
    drop_changed(shown, as_mat(before), as_mat(now), at);
    cv::Mat weights = shown.clone();
    drop_edges(weights, back);
    soften(shown, as_mat(motion.shown));
    soften(weights, as_mat(motion.weights));
    back.copyTo(as_mat(motion.offsets));
    motion.seen = cv::mean(as_mat(motion.weights))[0];
    return motion;
}

Image moved(ImageView before, const FrameMotion& motion) {
    Image result(motion.offsets.width, motion.offsets.height, before.channels);
    cv::Mat pixels = as_mat(result);
    cv::remap(as_mat(before), pixels, places(as_mat(motion.offsets)), cv::noArray(),
              cv::INTER_LANCZOS4, cv::BORDER_REFLECT_101);
    for (float& value : result.pixels)
        value = std::clamp(value, 0.0f, 1.0f);
    return result;
}

double mean_of(const Image& map) {
    return std::accumulate(map.pixels.begin(), map.pixels.end(), 0.0) /
           static_cast<double>(map.pixels.size());
}

} // namespace maniera
