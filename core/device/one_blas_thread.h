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

// While it lives, the BLAS and the oneDNN that this thread calls compute in this thread alone.
class OneBlasThread {
public:
    OneBlasThread();
    ~OneBlasThread();
    OneBlasThread(const OneBlasThread&) = delete;
    OneBlasThread& operator=(const OneBlasThread&) = delete;

private:
    int before_;
};

// While it lives, all that this thread calls of LibTorch computes in it alone, also where its BLAS
// is MKL, which has a number of threads of its own. Sums then have the same bits at any number of
// threads. Not in a step: see the other's implementation.
class OneThread {
public:
    OneThread();
    ~OneThread();
    OneThread(const OneThread&) = delete;
    OneThread& operator=(const OneThread&) = delete;

private:
    int before_;
};

} // namespace maniera
