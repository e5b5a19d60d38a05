// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/support/tiny_model.h"

#include <nlohmann/json.hpp>
#include <openssl/evp.h>

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <random>

namespace maniera::test {

namespace fs = std::filesystem;
using nlohmann::json;

Model make_tiny_model() {
    Model model;
    Manifest& m = model.manifest;
    m.name = "tiny";
    m.title = "A tiny network for tests";
    m.mean = {0.485, 0.456, 0.406};
    m.deviation = {0.229, 0.224, 0.225};
    m.pooling = "max";
    std::mt19937 random(5);
    int in = 3;
    for (int block = 1; block <= 5; ++block) {
        const int convolutions = block < 3 ? 2 : block < 5 ? 3 : 1;
        for (int i = 1; i <= convolutions; ++i) {
            const std::string name = std::to_string(block) + "_" + std::to_string(i);
            m.layers.insert(m.layers.end(), {"conv" + name, "relu" + name});
            Convolution c;
            c.in = in;
            c.out = 4 + 2 * block;
            c.weight.resize(static_cast<std::size_t>(c.out) * in * 9);
            // He's variance, so that deep features neither vanish nor grow.
            const double range = std::sqrt(3 * 2.0 / (9 * in));
            for (float& w : c.weight)
                w = static_cast<float>(range * (2.0 * random() / 4294967296.0 - 1));
            c.bias.resize(c.out);
            for (float& b : c.bias)
                b = static_cast<float>(0.4 * random() / 4294967296.0 - 0.1);
            in = c.out;
            model.convolutions.emplace_back("conv" + name, std::move(c));
        }
        if (block < 5)
            m.layers.push_back("pool" + std::to_string(block));
    }
    return model;
}

Model make_wide_model() {
    Model model = make_tiny_model();
    const auto widen = [&](std::size_t at, int out) {
        Convolution& c = model.convolutions[at].second;
        Convolution& next = model.convolutions[at + 1].second;
        const std::size_t taps = static_cast<std::size_t>(c.in) * 9;
        c.weight.resize(out * taps, 0.01f);
        c.bias.resize(out, 0.01f);
        c.out = out;
        next.in = out;
        next.weight.assign(static_cast<std::size_t>(next.out) * out * 9, 0.01f);
    };
    widen(0, 64);
    widen(1, 64);
    return model;
}

std::string safetensors(const Model& model) {
    json header = json::object();
    std::string data;
    const auto add = [&](const std::string& name, const std::vector<float>& values,
                         const std::vector<int>& shape) {
        const std::size_t start = data.size();
        data.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float));
        header[name] = {{"dtype", "F32"}, {"shape", shape}, {"data_offsets", {start, data.size()}}};
    };
    for (const auto& [name, c] : model.convolutions) {
        add(name + ".weight", c.weight, {c.out, c.in, 3, 3});
        add(name + ".bias", c.bias, {c.out});
    }
    const std::string text = header.dump();
    const std::uint64_t size = text.size();
    return std::string(reinterpret_cast<const char*>(&size), sizeof size) + text + data;
}

std::string sha256_of(const std::string& bytes) {
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int length = 0;
    EVP_Digest(bytes.data(), bytes.size(), digest, &length, EVP_sha256(), nullptr);
    std::string text;
    for (unsigned int i = 0; i < length; ++i) {
        char two[3];
        std::snprintf(two, sizeof two, "%02x", digest[i]);
        text += two;
    }
    return text;
}

void save_manifest(const Model& model, const std::string& folder, const std::string& name,
                   const std::string& sha256) {
    const Manifest& m = model.manifest;
    std::ofstream(fs::path(folder) / (name + ".json")) << json{
        {"format", 1},      {"name", name},
        {"title", m.title}, {"layers", m.layers},
        {"mean", m.mean},   {"deviation", m.deviation},
        {"pooling", "max"}, {"weights", name + ".safetensors"},
        {"sha256", sha256}, {"source", "a test"},
        {"licence", "none"}}.dump();
}

void save_model(const Model& model, const std::string& folder, const std::string& name) {
    const std::string bytes = safetensors(model);
    std::ofstream(fs::path(folder) / (name + ".safetensors"), std::ios::binary) << bytes;
    save_manifest(model, folder, name, sha256_of(bytes));
}

std::string installed_vgg16() {
    std::vector<fs::path> places;
    if (const char* models = std::getenv("MANIERA_MODELS"))
        places.emplace_back(models);
    if (const char* home = std::getenv("HOME"))
        places.push_back(fs::path(home) / ".local/share/maniera/models");
    for (const fs::path& place : places)
        if (fs::exists(place / "vgg16.json"))
            return (place / "vgg16.json").string();
    return {};
}

} // namespace maniera::test
