// SPDX-License-Identifier: GPL-3.0-or-later
// A style without its painting: the moments of its features at some sizes, in a file.
//
//     std::string bytes = style_pack_bytes(pack);              // what NAME.maniera-style holds
//     StylePack pack = read_style_pack("NAME.maniera-style");
//     ColorSums colors = colors_at(pack, 700);                 // of the style with that long side
//
// The file is a safetensors file (core/base/safetensors.h). The metadata's "format" is "Maniera
// style 1"; its "sha256" is that of the whole file with zeros in the place of these 64 digits. At
// each size SIDE and layer LAYER of C channels: "SIDE.LAYER.mean" (C) and "SIDE.LAYER.second"
// (C (C + 1) / 2), the upper triangle by rows, both F32; "SIDE.colors" (13), F64: the sums of the
// colors. "thumbnail" (height, width, 3), U8.

#pragma once

#include "core/image/color_transfer.h"
#include "core/image/image.h"

#include <cstddef>
#include <string>
#include <vector>

namespace maniera {

// Means over a picture at one layer.
struct PackedMoments {
    std::vector<float> mean;   // (C) of f
    std::vector<float> second; // (C (C + 1) / 2) of f f^T: its upper triangle by rows
};

// A style at one size.
struct PackedSize {
    int long_side = 0; // px
    ColorSums colors;
    std::vector<PackedMoments> moments; // by the pack's layers
};

struct PackedLayer {
    std::string name;
    int channels = 0;
};

struct StylePack {
    std::string file; // for messages only
    std::string name, author, licence;
    std::string model, model_sha256; // the network whose features these are
    std::string objective, pooling;  // words of those options
    Size size;                       // of the painting, at most as the largest of `sizes`
    Image thumbnail;
    std::vector<PackedLayer> layers;
    std::vector<PackedSize> sizes; // rising
};

constexpr int longest_pack_side = 1 << 16; // px

// The ending of a pack's file, ".maniera-style".
extern const char* const style_pack_ending;

// Whether a file has a pack's name, or begins as one of any version does; it may be damaged.
bool is_style_pack(const std::string& path);

// The file's bytes. Throws Error{invalid_option} for texts that no pack may have: longer than 1000
// bytes, not UTF-8, or with control characters.
std::string style_pack_bytes(const StylePack& pack);

// Believes a file only when all of it is right. Throws Error{unreadable_image} for one that is
// missing, foreign, of another format's version, cut short or damaged, and for values that no
// style has. `file` is for messages.
StylePack style_pack_from(const std::string& bytes, const std::string& file);
StylePack read_style_pack(const std::string& path);

// Between which of its sizes a pack has a long side, and the share of the larger one: linear in the
// logarithm of the side. Beyond the first and last, those.
struct PackPlace {
    std::size_t below = 0, above = 0;
    double share = 0;
};
PackPlace place_in(const StylePack& pack, int long_side);

ColorSums colors_at(const StylePack& pack, int long_side);

} // namespace maniera
