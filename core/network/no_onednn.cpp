// SPDX-License-Identifier: GPL-3.0-or-later
// In place of onednn.cpp where LibTorch brings an oneDNN of its own inside it, whose symbols would
// get in the way of the system's: ATen does it all.

#include "core/network/onednn.h"

#include <cstdint>
#include <stdexcept>

namespace maniera {

namespace {
[[noreturn]] void absent() { throw std::logic_error("this build has no oneDNN"); }
} // namespace

struct PackedConvolution::State {};

bool onednn_serves(at::ScalarType) { return false; }
PackedConvolution::PackedConvolution(const at::Tensor&, const at::Tensor&, bool, Passes) {
    absent();
}
at::Tensor PackedConvolution::operator()(const at::Tensor&, int, Passes) const { absent(); }
void PackedConvolution::compile(std::int64_t, std::int64_t, int, Passes) const { absent(); }
at::Tensor transposed_products(const at::Tensor&, const at::Tensor&) { absent(); }
void add_transposed_product(at::Tensor&, const at::Tensor&, const at::Tensor&) { absent(); }
void affine_product(at::Tensor&, bool, const at::Tensor&, const at::Tensor&, const at::Tensor&) {
    absent();
}

} // namespace maniera
