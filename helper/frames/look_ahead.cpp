// SPDX-License-Identifier: GPL-3.0-or-later

#include "helper/frames/look_ahead.h"

#include "core/error.h"
#include "core/image/frame_motion.h"
#include "core/image/pyramid.h"
#include "helper/files/output_file.h"

#include <algorithm>
#include <cerrno>
#include <fstream>

namespace maniera {
namespace {

// Frames. Optical flow over more leads astray.
constexpr std::size_t furthest = 8;

// Of the frame ahead: less in common with the one before is another shot, or too quick a motion.
constexpr double least_in_common = 0.5;

} // namespace

Distance how_far(const Image& before, std::size_t number, std::size_t count,
                 const std::function<Image(std::size_t)>& frame_at) {
    for (std::size_t last = std::min(number - 1 + furthest, count - 1); last > number;
         last -= std::max<std::size_t>(1, (last - number) / 2)) {
        const Image frame = frame_at(last);
        if (!(size_of(frame) == size_of(before)))
            continue;
        const FrameMotion motion = frame_motion(before, frame);
        if (motion.seen >= least_in_common)
            return {last, 1 - mean_of(motion.shown)};
    }
    return {};
}

void take_from(const LookAhead& ahead, std::size_t number, const Image& now, TemporalTarget& target,
               Image& owed) {
    if (ahead.number < number || !(size_of(ahead.painting) == size_of(now)))
        return;
    Image there = copy(ahead.painting);
    Image sure(now.width, now.height, 1);
    std::fill(sure.pixels.begin(), sure.pixels.end(), 1.0f);
    if (ahead.number > number) {
        FrameMotion motion = frame_motion(ahead.frame, now);
        there = moved(ahead.painting, motion);
        sure = std::move(motion.shown);
    }
    for (std::size_t p = 0; p < owed.pixels.size(); ++p) {
        const float share = owed.pixels[p] * sure.pixels[p];
        for (std::size_t c = 3 * p; c < 3 * p + 3; ++c)
            target.painting.pixels[c] += share * (there.pixels[c] - target.painting.pixels[c]);
        target.shown.pixels[p] = std::max(target.shown.pixels[p], sure.pixels[p]);
        owed.pixels[p] -= share;
    }
}

void save_numbers(const LookAhead& ahead, const std::string& file) {
    OutputFile output(file);
    errno = 0;
    std::ofstream text(output.path());
    text << ahead.number << ' ' << ahead.again << '\n';
    text.close();
    if (!text)
        output.fail(errno, "");
    output.commit();
}

LookAhead load_numbers(const std::string& file) {
    LookAhead ahead;
    std::ifstream text(file);
    if (!(text >> ahead.number >> ahead.again))
        return {};
    return ahead;
}

} // namespace maniera
