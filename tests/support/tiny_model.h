// SPDX-License-Identifier: GPL-3.0-or-later
// A network with VGG-16's layers up to relu5_1 and few channels: seeded, and quick.

#pragma once

#include "core/network/model.h"

#include <string>

namespace maniera::test {

Model make_tiny_model();

// The same with many features a pixel, so that it is they that do not fit where memory is short.
Model make_wide_model();

// The bytes of a safetensors file with the model's weights.
std::string safetensors(const Model& model);

// Writes manifest and weights as NAME.json and NAME.safetensors; the hash is right.
void save_model(const Model& model, const std::string& folder, const std::string& name);
void save_manifest(const Model& model, const std::string& folder, const std::string& name,
                   const std::string& sha256);
std::string sha256_of(const std::string& bytes);

// The default model where it is installed (MANIERA_MODELS or the user's data folder); an empty
// string where it is not.
std::string installed_vgg16();

} // namespace maniera::test
