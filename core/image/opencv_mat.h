// SPDX-License-Identifier: GPL-3.0-or-later
// A picture as OpenCV sees it: the same pixels. OpenCV writes into a picture itself where that has
// the size and kind of the outcome already.

#pragma once

#include "core/image/image.h"

#include <opencv2/core.hpp>

namespace maniera {

inline cv::Mat as_mat(ImageView image) {
    return cv::Mat(image.height, image.width, CV_32FC(image.channels),
                   const_cast<float*>(image.pixels));
}

} // namespace maniera
