// SPDX-License-Identifier: GPL-3.0-or-later
// What a place of a picture is (skin, sky, cloth) rather than how it is drawn: deep features,
// standardized within each picture, so that photographs and paintings can be compared. Internal.
//
//     const PartFeatures content = part_features(network, picture);

#pragma once

#include "core/network/model.h"
#include "core/network/vgg.h"

#include <string>
#include <vector>

namespace maniera {

// Pixels a position; sides of pictures are multiples of twice as many.
constexpr int part_cell = 8;

struct PartFeatures {
    Size grid;
    at::Tensor rows; // (positions, D), float32, unit vectors, on the processor
};

// The model's layers that are looked at; some may be missing.
std::vector<std::string> part_layers(const Manifest& manifest);

// Of the picture and of a copy of half its size, in which a painting's strokes are small and a
// place sees twice as far around. `network` has the taps of part_layers(); the picture is (1, 3, H,
// W).
PartFeatures part_features(const Network& network, const at::Tensor& picture);

} // namespace maniera
