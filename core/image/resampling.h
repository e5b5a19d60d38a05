// SPDX-License-Identifier: GPL-3.0-or-later
// Resampling of a picture that arrives in strips: averages of areas where an axis shrinks, cubic
// interpolation (a = -0.75) where it grows.
//
//     Resampling resampling(from, channels, to, rows); // rows of the outcome
//     for (Span strip : strips of resampling.wanted())
//         resampling.add(read(strip), strip.begin);
//     Image band = resampling.result();
//
// A row of the outcome has the same bits whatever other rows are asked for and however the strips
// are cut: its sums run over the picture's rows from the top.

#pragma once

#include "core/image/image.h"

#include <vector>

namespace maniera {

// A row of the outcome as a weighted sum of the picture's.
struct RowSum {
    int first;
    std::vector<float> weights;
    int end() const { return first + static_cast<int>(weights.size()); }
};

// By cubic interpolation, edges repeated: of four rows at most.
RowSum interpolated_row(int row, int from, int to);

// The same of a picture that goes on at its other end: of four rows, the first of which may lie
// before it and the last behind it.
RowSum wrapped_row(int row, int from, int to);

class Resampling {
public:
    Resampling(Size from, int channels, Size to, Span rows);

    // The picture's rows that those of the outcome depend on.
    Span wanted() const;

    // A strip of them that begins at `row`, as wide as the picture. In ascending order, no gaps.
    void add(ImageView strip, int row);

    // When all have come, and once: clamped to [0,1].
    Image result();

private:
    Size to_;
    bool across_last_; // widths change after heights: the shrinking axis goes first
    std::vector<RowSum> sums_;
    Image strip_; // of the outcome's width
    Image band_;
};

} // namespace maniera
