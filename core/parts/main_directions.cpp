// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/parts/main_directions.h"

#include "core/device/one_blas_thread.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/linalg_eigh.h>
#include <ATen/ops/linalg_qr.h>
#include <ATen/ops/linalg_vector_norm.h>
#include <ATen/ops/matmul.h>

#include <algorithm>
#include <random>

namespace maniera {
namespace {

at::Tensor random_matrix(std::int64_t rows, std::int64_t columns, at::Device device) {
    std::mt19937 random(1);
    std::normal_distribution<float> normal;
    at::Tensor matrix = at::empty({rows, columns}, at::TensorOptions(at::kFloat));
    for (float *value = matrix.data_ptr<float>(), *end = value + matrix.numel(); value < end;)
        *value++ = normal(random);
    return matrix.to(device);
}

at::Tensor orthonormal(const at::Tensor& columns) {
    const OneBlasThread small;
    return std::get<0>(at::linalg_qr(columns));
}

at::Tensor eigenvectors(const at::Tensor& matrix) {
    const OneBlasThread small;
    return std::get<1>(at::linalg_eigh(matrix));
}

} // namespace

at::Tensor unit_rows(const at::Tensor& rows) {
    return rows / at::linalg_vector_norm(rows, 2, {1}, true).clamp_min(1e-8);
}

at::Tensor main_directions(const at::Tensor& rows, std::int64_t count) {
    // A randomized range finder (Halko, Martinsson, Tropp 2011), then the largest eigenvectors.
    const std::int64_t most = std::min(rows.size(0), rows.size(1));
    const std::int64_t tried = std::min(most, count + count / 4);
    const at::Tensor range =
        at::matmul(rows.t(), at::matmul(rows, random_matrix(rows.size(1), tried, rows.device())));
    const at::Tensor q = orthonormal(range);
    const at::Tensor within = at::matmul(rows, q);
    const at::Tensor vectors = eigenvectors(at::matmul(within.t(), within));
    const std::int64_t kept = std::min(tried, count);
    return at::matmul(q, vectors.narrow(1, tried - kept, kept)).contiguous();
}

} // namespace maniera
