// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/parts/main_directions.h"

#include "core/device/one_blas_thread.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/flip.h>
#include <ATen/ops/linalg_eigh.h>
#include <ATen/ops/linalg_qr.h>
#include <ATen/ops/linalg_vector_norm.h>
#include <ATen/ops/matmul.h>

#include <algorithm>
#include <random>
#include <tuple>

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

std::tuple<at::Tensor, at::Tensor> eigen(const at::Tensor& matrix) {
    const OneBlasThread small;
    return at::linalg_eigh(matrix);
}

// A randomized range finder (Halko, Martinsson, Tropp 2011) of rows^T rows: (D, more), orthonormal,
// for the last of the directions that are wanted would be found worst.
at::Tensor main_range(const at::Tensor& rows, std::int64_t count) {
    const std::int64_t tried = std::min({rows.size(0), rows.size(1), count + count / 4});
    return orthonormal(
        at::matmul(rows.t(), at::matmul(rows, random_matrix(rows.size(1), tried, rows.device()))));
}

} // namespace

at::Tensor unit_rows(const at::Tensor& rows) {
    return rows / at::linalg_vector_norm(rows, 2, {1}, true).clamp_min(1e-8);
}

at::Tensor main_directions(const at::Tensor& rows, std::int64_t count) {
    const at::Tensor q = main_range(rows, count);
    const at::Tensor within = at::matmul(rows, q);
    const at::Tensor vectors = std::get<1>(eigen(at::matmul(within.t(), within)));
    const std::int64_t kept = std::min(q.size(1), count);
    return at::matmul(q, vectors.narrow(1, q.size(1) - kept, kept)).contiguous();
}

MainVariances main_variances(const at::Tensor& covariance, std::int64_t count) {
    const at::Tensor q = main_range(covariance, count);
    at::Tensor values, vectors;
    std::tie(values, vectors) = eigen(at::matmul(q.t(), at::matmul(covariance, q)));
    return {at::matmul(q, vectors.flip(1).narrow(1, 0, count)).contiguous(),
            values.flip(0).narrow(0, 0, count).contiguous()};
}

} // namespace maniera
