// SPDX-License-Identifier: GPL-3.0-or-later
// What comes into sight in a shot is painted before it does: a frame some way ahead is painted
// alone, roughly, and the frames on the way there take from it what the painting before them does
// not show. So much of a shot needs one lone picture, and nothing jumps when it comes.

#pragma once

#include "core/image/image.h"
#include "core/inputs.h"

#include <cstddef>
#include <functional>
#include <string>

namespace maniera {

// Numbers of frames count from 0.
struct LookAhead {
    std::size_t number = 0; // of the frame that was painted; 0 = none was
    std::size_t again = 0;  // the frame that looks ahead next
    std::string hash;       // of that frame's file
    Image frame, painting;  // of it, at the paintings' size; empty = none, or not read yet
};

// How far ahead of a frame there is one that shows enough of the frame before it, and how much of
// that is new. `frame_at` gives an empty picture for what cannot be taken.
struct Distance {
    std::size_t number = 0; // of the frame; 0 = there is none
    double unseen = 0;      // the share of it that the frame before does not show
};
Distance how_far(const Image& before, std::size_t number, std::size_t count,
                 const std::function<Image(std::size_t)>& frame_at);

// Takes from the painting ahead what is owed of frame `number`, as far as it is seen there.
void take_from(const LookAhead& ahead, std::size_t number, const Image& now, TemporalTarget& target,
               Image& owed);

// The numbers, as a line of text in a file. What is no such line is none.
void save_numbers(const LookAhead& ahead, const std::string& file);
LookAhead load_numbers(const std::string& file);

} // namespace maniera
