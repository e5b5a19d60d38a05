// SPDX-License-Identifier: GPL-3.0-or-later
// The chain written out against the same chain by ATen's autograd.

#include "core/network/vgg.h"

#include "core/error.h"
#include "core/image/scale_schedule.h"
#include "tests/support/tiny_model.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <dlfcn.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <numeric>
#include <optional>
#include <sstream>
#include <string>

namespace maniera {
namespace {

double largest(const at::Tensor& t) { return t.abs().max().item<double>(); }

// How far off as a share, over all values: in bfloat16 a single one may be off by itself.
double off(const at::Tensor& got, const at::Tensor& wanted) {
    return ((got - wanted).norm() / wanted.norm()).item<double>();
}

NetworkConfig in_bfloat16(NetworkConfig config) {
    config.placement.precision = at::kBFloat16;
    return config;
}

// Every layer's output by ATen, in float64.
std::map<std::string, at::Tensor> by_aten(const Model& model, const at::Tensor& x,
                                          const NetworkConfig& config) {
    const auto& m = model.manifest;
    const auto channel = [](const std::array<double, 3>& v) {
        return at::tensor({v[0], v[1], v[2]}, at::kDouble).view({1, 3, 1, 1});
    };
    at::Tensor y = (x - channel(m.mean)) / channel(m.deviation);
    std::map<std::string, at::Tensor> outputs;
    std::size_t next = 0;
    for (const std::string& layer : m.layers) {
        if (layer[0] == 'c') {
            const Convolution& c = model.convolutions[next].second;
            const at::Tensor w = at::tensor(c.weight).view({c.out, c.in, 3, 3}).to(at::kDouble);
            const bool replicate = next++ == 0 && config.replicate_border;
            y = at::conv2d(replicate ? at::replication_pad2d(y, {1, 1, 1, 1}) : y, w,
                           at::tensor(c.bias).to(at::kDouble), 1, replicate ? 0 : 1);
        } else if (layer[0] == 'r') {
            y = at::relu(y);
        } else {
            y = config.average_pooling ? at::avg_pool2d(y, {2, 2}) : at::max_pool2d(y, {2, 2});
        }
        outputs[layer] = y * config.feature_factor;
    }
    return outputs;
}

// A random linear function of the taps, so that its gradient passes through every layer.
void compare(NetworkConfig config, int width, int height) {
    const Model model = test::make_tiny_model();
    const Network network(model, config);
    const bool coarse = config.placement.precision == at::kBFloat16;
    at::manual_seed(3);
    const at::Tensor x = at::rand({1, 3, height, width});
    at::Tensor exact = x.to(at::kDouble).requires_grad_(true);
    const auto outputs = by_aten(model, exact, config);

    Trace trace = network.forward(x);
    std::vector<at::Tensor> pulls;
    at::Tensor sum = at::zeros({}, at::kDouble);
    for (std::size_t t = 0; t < config.taps.size(); ++t) {
        const at::Tensor expected = outputs.at(config.taps[t]);
        const at::Tensor got = trace.tap(t).to(at::kDouble);
        ASSERT_EQ(got.sizes(), expected.sizes()) << config.taps[t];
        if (coarse)
            EXPECT_LT(off(got, expected.detach()), 0.02) << config.taps[t];
        else
            EXPECT_LT(largest(got - expected.detach()), 1e-4 * largest(expected.detach()))
                << config.taps[t];
        EXPECT_EQ(network.channels(t), expected.size(1));
        EXPECT_EQ(network.level(t), config.taps[t][4] - (config.taps[t][0] == 'p' ? '0' : '1'));
        pulls.push_back(at::rand(expected.sizes()));
        sum = sum + (expected * pulls.back()).sum();
    }
    sum.backward();

    const at::Tensor gradient =
        network.backward(trace, [&](std::size_t tap, const Window&, const at::Tensor& features,
                                    at::Tensor& evaluation) {
            const at::Tensor pull =
                pulls[tap].to(features.scalar_type()).contiguous(at::MemoryFormat::ChannelsLast);
            evaluation = evaluation.defined() ? evaluation + pull : pull;
        });
    EXPECT_EQ(gradient.scalar_type(), at::kFloat);
    if (coarse)
        EXPECT_LT(off(gradient.to(at::kDouble), exact.grad()), 0.1);
    else
        EXPECT_LT(largest(gradient.to(at::kDouble) - exact.grad()), 1e-4 * largest(exact.grad()));
}

NetworkConfig config_of(std::vector<std::string> taps) {
    NetworkConfig config;
    config.taps = std::move(taps);
    return config;
}

const std::vector<std::string> painterly = {"relu4_2", "relu1_1", "relu2_1",
                                            "relu3_1", "relu4_1", "relu5_1"};

TEST(Network, ForwardAndBackwardAgreeWithAutograd) { compare(config_of(painterly), 53, 37); }

TEST(Network, AgreesWithAutogradInBfloat16) {
    compare(in_bfloat16(config_of(painterly)), 53, 37);
    compare(in_bfloat16(config_of({"conv1_1", "relu1_1", "pool1", "conv2_2", "relu2_2"})), 31, 33);
    NetworkConfig config = in_bfloat16(config_of({"conv4_2", "relu1_1", "relu3_1", "relu5_1"}));
    config.average_pooling = true;
    config.replicate_border = false;
    compare(config, 43, 61);
}

TEST(Network, AgreesWithAutogradWithAnyNumberOfThreads) {
    const int before = at::get_num_threads();
    for (const int threads : {1, 2, 3, 7}) {
        SCOPED_TRACE(threads);
        at::set_num_threads(threads);
        compare(config_of(painterly), 70, 45);
        compare(in_bfloat16(config_of(painterly)), 45, 70);
    }
    at::set_num_threads(before);
}

// A tap between the pool and its ReLU's convolution adds to a gradient that the pool has masked.
TEST(Network, AgreesWithATapAtTheReluBeforeAPool) {
    compare(config_of({"relu1_2", "pool1", "relu2_2", "relu3_1"}), 38, 27);
    compare(in_bfloat16(config_of({"relu1_2", "pool1", "relu2_2", "relu3_1"})), 38, 27);
}

TEST(Network, AgreesAtSizesThatPoolsDivide) { compare(config_of(painterly), 64, 32); }

TEST(Network, AgreesWithAveragePoolsAndZeroBorders) {
    NetworkConfig config = config_of({"conv4_2", "relu1_1", "relu3_1", "relu5_1"});
    config.average_pooling = true;
    config.replicate_border = false;
    config.feature_factor = 57.63;
    compare(config, 43, 61);
}

TEST(Network, TapsBeforeAReluAreNotOverwritten) {
    compare(config_of({"conv1_1", "relu1_1", "conv2_2", "relu2_2"}), 31, 33);
}

TEST(Network, TapsMayBePools) { compare(config_of({"pool1", "relu2_1", "pool2"}), 35, 29); }

// Pools go back in bands of rows.
TEST(Network, TallPicturesGoBackWhole) { compare(config_of({"relu2_1"}), 20, 311); }

TEST(Network, VisitsTheFeaturesThatForwardKeeps) {
    const Network network(test::make_tiny_model(),
                          config_of({"conv1_1", "relu1_1", "pool1", "relu2_1"}));
    const at::Tensor x = at::rand({1, 3, 21, 34});
    const Trace trace = network.forward(x);
    std::vector<std::size_t> seen;
    std::vector<at::Tensor> kept, shown; // what comes after must not write into what is kept
    network.visit(x, {0, 1, 3}, [&](std::size_t tap, const at::Tensor& features) {
        seen.push_back(tap);
        kept.push_back(features);
        shown.push_back(features.clone());
    });
    ASSERT_EQ(seen, (std::vector<std::size_t>{0, 1, 3}));
    for (std::size_t i = 0; i < seen.size(); ++i) {
        EXPECT_TRUE(kept[i].equal(trace.tap(seen[i])));
        EXPECT_TRUE(kept[i].equal(shown[i]));
    }
}

// Part by part against the whole. The gradient is float32 at best.
void compare_parts(NetworkConfig config, int width, int height, int side,
                   at::ScalarType precision = at::kDouble) {
    config.placement.precision = precision;
    const double rounding = precision == at::kDouble  ? 1e-12
                            : precision == at::kFloat ? 1e-5
                                                      : 0.02;
    const Network network(test::make_tiny_model(), config);
    at::manual_seed(4);
    const at::Tensor x = at::rand({1, 3, height, width});
    std::vector<std::size_t> taps(config.taps.size());
    std::iota(taps.begin(), taps.end(), 0);
    std::vector<at::Tensor> pulls;
    const auto inject = [&](std::size_t tap, const Window& window, const at::Tensor& features,
                            at::Tensor& evaluation) {
        const at::Tensor pull = narrowed(pulls[tap], window).to(precision) * features;
        evaluation = evaluation.defined() ? evaluation + pull : pull;
    };
    Trace trace = network.forward(x);
    std::vector<at::Tensor> features;
    for (const std::size_t t : taps) {
        features.push_back(trace.tap(t));
        pulls.push_back(at::rand(trace.tap(t).sizes(), at::kDouble));
    }
    const at::Tensor gradient = network.backward(trace, inject);

    const std::vector<Window> parts = tiles({width, height}, side, network.stride());
    ASSERT_GT(parts.size(), 3u);
    for (const Window& part : parts) {
        SCOPED_TRACE(std::to_string(part.x.begin) + "," + std::to_string(part.y.begin));
        const auto expect_whole = [&](std::size_t t, const at::Tensor& got) {
            const at::Tensor wanted = narrowed(features[t], reduced(part, network.level(t)));
            ASSERT_EQ(got.sizes(), wanted.sizes()) << config.taps[t];
            if (wanted.numel() == 0)
                return; // the last part may be too thin for a pixel in the depth
            EXPECT_LT(largest(got - wanted), rounding * largest(features[t])) << config.taps[t];
        };
        network.visit(x, part, taps, expect_whole);
        Trace of_part = network.forward(x, part);
        for (const std::size_t t : taps)
            expect_whole(t, network.in_part(of_part, t));
        const at::Tensor got = network.backward(of_part, inject);
        EXPECT_LT(largest(got - narrowed(gradient, part)),
                  std::max(2e-7, rounding) * largest(gradient));
    }
}

TEST(NetworkInParts, AgreesWithTheWhole) { compare_parts(config_of(painterly), 471, 389, 160); }

TEST(NetworkInParts, AgreesWithTheWholeInPaintingsPrecisions) {
    compare_parts(config_of(painterly), 471, 389, 160, at::kFloat);
    compare_parts(config_of(painterly), 471, 389, 160, at::kBFloat16);
    compare_parts(config_of({"relu3_1", "pool2", "relu1_1"}), 99, 65, 32, at::kBFloat16);
}

TEST(NetworkInParts, AgreesOfAShallowChain) {
    compare_parts(config_of({"relu2_1", "conv1_1"}), 53, 37, 16);
    compare_parts(config_of({"relu1_2", "relu1_1"}), 41, 22, 16);
}

TEST(NetworkInParts, AgreesWhereTheLastPartIsThin) {
    compare_parts(config_of({"relu3_1", "pool2", "relu1_1"}), 99, 65, 32);
}

TEST(NetworkInParts, AgreesWithAveragePoolsAndZeroBorders) {
    NetworkConfig config = config_of({"conv4_2", "relu1_1", "relu3_1"});
    config.average_pooling = true;
    config.replicate_border = false;
    compare_parts(config, 303, 251, 64);
}

// VGG-16's and the tiny model's: relu5_1 sees 58 pixels, and its gradient comes from 64 and 58
// more.
TEST(NetworkInParts, TheMarginIsWhatTheChainSees) {
    const Network network(test::make_tiny_model(), config_of(painterly));
    EXPECT_EQ(network.stride(), 16);
    EXPECT_EQ(network.margin(false), 64);
    EXPECT_EQ(network.margin(true), 128);
}

TEST(Network, EndsAtTheDeepestTap) {
    const Network network(test::make_tiny_model(), config_of({"relu2_1"}));
    const Trace trace = network.forward(at::rand({1, 3, 20, 20}));
    EXPECT_EQ(trace.tap(0).size(2), 10);
}

TEST(Network, UpToSomePoolsIsTheNetworkOfTheTapsThere) {
    const Model model = test::make_tiny_model();
    const Network deep(model, config_of(painterly));
    const Network shallow = deep.up_to(2),
                  wanted(model, config_of({"relu1_1", "relu2_1", "relu3_1"}));
    ASSERT_EQ(shallow.taps(), wanted.taps());
    EXPECT_EQ(shallow.margin(true), wanted.margin(true));
    const at::Tensor x = at::rand({1, 3, 45, 62});
    const auto gradient = [&](const Network& network) {
        Trace trace = network.forward(x);
        for (std::size_t t = 0; t < wanted.taps().size(); ++t)
            EXPECT_TRUE(trace.tap(t).equal(wanted.forward(x).tap(t))) << t;
        return network.backward(trace, [](std::size_t tap, const Window&,
                                          const at::Tensor& features, at::Tensor& pulled) {
            const at::Tensor own = features * (1.0 + tap);
            pulled = pulled.defined() ? pulled + own : own;
        });
    };
    EXPECT_TRUE(gradient(shallow).equal(gradient(wanted)));
    EXPECT_EQ(deep.taps(), painterly); // as it was
    EXPECT_EQ(deep.up_to(all_pools).taps(), painterly);
    EXPECT_EQ(deep.forward(x).tap(5).size(2), 2); // relu5_1
}

TEST(Network, WithOtherTapsIsTheNetworkOfThese) {
    const Model model = test::make_tiny_model();
    const Network deep(model, config_of({"relu2_1", "conv3_2", "relu4_2"}));
    const std::vector<std::string> taps = {"relu1_1", "relu2_2", "pool2", "relu3_2"};
    const std::optional<Network> other = deep.with_taps(taps);
    const Network wanted(model, config_of(taps));
    ASSERT_TRUE(other);
    EXPECT_EQ(other->taps(), taps);
    EXPECT_EQ(other->margin(true), wanted.margin(true));
    const at::Tensor x = at::rand({1, 3, 45, 62});
    const Trace its = other->forward(x), expected = wanted.forward(x);
    for (std::size_t t = 0; t < taps.size(); ++t) {
        EXPECT_EQ(other->level(t), wanted.level(t)) << t;
        EXPECT_EQ(other->channels(t), wanted.channels(t)) << t;
        EXPECT_TRUE(its.tap(t).equal(expected.tap(t))) << t;
    }
    EXPECT_EQ(deep.forward(x).tap(0).size(2), 22); // as it was: relu2_1
    EXPECT_FALSE(deep.with_taps({"relu2_1", "relu4_3"})) << "it ends before";
    EXPECT_FALSE(deep.with_taps({"conv3_1"})) << "which is one with its ReLU";
}

// Names of the convolutions' kernels that are compiled while f runs, as oneDNN tells of them, or
// nothing where it is not there.
std::optional<std::string> compiled_by(const std::function<void()>& f) {
    const auto set_verbose =
        reinterpret_cast<int (*)(int)>(dlsym(RTLD_DEFAULT, "dnnl_set_verbose"));
    if (!set_verbose || !onednn_serves(at::kFloat))
        return std::nullopt;
    ::testing::internal::CaptureStdout();
    set_verbose(2);
    f();
    set_verbose(0);
    std::istringstream told(::testing::internal::GetCapturedStdout());
    std::string names;
    for (std::string line; std::getline(told, line);)
        if (line.find("create:cache_miss,cpu,convolution") != std::string::npos)
            names += line + "\n";
    return names;
}

TEST(Network, WhatIsCompiledServesThePassesThatFollow) {
    NetworkConfig plain = config_of(painterly), zeros = in_bfloat16(config_of(painterly));
    zeros.replicate_border = false;
    for (const NetworkConfig& config : {plain, zeros}) {
        if (!onednn_serves(config.placement.precision))
            continue;
        const Network network(test::make_tiny_model(), config);
        const at::Tensor x = at::rand({1, 3, 83, 211});
        for (const Window& part : {Window{{0, 211}, {0, 83}}, Window{{96, 144}, {32, 83}}}) {
            const auto first = compiled_by([&] { network.compile({211, 83}, part); });
            if (!first)
                GTEST_SKIP() << "there is no oneDNN to ask";
            EXPECT_NE(*first, "");
            EXPECT_EQ(*compiled_by([&] {
                Trace trace = network.forward(x, part);
                network.backward(trace, [](std::size_t, const Window&, const at::Tensor& features,
                                           at::Tensor& gradient) {
                    if (!gradient.defined())
                        gradient = features.clone();
                });
            }),
                      "");
        }
    }
}

TEST(Network, FeaturesAreRowsOfChannels) {
    const Network network(test::make_tiny_model(), config_of({"relu2_1"}));
    const at::Tensor f = network.forward(at::rand({1, 3, 11, 14})).tap(0);
    const at::Tensor rows = as_matrix(f);
    ASSERT_EQ(rows.sizes(), (std::vector<std::int64_t>{5 * 7, f.size(1)}));
    EXPECT_EQ(rows.data_ptr(), f.data_ptr()); // a view
    EXPECT_EQ(rows[2 * 7 + 3][1].item<float>(), f[0][1][2][3].item<float>());
}

TEST(Network, NamesALayerThatIsMissing) {
    try {
        const Network network(test::make_tiny_model(), config_of({"relu1_1", "relu6_1"}));
        FAIL() << "accepted";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::invalid_option);
        EXPECT_NE(std::string(error.what()).find("relu6_1"), std::string::npos);
    }
}

} // namespace
} // namespace maniera
