// SPDX-License-Identifier: GPL-3.0-or-later
// The frames of a folder in their order, and the files that they become: names alone, no picture is
// opened.

#pragma once

#include "helper/batch/batch_jobs.h"
#include "helper/job/job.h"

#include <string>
#include <vector>

namespace maniera {

struct Frames {
    Job recipe;              // styles and options; no content, no output
    std::string source;      // a folder of pictures, or a video
    std::string output;      // the same
    std::string rate = "25"; // frames a second of a video that is made of a folder
    double weight = 100;     // of the temporal term
    int steps = 0;           // of a frame after the first; 0 = half of a lone picture's last scale
};

// Whether one name comes before another: numbers in names count as numbers, so that frame2 comes
// before frame10.
bool natural_order(const std::string& a, const std::string& b);

// The pictures of a folder, which are not hidden, in natural order, and the PNG file in the other
// folder that each becomes. Throws Error{invalid_request}: for one folder that is both, two frames
// of one result, a result that would replace a style, and where there is no picture.
std::vector<BatchPicture> frame_files(const std::string& source, const std::string& output,
                                      const Job& recipe);

} // namespace maniera
