// SPDX-License-Identifier: GPL-3.0-or-later
// Slow and plain: one formula after the other, nothing shared between them, autograd for the rest.

#include "tests/support/reference.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/avg_pool2d.h>
#include <ATen/ops/clamp.h>
#include <ATen/ops/clamp_min.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/diagonal.h>
#include <ATen/ops/eye.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/linalg_eigh.h>
#include <ATen/ops/linalg_eigvalsh.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/max_pool2d.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/replication_pad2d.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/trace.h>
#include <ATen/ops/zeros.h>

#include <cmath>
#include <map>

namespace maniera::test {
namespace {

using at::Tensor;

// (1, channels, height, width), float64.
Tensor as_tensor(const Image& image) {
    return at::from_blob(const_cast<float*>(image.pixels.data()),
                         {1, image.height, image.width, image.channels}, at::kFloat)
        .permute({0, 3, 1, 2})
        .to(at::kDouble)
        .contiguous();
}

Tensor as_tensor(const std::vector<float>& values, at::IntArrayRef shape) {
    return at::from_blob(const_cast<float*>(values.data()), shape, at::kFloat).to(at::kDouble);
}

using Features = std::map<std::string, Tensor>; // by layer, (C, H, W)

Features features_of(const Model& model, const ReferenceTerms& terms, const Tensor& picture) {
    const bool gatys = terms.form == ReferenceForm::gatys;
    const Manifest& manifest = model.manifest;
    const auto three = [](const std::array<double, 3>& v) {
        return at::tensor({v[0], v[1], v[2]}, at::kDouble).view({1, 3, 1, 1});
    };
    const double factor =
        gatys ? 255 * (manifest.deviation[0] + manifest.deviation[1] + manifest.deviation[2]) / 3
              : manifest.feature_scale;
    Tensor x = (picture - three(manifest.mean)) / three(manifest.deviation);
    Features features;
    std::size_t convolution = 0;
    for (const std::string& layer : manifest.layers) {
        if (layer.rfind("conv", 0) == 0) {
            const Convolution& c = model.convolutions[convolution].second;
            const Tensor weight = as_tensor(c.weight, {c.out, c.in, 3, 3});
            const Tensor bias = as_tensor(c.bias, {c.out});
            const bool replicate = convolution == 0 && !gatys;
            if (replicate)
                x = at::replication_pad2d(x, {1, 1, 1, 1});
            x = at::conv2d(x, weight, bias, 1, replicate ? 0 : 1);
            ++convolution;
        } else if (layer.rfind("relu", 0) == 0) {
            x = at::relu(x);
        } else {
            x = terms.average_pooling ? at::avg_pool2d(x, {2, 2}, {2, 2})
                                      : at::max_pool2d(x, {2, 2}, {2, 2});
        }
        features[layer] = x.squeeze(0) * factor;
    }
    return features;
}

int level(const Model& model, const std::string& layer) {
    int pools = 0;
    for (const std::string& name : model.manifest.layers) {
        if (name == layer)
            break;
        pools += name.rfind("pool", 0) == 0;
    }
    return pools;
}

// A map of the picture at a layer, as one row of its pixels.
Tensor at_layer(const Model& model, const Tensor& map, const std::string& layer) {
    Tensor reduced = map;
    for (int i = level(model, layer); i > 0; --i)
        reduced = at::avg_pool2d(reduced, {2, 2}, {2, 2});
    return reduced.reshape({1, -1});
}

Tensor rows(const Tensor& features) { return features.reshape({features.size(0), -1}); } // (C, M)

// Terms of moments

struct Gaussian {
    Tensor mean;   // (C, 1)
    Tensor second; // (C, C)
};

Gaussian moments_of(const Tensor& features, const Tensor& weights) { // (C, M), (1, M)
    const Tensor sum = weights.sum();
    return {(features * weights).sum(1, true) / sum,
            at::matmul(features * weights, features.t()) / sum};
}

Tensor covariance(const Gaussian& g) {
    return g.second - at::matmul(g.mean, g.mean.t()) + 1e-4 * at::eye(g.mean.size(0), at::kDouble);
}

// The trace of a symmetric matrix' square root. Eigenvalues differentiate without trouble where
// they coincide; eigenvectors would not.
Tensor trace_of_root(const Tensor& matrix) {
    return at::linalg_eigvalsh((matrix + matrix.t()) / 2).clamp_min(0).sqrt().sum();
}

Tensor wasserstein(const Gaussian& picture, const Gaussian& style, int rank) {
    const std::int64_t channels = style.mean.size(0);
    const Tensor sigma = covariance(picture), target = covariance(style);
    const Tensor common =
        (picture.mean - style.mean).square().sum() + at::trace(sigma) + at::trace(target);
    const auto [rising, vectors] = at::linalg_eigh((target + target.t()) / 2);
    if (rank >= channels) {
        const Tensor root = at::matmul(vectors * rising.sqrt(), vectors.t());
        return (common - 2 * trace_of_root(at::matmul(at::matmul(root, sigma), root))) / channels;
    }
    const Tensor lambda = rising.flip(0), v = vectors.flip(1);
    const Tensor rotated = at::matmul(at::matmul(v.t(), sigma), v);
    const Tensor l = lambda.narrow(0, 0, rank).sqrt();
    const Tensor block = rotated.narrow(0, 0, rank).narrow(1, 0, rank);
    const Tensor within = trace_of_root(l.unsqueeze(1) * block * l.unsqueeze(0));
    const Tensor variance = rotated.diagonal().narrow(0, rank, channels - rank).sum();
    const Tensor beyond = (lambda.narrow(0, rank, channels - rank).sum() * variance).sqrt();
    return (common - 2 * within - 2 * beyond) / channels;
}

Tensor painterly_term(const ReferenceTerms& terms, const Gaussian& picture, const Gaussian& style) {
    if (terms.form == ReferenceForm::gram)
        return (picture.second - style.second).square().mean();
    return wasserstein(picture, style, terms.rank);
}

// One layer's style value by regions

struct Prepared {
    Features features;
    Tensor mask, style_mask; // (1, 1, H, W) or undefined
    double weight = 1;
};

Tensor painterly_layer(const Model& model, const ReferenceTerms& terms, const std::string& layer,
                       const Tensor& picture, const std::vector<Prepared>& styles,
                       const Tensor& alpha) {
    // A style mask can leave nothing at a deep layer; the style has no say there.
    const auto counts = [&](const Prepared& style) {
        return !style.style_mask.defined() ||
               at_layer(model, style.style_mask, layer).sum().item<double>() > 0;
    };
    Tensor mask_sum = at::zeros_like(alpha);
    double free_weight = 0; // of all styles without a mask
    for (const Prepared& style : styles) {
        if (style.mask.defined())
            mask_sum = mask_sum + style.mask;
        else if (counts(style))
            free_weight += style.weight;
    }
    const auto style_moments = [&](const Prepared& style) {
        const Tensor f = rows(style.features.at(layer));
        return moments_of(f, style.style_mask.defined() ? at_layer(model, style.style_mask, layer)
                                                        : at::ones({1, f.size(1)}, at::kDouble));
    };
    const Tensor f = rows(picture);
    const double pixels = static_cast<double>(f.size(1));
    Tensor value = at::zeros({}, at::kDouble);
    const auto add_region = [&](const Tensor& map, const Gaussian& target, double weight) {
        const Tensor w = at_layer(model, map * alpha, layer);
        const double share = w.sum().item<double>() / pixels;
        // A mask that covers the whole picture leaves nothing for the others.
        if (share > 0)
            value = value + weight * share * painterly_term(terms, moments_of(f, w), target);
    };
    for (const Prepared& style : styles)
        if (style.mask.defined() && counts(style))
            add_region(style.mask / mask_sum.clamp_min(1), style_moments(style), style.weight);
    if (free_weight > 0) {
        Gaussian mixed{at::zeros({f.size(0), 1}, at::kDouble),
                       at::zeros({f.size(0), f.size(0)}, at::kDouble)};
        for (const Prepared& style : styles) {
            if (style.mask.defined() || !counts(style))
                continue;
            const Gaussian own = style_moments(style);
            mixed.mean = mixed.mean + style.weight / free_weight * own.mean;
            mixed.second = mixed.second + style.weight / free_weight * own.second;
        }
        add_region((1 - mask_sum).clamp_min(0), mixed, 1);
    }
    return value;
}

Tensor gatys_layer(const Model& model, const std::string& layer, const Tensor& picture,
                   const std::vector<Prepared>& styles, const Tensor& alpha) {
    const Tensor f = rows(picture);
    const double n = static_cast<double>(f.size(0)), m = static_cast<double>(f.size(1));
    double weights = 0;
    for (const Prepared& style : styles)
        weights += style.weight;
    Tensor value = at::zeros({}, at::kDouble);
    for (const Prepared& style : styles) {
        const Tensor where = style.mask.defined() ? style.mask * alpha : alpha;
        const Tensor of_style = style.style_mask.defined() ? style.style_mask : where;
        const Tensor masked = f * at_layer(model, where, layer);
        const Tensor wanted = rows(style.features.at(layer)) * at_layer(model, of_style, layer);
        const Tensor difference = at::matmul(masked, masked.t()) - at::matmul(wanted, wanted.t());
        value = value + style.weight / weights * difference.square().sum() / (4 * n * n * m * m);
    }
    return value;
}

Tensor smoothness_of(const ReferenceTerms& terms, const Tensor& x) { // (1, 3, H, W)
    const std::int64_t h = x.size(2), w = x.size(3);
    const auto part = [&](std::int64_t top, std::int64_t left, std::int64_t height,
                          std::int64_t width) {
        return x.narrow(2, top, height).narrow(3, left, width);
    };
    const Tensor dx = part(0, 1, h, w - 1) - part(0, 0, h, w - 1);
    const Tensor dy = part(1, 0, h - 1, w) - part(0, 0, h - 1, w);
    if (terms.form == ReferenceForm::gatys)
        return 255 * (dx.abs().sum() + dy.abs().sum());
    const Tensor d1 = part(1, 1, h - 1, w - 1) - part(0, 0, h - 1, w - 1);
    const Tensor d2 = part(1, 0, h - 1, w - 1) - part(0, 1, h - 1, w - 1);
    return 2.0 / 3 * (dx.square().mean() + dy.square().mean()) +
           1.0 / 6 * (d1.square().mean() + d2.square().mean());
}

} // namespace

ReferenceTerms painterly_reference() {
    ReferenceTerms terms;
    terms.content_weight = 0.0033;
    terms.smoothness_weight = 2;
    terms.content_layers = {{"relu4_2", 1}};
    const double sum = 256 + 64 + 16 + 4 + 1;
    terms.style_layers = {{"relu1_1", 256 / sum},
                          {"relu2_1", 64 / sum},
                          {"relu3_1", 16 / sum},
                          {"relu4_1", 4 / sum},
                          {"relu5_1", 1 / sum}};
    return terms;
}

ReferenceTerms gatys_reference() {
    ReferenceTerms terms;
    terms.form = ReferenceForm::gatys;
    terms.average_pooling = true;
    terms.content_weight = 5;
    terms.style_weight = 1e4;
    terms.smoothness_weight = 1e-3;
    terms.content_layers = {{"conv4_2", 1}};
    terms.style_layers = {
        {"relu1_1", 0.2}, {"relu2_1", 0.2}, {"relu3_1", 0.2}, {"relu4_1", 0.2}, {"relu5_1", 0.2}};
    return terms;
}

ReferenceResult reference(const Model& model, const ReferenceTerms& terms, const Image& picture,
                          const Image& content, const std::vector<ReferenceStyle>& styles,
                          const Image& alpha) {
    const bool gatys = terms.form == ReferenceForm::gatys;
    const Tensor x = as_tensor(picture).requires_grad_(true);
    const Tensor opaque = alpha.empty()
                              ? at::ones({1, 1, picture.height, picture.width}, at::kDouble)
                              : as_tensor(alpha);
    const Features painted = features_of(model, terms, x);
    const Features kept = features_of(model, terms, as_tensor(content));
    std::vector<Prepared> prepared;
    for (const ReferenceStyle& style : styles)
        prepared.push_back({features_of(model, terms, as_tensor(style.picture)),
                            style.mask.empty() ? Tensor() : as_tensor(style.mask),
                            style.style_mask.empty() ? Tensor() : as_tensor(style.style_mask),
                            style.weight});

    ReferenceResult result;
    const Tensor smoothness = smoothness_of(terms, x);
    result.smoothness = smoothness.item<double>();
    Tensor total = terms.smoothness_weight * smoothness;
    for (const auto& [layer, weight] : terms.content_layers) {
        const Tensor f = painted.at(layer);
        const Tensor squares = (f - kept.at(layer)).square();
        const double n = static_cast<double>(f.size(0));
        const double m = static_cast<double>(f.size(1) * f.size(2));
        const Tensor value =
            gatys ? squares.sum() / (2 * std::sqrt(n) * std::sqrt(m)) : squares.mean();
        result.content.emplace_back(layer, value.item<double>());
        total = total + terms.content_weight * weight * value;
    }
    for (const auto& [layer, weight] : terms.style_layers) {
        const Tensor f = painted.at(layer);
        const Tensor value = gatys ? gatys_layer(model, layer, f, prepared, opaque)
                                   : painterly_layer(model, terms, layer, f, prepared, opaque);
        result.style.emplace_back(layer, value.item<double>());
        total = total + terms.style_weight * weight * value;
    }
    result.total = total.item<double>();
    total.backward();
    result.gradient_l2 = x.grad().square().sum().sqrt().item<double>();
    result.gradient_max = x.grad().abs().max().item<double>();
    const Tensor flat = x.grad().contiguous();
    result.gradient.assign(flat.data_ptr<double>(), flat.data_ptr<double>() + flat.numel());
    return result;
}

} // namespace maniera::test
