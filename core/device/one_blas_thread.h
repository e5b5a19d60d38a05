// SPDX-License-Identifier: GPL-3.0-or-later
// LAPACK on small matrices.
//
//     const OneBlasThread small;
//     std::tie(values, vectors) = at::linalg_eigh(matrix); // of 512 x 512 at most
//
// LAPACK makes an eigendecomposition of thousands of products of vectors. OpenBLAS shares each of
// them among its threads, which takes many times as long as the product: 128 x 128 in float64 takes
// 1.1 ms in one thread and 7 to 18 ms in two.

#pragma once

namespace maniera {

// While it lives, what this thread calls of BLAS and LibTorch computes in this thread alone.
class OneBlasThread {
public:
    OneBlasThread();
    ~OneBlasThread();
    OneBlasThread(const OneBlasThread&) = delete;
    OneBlasThread& operator=(const OneBlasThread&) = delete;

private:
    int before_;
};

} // namespace maniera
