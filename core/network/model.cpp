// SPDX-License-Identifier: GPL-3.0-or-later
// Reads manifests and weights, trusting nothing in them.

#include "core/network/model.h"

#include "core/base/control_characters.h"
#include "core/base/safetensors.h"
#include "core/base/sha256.h"
#include "core/error.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace maniera {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::uintmax_t largest_manifest = 1 << 20;
// Far beyond any trained network's, whose weights are below 100. Larger ones make features that
// overflow, and then paint nothing, or end in the libraries below.
constexpr float largest_weight = 1e4;
constexpr double largest_scale = 1e6;

[[noreturn]] void refuse(const std::string& path, const std::string& why) {
    throw Error(ErrorCode::unreadable_model,
                path + " " + why +
                    "; import the model again (maniera models fetch, or maniera "
                    "models import FILE).");
}

std::vector<char> read_all(const std::string& path) {
    std::ifstream file(path, std::ios::binary | std::ios::ate);
    if (!file)
        refuse(path, "cannot be opened");
    const std::streamoff size = file.tellg();
    if (size <= 0)
        refuse(path, "is empty");
    std::vector<char> bytes(static_cast<std::size_t>(size));
    file.seekg(0);
    if (!file.read(bytes.data(), size))
        refuse(path, "cannot be read");
    return bytes;
}

bool is_layer_name(const std::string& name) {
    return name.size() < 16 &&
           (name.rfind("conv", 0) == 0 || name.rfind("relu", 0) == 0 || name.rfind("pool", 0) == 0);
}

// The chain the network knows: a convolution is followed by its ReLU, a pool follows a ReLU.
void check_chain(const Manifest& manifest) {
    std::string before;
    for (const std::string& layer : manifest.layers) {
        const std::string kind = layer.substr(0, 4);
        const bool fits = is_layer_name(layer) &&
                          (kind == "conv"   ? before == "" || before == "relu" || before == "pool"
                           : kind == "relu" ? before == "conv"
                                            : before == "relu");
        if (!fits)
            refuse(manifest.path, "has the layer " + layer.substr(0, 40) + " in a wrong place");
        before = kind;
    }
    auto sorted = manifest.layers;
    std::sort(sorted.begin(), sorted.end());
    if (manifest.layers.empty() || std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end())
        refuse(manifest.path, "names no layer, or one twice");
}

// A weights file, read once from its beginning to its end.
class WeightsFile {
public:
    explicit WeightsFile(const std::string& path)
        : path_(path), file_(path, std::ios::binary | std::ios::ate) {
        if (!file_)
            refuse(path_, "cannot be opened");
        const std::streamoff size = file_.tellg();
        if (size <= 0)
            refuse(path_, "is empty");
        size_ = static_cast<std::uint64_t>(size);
        file_.seekg(0);
    }

    SafetensorsHeader header() {
        try {
            return read_safetensors_header(
                [&](std::uint64_t, void* to, std::size_t count) { read(to, count); }, size_);
        } catch (const SafetensorsError& error) {
            refuse(path_, error.what());
        }
    }

    // All that follows, in bands: show(offset in what follows, bytes, count). What is made of a
    // band finds it in a processor's cache, and a second copy of the file would cost as much as
    // reading it does.
    template <typename Show>
    void read_data(std::uint64_t begin, const Show& show) {
        constexpr std::uint64_t band = 1 << 18;
        std::vector<char> bytes(band);
        for (std::uint64_t at = begin; at < size_;) {
            const std::uint64_t count = std::min(band, size_ - at);
            read(bytes.data(), count);
            show(at - begin, bytes.data(), count);
            at += count;
        }
    }

    // Of what has been read.
    std::string sha256() { return lower_hex(hash_.finish()); }

private:
    void read(void* to, std::size_t count) {
        if (!file_.read(static_cast<char*>(to), static_cast<std::streamsize>(count)))
            refuse(path_, "cannot be read");
        hash_.add(to, count);
    }

    std::string path_;
    std::ifstream file_;
    std::uint64_t size_ = 0;
    Sha256 hash_;
};

