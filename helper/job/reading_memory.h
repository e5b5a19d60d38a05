// SPDX-License-Identifier: GPL-3.0-or-later
// Memory is counted before it is taken: a file of a few kilobytes may say that it has a billion
// pixels.

#pragma once

#include "core/image/geometry.h"
#include "helper/job/job.h"

#include <string>
#include <vector>

namespace maniera {

// A picture that will be read whole.
struct WholePicture {
    PictureLocation location; // empty = none
    bool mask = false;        // gray
};

// All that load_inputs reads whole; without the content for load_styles.
std::vector<WholePicture> whole_pictures(const Job& job);

// Refuses pictures that would not fit together into the memory that a run with these options may
// take, by the sizes in their headers, with Error{out_of_memory} that names the largest. Throws
// Error{unreadable_image} for a file without such a header.
void refuse_more_than_memory(const std::vector<WholePicture>& pictures,
                             const ManieraOptions& options);

// Whether a style is a pack, which stands for a painting.
bool is_pack(const PictureLocation& style);

// Known by its place in memory, or read from the file's header; 0x0 where there is none.
Size size_of(const PictureLocation& location);

// Of a style's painting, or of the one that its pack was made of.
Size style_picture_size(const PictureLocation& style);

} // namespace maniera
