// SPDX-License-Identifier: GPL-3.0-or-later
// Against the formula in float64. Double is computed by ATen, the others by oneDNN.

#include "core/objective/affine_gradient.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <limits>

namespace maniera {
namespace {

class AffineGradient : public testing::TestWithParam<at::ScalarType> {
protected:
    void SetUp() override { at::manual_seed(11); }
    void expect(bool read, const at::Tensor& f, const at::Tensor& b, const at::Tensor& weights) {
        const at::Tensor a = at::rand({f.size(1), f.size(1)}, at::kDouble) - 0.5;
        const at::Tensor before = at::rand(f.sizes()).to(GetParam());
        at::Tensor wanted = at::mm(f.to(at::kDouble), a);
        if (b.defined())
            wanted = wanted + b;
        if (weights.defined())
            wanted = wanted * weights.to(at::kDouble).unsqueeze(1);
        if (read)
            wanted = wanted + before.to(at::kDouble);
        at::Tensor got =
            read ? before.clone() : at::full_like(before, std::numeric_limits<double>::quiet_NaN());
        add_affine_gradient(got, read, f, a, b, weights);
        const double off = ((got.to(at::kDouble) - wanted).norm() / wanted.norm()).item<double>();
        EXPECT_LT(off, GetParam() == at::kBFloat16 ? 0.01 : 1e-6)
            << "read " << read << ", b " << b.defined() << ", weights " << weights.defined();
    }
};

TEST_P(AffineGradient, IsTheMapOfTheFeatures) {
    const at::Tensor f = at::rand({777, 24}).to(GetParam());
    const at::Tensor b = at::rand({24}, at::kDouble), weights = at::rand({777});
    for (const bool read : {false, true})
        for (const at::Tensor& offsets : {at::Tensor(), b})
            for (const at::Tensor& w : {at::Tensor(), weights})
                expect(read, f, offsets, w);
}

TEST_P(AffineGradient, TakesFeaturesThatAreNotContiguous) {
    const at::Tensor f = at::rand({100, 31}).to(GetParam()).narrow(1, 3, 20);
    expect(true, f, {}, {});
    expect(false, f, {}, at::rand({100}));
}

TEST_P(AffineGradient, OfNoPixelsIsNothing) {
    at::Tensor none = at::zeros({0, 8}, GetParam());
    add_affine_gradient(none, false, none, at::rand({8, 8}, at::kDouble), {}, {});
    EXPECT_EQ(none.numel(), 0);
}

INSTANTIATE_TEST_SUITE_P(Precisions, AffineGradient,
                         testing::Values(at::kFloat, at::kBFloat16, at::kDouble));

} // namespace
} // namespace maniera
