// SPDX-License-Identifier: GPL-3.0-or-later
// The network's weights: found, checked and loaded. Data with a manifest, never code.
//
// A model is two files side by side: NAME.json, the manifest, and NAME.safetensors with a tensor
// `conv1_1.weight` (out, in, 3, 3) and `conv1_1.bias` (out) for each convolution, float32.
// install/tools/import-model writes both. The manifest:
//
//     {"format": 1, "name": "vgg16", "title": "VGG-16, ImageNet",
//      "layers": ["conv1_1", "relu1_1", "conv1_2", "relu1_2", "pool1", ...],
//      "mean": [r, g, b], "deviation": [r, g, b],   the input is (x - mean) / deviation, x in [0,1]
//      "feature-scale": 1.0,                        factor that brings features to those of a model
//                                                   whose deviations are ImageNet's (mean 0.226)
//      "pooling": "max", "weights": "vgg16.safetensors", "sha256": "...",
//      "source": "...", "licence": "..."}

#pragma once

#include <array>
#include <memory>
#include <string>
#include <vector>

namespace maniera {

struct Manifest {
    std::string name;
    std::string title;
    std::vector<std::string> layers; // in order: convX_Y, reluX_Y, poolX
    std::array<double, 3> mean{};
    std::array<double, 3> deviation{};
    double feature_scale = 1;
    std::string pooling; // the one it was trained with: "max" or "average"
    std::string weights; // absolute path
    std::string sha256;  // of the weights file, lower-case hexadecimal
    std::string source;
    std::string licence;
    std::string path; // of the manifest itself
};

// One convolution's parameters as plain memory: weight (out, in, 3, 3) row-major, bias (out).
struct Convolution {
    int in = 0;
    int out = 0;
    std::vector<float> weight;
    std::vector<float> bias;
};

struct Model {
    Manifest manifest;
    std::vector<std::pair<std::string, Convolution>> convolutions; // in the chain's order
};

// Every manifest in these folders, the first of a name only; unreadable ones are left out.
std::vector<Manifest> list_models(const std::vector<std::string>& folders);

// The manifest for a name ("vgg16") or a path (of a .json or .safetensors file). Throws
// Error{no_model} that lists every place looked at and the command that fixes it.
Manifest find_model(const std::string& name_or_path, const std::vector<std::string>& folders);

// Reads a manifest. Throws Error{unreadable_model}.
Manifest read_manifest(const std::string& path);

// Reads and checks the weights: hash, names, shapes, finite values. Throws Error{unreadable_model}.
Model load_model(const Manifest& manifest);

} // namespace maniera