// Where a tensor's values go.
struct Destination {
    std::string name;
    SafetensorsTensor tensor;
    std::vector<float>* values;

    // What lies in the tensor of so many bytes at this place of the data.
    void take(std::uint64_t at, const char* bytes, std::uint64_t count) const {
        const std::uint64_t begin = std::max(at, tensor.begin),
                            end = std::min(at + count, tensor.end);
        if (begin < end)
            std::memcpy(reinterpret_cast<char*>(values->data()) + (begin - tensor.begin),
                        bytes + (begin - at), end - begin);
    }
};

// Of a tensor that has this shape (0 = any).
Destination destination(const std::string& path, const SafetensorsHeader& header,
                        const std::string& name, const std::vector<std::int64_t>& wanted,
                        std::vector<float>& values) {
    const auto found = header.tensors.find(name);
    if (found == header.tensors.end())
        refuse(path, "has no tensor " + name);
    const SafetensorsTensor& tensor = found->second;
    if (tensor.dtype != "F32")
        refuse(path, "holds " + name + " in another type than F32");
    bool fits = tensor.shape.size() == wanted.size();
    for (std::size_t i = 0; fits && i < wanted.size(); ++i)
        fits = tensor.shape[i] > 0 && tensor.shape[i] <= 65536 &&
               (wanted[i] == 0 || wanted[i] == tensor.shape[i]);
    if (!fits)
        refuse(path, "holds " + name + " in a wrong shape");
    return {name, tensor, &values};
}

void check_values(const std::string& path, const std::string& name,
                  const std::vector<float>& values) {
    int wrong = 0; // no early end: vectors have no branches
    for (const float value : values)
        wrong += !(std::abs(value) <= largest_weight);
    if (wrong == 0)
        return;
    if (!std::all_of(values.begin(), values.end(), [](float v) { return std::isfinite(v); }))
        refuse(path, "has values in " + name + " that are not numbers");
    refuse(path, "has values in " + name + " that no trained network has");
}

// The convolutions without their values, and where those go.
std::vector<Destination> prepare(Model& model, const SafetensorsHeader& header) {
    const std::string& path = model.manifest.weights;
    std::int64_t channels = 3;
    for (const std::string& layer : model.manifest.layers)
        if (layer.rfind("conv", 0) == 0)
            model.convolutions.emplace_back(layer, Convolution());
    std::vector<Destination> all;
    for (auto& [layer, convolution] : model.convolutions) {
        all.push_back(
            destination(path, header, layer + ".weight", {0, channels, 3, 3}, convolution.weight));
        convolution.in = static_cast<int>(channels);
        channels = all.back().tensor.shape[0];
        convolution.out = static_cast<int>(channels);
        all.push_back(destination(path, header, layer + ".bias", {channels}, convolution.bias));
    }
    return all;
}

[[noreturn]] void refuse_damaged(const std::string& path) {
    refuse(path, "is damaged or is not the file its manifest describes (its SHA-256 differs)");
}

std::array<double, 3> three_numbers(const json& value) {
    const auto list = value.get<std::vector<double>>();
    if (list.size() != 3)
        throw std::runtime_error("mean and deviation have three numbers each");
    return {list[0], list[1], list[2]};
}

} // namespace

