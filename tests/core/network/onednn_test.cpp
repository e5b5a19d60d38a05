// SPDX-License-Identifier: GPL-3.0-or-later
// oneDNN's convolutions and products against ATen's in float64.

#include "core/network/onednn.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <limits>

namespace maniera {
namespace {

class OneDnn : public testing::TestWithParam<at::ScalarType> {
protected:
    void SetUp() override {
        if (!onednn_serves(GetParam()))
            GTEST_SKIP() << "no kernels for this precision on this processor, or no oneDNN";
        at::manual_seed(9);
    }
    at::Tensor random(at::IntArrayRef sizes) const {
        return (at::rand(sizes) - 0.5).to(GetParam());
    }
    // Of the largest value: sums are in float32, results in the precision.
    void expect_near(const at::Tensor& got, const at::Tensor& wanted) const {
        ASSERT_EQ(got.sizes(), wanted.sizes());
        const double off = (got.to(at::kDouble) - wanted).abs().max().item<double>();
        const double rounding = got.scalar_type() == at::kBFloat16 ? 1.0 / 256 : 1e-5;
        EXPECT_LE(off, rounding * wanted.abs().max().item<double>());
    }
};

TEST_P(OneDnn, ConvolvesAsATenDoes) {
    for (const auto& [in, out] : {std::pair{3, 64}, {64, 3}, {5, 7}, {64, 128}})
        for (const bool relu : {false, true})
            for (const bool offsets : {false, true}) {
                const at::Tensor weight = random({out, in, 3, 3});
                const at::Tensor bias = offsets ? at::rand({out}) - 0.5 : at::Tensor();
                const PackedConvolution convolution(weight, bias, relu, Passes::once);
                for (const int padding : {0, 1, 2}) {
                    SCOPED_TRACE(testing::Message() << in << " to " << out << ", " << padding);
                    const at::Tensor x = random({1, in, 13, 19});
                    const at::Tensor sum =
                        at::conv2d(x.to(at::kDouble), weight.to(at::kDouble),
                                   offsets ? bias.to(at::kDouble) : at::Tensor(), 1, padding);
                    expect_near(convolution(x, padding, Passes::once), relu ? at::relu(sum) : sum);
                }
            }
}

// Small pictures, and those that pass once, may want their weights packed otherwise than large
// ones.
TEST_P(OneDnn, ConvolvesPicturesOfManySizesInTurn) {
    const at::Tensor weight = random({96, 64, 3, 3}), bias = at::rand({96});
    for (const Passes first : {Passes::once, Passes::many}) {
        const PackedConvolution convolution(weight, bias, false, first);
        for (const auto& [height, width] :
             {std::pair{64, 48}, {1, 1}, {150, 210}, {3, 200}, {2, 2}, {150, 210}, {9, 1}})
            for (const Passes passes : {Passes::many, Passes::once}) {
                const at::Tensor x = random({1, 64, height, width});
                SCOPED_TRACE(testing::Message() << x.sizes());
                expect_near(convolution(x, 1, passes),
                            at::conv2d(x.to(at::kDouble), weight.to(at::kDouble),
                                       bias.to(at::kDouble), 1, 1));
            }
        EXPECT_EQ(convolution(random({1, 64, 0, 5}), 1, first).sizes(),
                  (at::IntArrayRef{1, 96, 0, 5}));
    }
}

TEST_P(OneDnn, ConvolvesWindowsOfLargerLayers) {
    const at::Tensor weight = random({16, 16, 3, 3});
    const PackedConvolution convolution(weight, {}, false, Passes::many);
    const at::Tensor x = random({1, 16, 30, 40}).contiguous(at::MemoryFormat::ChannelsLast);
    const at::Tensor window = x.narrow(2, 4, 11).narrow(3, 7, 20);
    EXPECT_TRUE(
        convolution(window, 1, Passes::many).equal(convolution(window.clone(), 1, Passes::many)));
}

TEST_P(OneDnn, MultipliesTransposedMatrices) {
    for (const auto& [count, rows, channels] :
         {std::tuple{1, 5, 3}, {3, 100, 64}, {2, 4096, 128}, {1, 777, 512}}) {
        const at::Tensor a = random({count, rows, channels}), b = random({count, rows, channels});
        const at::Tensor got = transposed_products(a, b);
        EXPECT_EQ(got.scalar_type(), at::kFloat);
        expect_near(got, at::matmul(a.to(at::kDouble).transpose(1, 2), b.to(at::kDouble)));
    }
}

TEST_P(OneDnn, AddsAffineMaps) {
    for (const auto& [rows, channels] : {std::pair{7, 3}, {1000, 64}, {65, 512}}) {
        const at::Tensor f = random({rows, channels}), a = random({channels, channels}),
                         b = at::rand({channels}), before = random({rows, channels});
        const at::Tensor map = at::mm(f.to(at::kDouble), a.to(at::kDouble));
        const double nan = std::numeric_limits<double>::quiet_NaN();
        at::Tensor result = at::full_like(before, nan); // not to be read
        affine_product(result, false, f, a, b);
        expect_near(result, map + b.to(at::kDouble));
        result = before.clone();
        affine_product(result, true, f, a, b);
        expect_near(result, map + b.to(at::kDouble) + before.to(at::kDouble));
        result = before.clone();
        affine_product(result, true, f, a, {});
        expect_near(result, map + before.to(at::kDouble));
    }
}

INSTANTIATE_TEST_SUITE_P(Precisions, OneDnn, testing::Values(at::kFloat, at::kBFloat16));

} // namespace
} // namespace maniera
