// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/objective/packed_moments.h"

#include "core/error.h"

#include <ATen/ops/empty.h>

#include <algorithm>

namespace maniera {
namespace {

Moments unpacked(const PackedMoments& moments, const at::Device& device) {
    const auto channels = static_cast<std::int64_t>(moments.mean.size());
    const auto options = at::TensorOptions(at::kDouble);
    at::Tensor mean = at::empty({channels}, options);
    at::Tensor second = at::empty({channels, channels}, options);
    std::copy(moments.mean.begin(), moments.mean.end(), mean.data_ptr<double>());
    double* const values = second.data_ptr<double>();
    const float* from = moments.second.data();
    for (std::int64_t row = 0; row < channels; ++row)
        for (std::int64_t column = row; column < channels; ++column)
            values[row * channels + column] = values[column * channels + row] = *from++;
    return {mean.to(device), second.to(device)};
}

} // namespace

PackedMoments packed(const Moments& moments) {
    const at::Tensor mean = moments.mean.to(at::kCPU, at::kFloat).contiguous();
    const at::Tensor second = moments.second.to(at::kCPU, at::kFloat).contiguous();
    const std::int64_t channels = mean.size(0);
    const float* const means = mean.data_ptr<float>();
    const float* const values = second.data_ptr<float>();
    PackedMoments result;
    result.mean.assign(means, means + channels);
    for (std::int64_t row = 0; row < channels; ++row)
        result.second.insert(result.second.end(), values + row * channels + row,
                             values + (row + 1) * channels);
    return result;
}

std::vector<Moments> packed_moments(const Network& network, const TermOptions& options,
                                    const StylePack& pack, int long_side) {
    const at::Device device = network.placement().device;
    const PackPlace place = place_in(pack, long_side);
    std::vector<Moments> result(network.taps().size());
    for (int i = 0; i < options.style_layers.count; ++i) {
        const std::string name = options.style_layers.items[i].name;
        const std::size_t t = tap_index(network.taps(), name.c_str());
        const auto layer = std::find_if(pack.layers.begin(), pack.layers.end(),
                                        [&](const PackedLayer& each) { return each.name == name; });
        if (layer == pack.layers.end() || layer->channels != network.channels(t))
            throw Error(ErrorCode::invalid_option,
                        "The style pack " + pack.file + " has not the model's layer " + name +
                            "; make one with --style-layers " + name + ".");
        const auto at = static_cast<std::size_t>(layer - pack.layers.begin());
        const Moments below = unpacked(pack.sizes[place.below].moments[at], device);
        result[t] = place.share > 0
                        ? mix({below, unpacked(pack.sizes[place.above].moments[at], device)},
                              {1 - place.share, place.share})
                        : below;
    }
    return result;
}

} // namespace maniera