Manifest read_manifest(const std::string& path) {
    std::error_code ignored;
    if (fs::file_size(path, ignored) > largest_manifest)
        refuse(path, "is not a model's manifest");
    const std::vector<char> bytes = read_all(path);
    Manifest manifest;
    manifest.path = path;
    try {
        const json value = json::parse(bytes.begin(), bytes.end());
        if (value.at("format") != 1)
            throw std::runtime_error("its format is not 1; use the Maniera that wrote it");
        manifest.name = value.at("name").get<std::string>();
        manifest.title = value.value("title", manifest.name);
        manifest.layers = value.at("layers").get<std::vector<std::string>>();
        manifest.mean = three_numbers(value.at("mean"));
        manifest.deviation = three_numbers(value.at("deviation"));
        manifest.feature_scale = value.value("feature-scale", 1.0);
        manifest.pooling = value.value("pooling", "max");
        manifest.sha256 = value.at("sha256").get<std::string>();
        manifest.source = value.value("source", "");
        manifest.licence = value.value("licence", "");
        const auto weights = value.at("weights").get<std::string>();
        if (weights.empty() || weights.find('/') != std::string::npos ||
            control_character_in(weights))
            throw std::runtime_error("its weights must be a file beside it");
        manifest.weights = (fs::absolute(path).parent_path() / weights).string();
    } catch (const std::exception& error) {
        refuse(path, "is not a model's manifest (" + std::string(error.what()) + ")");
    }
    check_chain(manifest);
    const auto& d = manifest.deviation;
    const auto is_scale = [](double v) { return v >= 1 / largest_scale && v <= largest_scale; };
    if (!std::all_of(d.begin(), d.end(), is_scale) || !is_scale(manifest.feature_scale))
        refuse(path, "has a deviation or feature scale that is not from 1e-6 to 1e6");
    for (const double mean : manifest.mean)
        if (!(std::abs(mean) <= largest_scale))
            refuse(path, "has a mean beyond 1e6");
    return manifest;
}

std::vector<Manifest> list_models(const std::vector<std::string>& folders) {
    std::vector<Manifest> found;
    for (const std::string& folder : folders) {
        std::error_code missing;
        std::vector<fs::path> paths;
        for (const auto& entry : fs::directory_iterator(folder, missing))
            if (entry.path().extension() == ".json")
                paths.push_back(entry.path());
        std::sort(paths.begin(), paths.end());
        for (const fs::path& path : paths)
            try {
                Manifest manifest = read_manifest(path.string());
                if (std::none_of(found.begin(), found.end(),
                                 [&](const Manifest& m) { return m.name == manifest.name; }))
                    found.push_back(std::move(manifest));
            } catch (const Error&) { // listed are the ones that can be used
            }
    }
    return found;
}

Manifest find_model(const std::string& name_or_path, const std::vector<std::string>& folders) {
    std::error_code ignored;
    const bool is_path = name_or_path.find('/') != std::string::npos ||
                         fs::path(name_or_path).extension() == ".json" ||
                         fs::path(name_or_path).extension() == ".safetensors";
    if (is_path) {
        const fs::path manifest = fs::path(name_or_path).replace_extension(".json");
        if (!fs::exists(manifest, ignored))
            throw Error(ErrorCode::no_model, "There is no model at " + name_or_path +
                                                 " (a manifest " + manifest.string() +
                                                 " is wanted); name a model from maniera models "
                                                 "list, or import one with maniera models import.");
        return read_manifest(manifest.string());
    }
    std::string looked;
    for (const std::string& folder : folders) {
        const fs::path manifest = fs::path(folder) / (name_or_path + ".json");
        if (fs::exists(manifest, ignored))
            return read_manifest(manifest.string());
        looked += (looked.empty() ? "" : ", ") + folder;
    }
    throw Error(ErrorCode::no_model,
                "The model " + name_or_path + " was not found; looked in " +
                    (looked.empty() ? "no folder" : looked) +
                    ". Run \"maniera models fetch\" to get the default model.");
}

Model load_model(const Manifest& manifest) {
    const std::string& path = manifest.weights;
    WeightsFile file(path);
    Model model;
    model.manifest = manifest;
    SafetensorsHeader header;
    std::vector<Destination> destinations;
    try {
        header = file.header();
        destinations = prepare(model, header);
    } catch (const Error&) {
        if (sha256_of_file(path) != manifest.sha256) // which says more
            refuse_damaged(path);
        throw;
    }
    for (const Destination& to : destinations)
        to.values->resize((to.tensor.end - to.tensor.begin) / sizeof(float));
    file.read_data(header.data_begin,
                   [&](std::uint64_t at, const char* bytes, std::uint64_t count) {
                       for (const Destination& to : destinations)
                           to.take(at, bytes, count);
                   });
    if (file.sha256() != manifest.sha256)
        refuse_damaged(path);
    for (const Destination& to : destinations)
        check_values(path, to.name, *to.values);
    return model;
}

} // namespace maniera
