// SPDX-License-Identifier: GPL-3.0-or-later
// Matched features: each place of a picture finds the place of the styles that it resembles most,
// and the features there become its target. Eyes are then painted like eyes. Internal.
//
//     const MatchBasis basis = match_basis(network, {content, style});   // once a run, at 128 px
//     // once a scale, of the picture and of the style
//     const at::Tensor cells = describe_cells(network, basis.directions, picture, 512);
//     MatchField field = match_features(cells, grid, {style_cells}, allowed, {});
//
// After Kolkin, Kucera, Paris, Sýkora, Shechtman, Shakhnarovich 2022 (Neural Neighbor Style
// Transfer): hypercolumns of the network, centered for each picture, compared by cosine.

#pragma once

#include "core/network/model.h"
#include "core/network/vgg.h"

#include <cstdint>
#include <string>
#include <vector>

namespace maniera {

// Side of a cell of the field in pixels, at the size that is matched.
constexpr int match_cell = 4;

// Which cell of which style each cell of a picture resembles most.
struct MatchField {
    int cell = match_cell; // px of the picture, and of the styles at their size in the same scale
    int columns = 0, rows = 0;
    std::vector<std::int64_t> matches; // by rows: a style's cell, counted through all styles;
                                       // -1 = no counterpart
    std::vector<float> confidence;     // by cells, 0 to 1: how much the match says
};

// The model's layers that hypercolumns are made of: the ReLUs from the first to relu4_3.
std::vector<std::string> matching_layers(const Manifest& manifest);

// The main directions of pictures' hypercolumns, (D, 128) or fewer, float32, and these pictures'
// cells as describe_cells() has them.
struct MatchBasis {
    at::Tensor directions;
    std::vector<at::Tensor> cells;
};

// `network` has the taps of matching_layers(). Pictures are (1, 3, H, W). Deterministic.
MatchBasis match_basis(const Network& network, const std::vector<at::Tensor>& pictures);

// What a picture's cells are compared by, (cells, k), float32: hypercolumns, centered, projected on
// the directions and of length 1. The picture, (1, 3, H, W), is looked at in tiles with this side,
// or in one piece for 0.
at::Tensor describe_cells(const Network& network, const at::Tensor& directions,
                          const at::Tensor& picture, int tile);

// How well what is in the styles is found again in `query`, up to 1: the mean over the styles'
// cells of the largest cosine with a cell of the query, of all as describe_cells() has them.
// Depends on the pictures' size.
double likeness(const at::Tensor& query, const std::vector<at::Tensor>& styles);

// The cells of `query`, of a picture with this grid of them, matched with those of the styles, all
// as describe_cells() has them at the size that is matched. allowed[i] says for a kind of cells
// which of the styles' cells may be taken (all styles' cells in turn, bool); kinds[c] is which of
// them cell c of the query takes, or -1 for none. Empty `kinds` = all of kind 0. On a processor
// that has products of bfloat16, cells are compared in `precision`.
MatchField match_features(const at::Tensor& query, Size grid, const std::vector<at::Tensor>& styles,
                          const std::vector<at::Tensor>& allowed,
                          const std::vector<std::int64_t>& kinds,
                          at::ScalarType precision = at::kFloat);

// Cells of a picture of this size.
Size match_grid(Size picture, int cell);

} // namespace maniera
